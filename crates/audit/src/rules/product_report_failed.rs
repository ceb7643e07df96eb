use crate::declare::declare_rule;
use crate::text::{count, day, days_between, list};
use crate::{Policy, Severity, Subject, Verdicts, View};
use kerbsync_inventory::{LogLevel, ManagementLog};
use kerbsync_names::HostName;
use kerbsync_source::{Origin, Shown, Text, text};
use std::collections::HashSet;

declare_rule! {
    /// A report of the product shows errors.
    ///
    /// ## What it checks
    /// The newest report of every cmdlet, for Test-CsKerberosAccountAssignment of every site, has no error and no exception, found every
    /// server valid, and ended with "Command run is complete.". An older report of the same cmdlet is superseded by a newer one that
    /// names all the computers which it names. A report that is older
    /// than the limit for evidence is a warning only.
    ///
    /// ## Why it matters
    /// The product's cmdlets return no verdict: errors stand in the report, and often nobody reads it. What they found is stronger
    /// evidence than anything that can be concluded from files.
    ///
    /// ## What to do
    /// Mend what the report names, then run the cmdlet again and put the new report beside the old one:
    ///
    /// ```powershell
    /// Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report C:\Logs\Test.html -Verbose
    /// ```
    ///
    /// Before: `InvalidKerberosConfiguration` for fe02.contoso.com. After: no error in the XML beside the HTML file.
    ///
    /// ## Sources
    /// - [Test-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Test-CsKerberosAccountAssignment.md)
    number: 502,
    severity: Error,
    confidence: Observed,
    family: Process,
    subject: Document,
    product_error: None,
    controls: ["NIST SP 800-53 CA-7", "NIST SP 800-53 AU-6"],
}

fn check(view: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut seen = HashSet::new();
    for log in view.inventory.logs.iter().filter(|l| seen.insert(l.document)) {
        let path = view.inventory.document(log.document).map_or("a report", |d| &*d.path);
        let subject = Subject::Document(log.document, path.into());
        let when = time(log).map_or_else(|| "without a date".into(), |t| text!("of {}", day(t)));
        let faults = faults(log);
        let later = view.inventory.logs.iter().filter(|newer| supersedes(newer, log)).max_by_key(|newer| time(newer));
        match (faults.is_empty(), later.and_then(|l| view.inventory.document(l.document))) {
            (true, _) => {
                let warnings = log.entries.iter().filter(|e| e.level == LogLevel::Warning).count();
                verdicts.pass(subject, text!("The report of {} {when} shows no error, and {}.", log.cmdlet, count(warnings, "warning")));
            }
            (false, Some(later)) => {
                verdicts.informational(subject, text!("The report of {} {when} shows errors; {} is newer.", log.cmdlet, later.path));
            }
            (false, None) => {
                let texts: Vec<&Text> = faults.iter().map(|(text, _)| text).collect();
                let stale = time(log).is_none_or(|t| days_between(t, policy.now) > i64::from(policy.evidence_age_days));
                let message = text!("The report of {} {when} shows errors: {}.", log.cmdlet, list(&texts));
                let document = Origin::document(log.document);
                verdicts
                    .fail(subject, message)
                    .at_each(faults.iter().map(|(text, origin)| (origin.unwrap_or(&document), text.clone())))
                    .at_most(if stale { Severity::Warning } else { Severity::Error })
                    .help(text!(
                        "Mend what the report names, run {} again with -Report, and add the new report to the bundle.",
                        log.cmdlet
                    ));
            }
        }
    }
}

/// Cmdlets whose run is about the whole deployment.
const GLOBAL: [&str; 2] = ["enable-cstopology", "publish-cstopology"];

/// Whether a later report of the same cmdlet speaks for all that the older one speaks for: a report speaks only for the computers that it
/// names, and one that names none only where the cmdlet is about the whole deployment or the same site.
fn supersedes(newer: &ManagementLog, older: &ManagementLog) -> bool {
    let site = |log: &ManagementLog| log.tested_site.as_deref().unwrap_or("").to_lowercase();
    let same = newer.cmdlet.eq_ignore_ascii_case(&older.cmdlet) && site(newer) == site(older) && time(newer) > time(older);
    let named = |log: &ManagementLog| -> HashSet<HostName> {
        log.computers.iter().chain(log.test_verdicts.iter().map(|v| &v.server)).cloned().collect()
    };
    let of = named(older);
    let covers = if of.is_empty() { older.tested_site.is_some() } else { of.is_subset(&named(newer)) };
    same && (GLOBAL.contains(&older.cmdlet.to_lowercase().as_str()) || covers)
}

fn time(log: &ManagementLog) -> Option<jiff::Timestamp> {
    log.ended.or(log.started)
}

/// What is wrong, each with its place where it has one.
fn faults(log: &ManagementLog) -> Vec<(Text, Option<&Origin>)> {
    let mut faults = Vec::new();
    for verdict in log.test_verdicts.iter().filter(|v| !v.valid) {
        faults.push((text!("the configuration of {} is invalid", verdict.server), Some(&verdict.origin)));
    }
    for entry in log.entries.iter().filter(|e| e.level == LogLevel::Error) {
        let text = entry.title.clone().unwrap_or_else(|| Shown::of(entry.message.as_str().trim().trim_end_matches('.')));
        faults.push((text.into(), Some(&entry.origin)));
    }
    if !log.complete {
        faults.push(("the run was broken off".into(), None));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_document, check, check_at, estate, host, log, origin};
    use kerbsync_inventory::{DocumentKind, Inventory, LogEntry, TestVerdict};
    use kerbsync_source::Shown;

    fn failed(inventory: &mut Inventory, path: &str, ended: &str) {
        let document = add_document(inventory, path, DocumentKind::ManagementLog);
        let mut report = log(document, "Test-CsKerberosAccountAssignment", ended);
        report.tested_site = Some("site:Redmond".to_owned());
        report.test_verdicts.push(TestVerdict {
            server: host("fe02.contoso.com"),
            valid: false,
            account: None,
            time: None,
            origin: origin(document, 12, "Info"),
        });
        report.entries.push(LogEntry {
            level: LogLevel::Error,
            title: Some(Shown::of("InvalidKerberosConfiguration")),
            message: Shown::of("The Kerberos configuration is invalid."),
            origin: origin(document, 11, "Error"),
        });
        inventory.logs.push(report);
    }

    #[test]
    fn errors_fail_and_an_old_report_is_a_warning() {
        let mut inventory = estate();
        failed(&mut inventory, "Test.xml", "2026-02-20T10:00:00Z");
        inventory.logs[0].complete = false;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail Enable-CsTopology.xml: The report of Enable-CsTopology of 2026-02-01 shows errors: the run was broken off.
          error Enable-CsTopology.xml the run was broken off
          help: Mend what the report names, run Enable-CsTopology again with -Report, and add the new report to the bundle.
        fail Test.xml: The report of Test-CsKerberosAccountAssignment of 2026-02-20 shows errors: the configuration of fe02.contoso.com is invalid and InvalidKerberosConfiguration.
          error Test.xml:12 the configuration of fe02.contoso.com is invalid
          error Test.xml:11 InvalidKerberosConfiguration
          help: Mend what the report names, run Test-CsKerberosAccountAssignment again with -Report, and add the new report to the bundle.
        ");
        let mut inventory = estate();
        failed(&mut inventory, "Test.xml", "2026-02-20T10:00:00Z");
        assert!(check_at(&RULE, inventory, "2026-12-01T00:00:00Z").contains("\n  warning Test.xml:12 "));
    }

    #[test]
    fn a_newer_report_of_the_same_cmdlet_and_site_supersedes() {
        let mut inventory = estate();
        failed(&mut inventory, "Test-1.xml", "2026-02-20T10:00:00Z");
        let document = add_document(&mut inventory, "Test-2.xml", DocumentKind::ManagementLog);
        let mut good = log(document, "Test-CsKerberosAccountAssignment", "2026-02-21T10:00:00Z");
        good.tested_site = Some("Site:redmond".to_owned());
        good.test_verdicts = inventory.logs.last().unwrap().test_verdicts.clone();
        good.test_verdicts[0].valid = true;
        inventory.logs.push(good);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass Enable-CsTopology.xml: The report of Enable-CsTopology of 2026-02-01 shows no error, and 0 warnings.
        informational Test-1.xml: The report of Test-CsKerberosAccountAssignment of 2026-02-20 shows errors; Test-2.xml is newer.
        pass Test-2.xml: The report of Test-CsKerberosAccountAssignment of 2026-02-21 shows no error, and 0 warnings.
        ");
    }

    #[test]
    fn a_report_of_another_computer_supersedes_nothing() {
        let mut inventory = estate();
        let mut ran = |path: &str, when: &str, computer: &str, fails: bool| {
            let document = add_document(&mut inventory, path, DocumentKind::ManagementLog);
            let mut report = log(document, "Enable-CsComputer", when);
            (report.computers, report.complete) = (vec![host(computer)], !fails);
            inventory.logs.push(report);
        };
        ran("1.xml", "2026-02-20T10:00:00Z", "fe01.contoso.com", true);
        ran("2.xml", "2026-02-20T11:00:00Z", "edge01.contoso.com", false);
        ran("3.xml", "2026-02-20T09:00:00Z", "edge01.contoso.com", true);
        let text = check(&RULE, inventory);
        assert!(text.contains("\nfail 1.xml: ") && text.contains("\ninformational 3.xml: "), "{text}");
    }
}
