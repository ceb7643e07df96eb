use crate::declare::declare_rule;
use crate::text::{count, day, days_between, list};
use crate::{Policy, Severity, Subject, Verdicts, View};
use kerbsync_inventory::{LogLevel, ManagementLog};
use kerbsync_source::Origin;
use std::collections::{HashMap, HashSet};

declare_rule! {
    /// A report of the product shows errors.
    ///
    /// ## What it checks
    /// The newest report of every cmdlet, for Test-CsKerberosAccountAssignment of every site, has no error and no exception, found every
    /// server valid, and ended with "Command run is complete.". Older reports of the same cmdlet are superseded. A report that is older
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
    number: 502,
    severity: Error,
    confidence: Observed,
    family: Process,
    subject: Document,
    product_error: None,
    controls: ["NIST SP 800-53 CA-7", "NIST SP 800-53 AU-6"],
}

fn check(view: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut newest: HashMap<(String, String), &ManagementLog> = HashMap::new();
    for log in &view.inventory.logs {
        let entry = newest.entry(key(log)).or_insert(log);
        if time(log) > time(entry) {
            *entry = log;
        }
    }
    let mut seen = HashSet::new();
    for log in view.inventory.logs.iter().filter(|l| seen.insert(l.document)) {
        let path = view.inventory.document(log.document).map_or("a report", |d| d.path.as_str());
        let subject = Subject::Document(log.document, path.to_owned());
        let when = time(log).map_or_else(|| "without a date".to_owned(), |t| format!("of {}", day(t)));
        let faults = faults(log);
        let later = newest.get(&key(log)).filter(|n| time(n) > time(log));
        match (faults.is_empty(), later.and_then(|l| view.inventory.document(l.document))) {
            (true, _) => {
                let warnings = log.entries.iter().filter(|e| e.level == LogLevel::Warning).count();
                verdicts.pass(subject, format!("The report of {} {when} shows no error, and {}.", log.cmdlet, count(warnings, "warning")));
            }
            (false, Some(later)) => {
                verdicts.informational(subject, format!("The report of {} {when} shows errors; {} is newer.", log.cmdlet, later.path));
            }
            (false, None) => {
                let texts: Vec<&str> = faults.iter().map(|(text, _)| text.as_str()).collect();
                let stale = time(log).is_none_or(|t| days_between(t, policy.now) > i64::from(policy.evidence_age_days));
                let message = format!("The report of {} {when} shows errors: {}.", log.cmdlet, list(&texts));
                let document = Origin::document(log.document);
                verdicts
                    .fail(subject, message)
                    .at_each(faults.iter().map(|(text, origin)| (origin.unwrap_or(&document), text.clone())))
                    .at_most(if stale { Severity::Warning } else { Severity::Error })
                    .help(format!(
                        "Mend what the report names, run {} again with -Report, and add the new report to the bundle.",
                        log.cmdlet
                    ));
            }
        }
    }
}

fn key(log: &ManagementLog) -> (String, String) {
    (log.cmdlet.to_lowercase(), log.tested_site.as_deref().unwrap_or("").to_lowercase())
}

fn time(log: &ManagementLog) -> Option<jiff::Timestamp> {
    log.ended.or(log.started)
}

/// What is wrong, each with its place where it has one.
fn faults(log: &ManagementLog) -> Vec<(String, Option<&Origin>)> {
    let mut faults = Vec::new();
    for verdict in log.test_verdicts.iter().filter(|v| !v.valid) {
        faults.push((format!("the configuration of {} is invalid", verdict.server), Some(&verdict.origin)));
    }
    for entry in log.entries.iter().filter(|e| e.level == LogLevel::Error) {
        let text =
            entry.title.as_ref().map_or_else(|| entry.message.as_str().trim().trim_end_matches('.'), |title| title.as_str()).to_owned();
        faults.push((text, Some(&entry.origin)));
    }
    if !log.complete {
        faults.push(("the run was broken off".to_owned(), None));
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
        inventory.logs.push(good);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass Enable-CsTopology.xml: The report of Enable-CsTopology of 2026-02-01 shows no error, and 0 warnings.
        informational Test-1.xml: The report of Test-CsKerberosAccountAssignment of 2026-02-20 shows errors; Test-2.xml is newer.
        pass Test-2.xml: The report of Test-CsKerberosAccountAssignment of 2026-02-21 shows no error, and 0 warnings.
        ");
    }
}
