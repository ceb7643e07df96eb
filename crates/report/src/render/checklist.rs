//! The report as a checklist: an item for each rule and one for the run itself, as the formats of DISA and NIST want it.

use super::assessed::{Assessed, assessed, silent};
use super::told::{Standing, troubles, verdict_line};
use crate::format::{Finding, Outcome, Report, Severity, Verdict};
use std::collections::BTreeSet;

/// Number of the item for the run itself: no rule has it.
const RUN: &str = "KS000";

/// One item of a checklist.
#[derive(Debug)]
pub(super) struct Item<'r> {
    /// `KS201`, or the group of a guide of DISA (`V-218786`).
    pub(super) group: String,
    /// Kebab-case id of the rule; of an item of a guide its group.
    pub(super) id: &'r str,
    /// `KS201_rule`, or the rule of the guide (`SV-218786r1022652_rule`).
    pub(super) rule: String,
    /// The id, or the version of the guide's rule (`IIST-SV-000103`).
    pub(super) version: String,
    pub(super) title: String,
    pub(super) severity: Severity,
    /// Why it matters.
    pub(super) discussion: String,
    /// What is checked.
    pub(super) check: String,
    /// What to do, in general.
    pub(super) fix: String,
    pub(super) controls: &'static [&'static str],
    /// Control correlation identifiers, `CCI-000366`.
    pub(super) ccis: Vec<&'static str>,
    pub(super) outcome: Outcome,
    /// What was found, finding by finding, and who passed.
    pub(super) details: Vec<String>,
    /// What somebody has said of it: waivers.
    pub(super) comments: Vec<String>,
}

/// The items: the run, every rule that said something, and those that had nothing to say.
pub(super) fn items(report: &Report) -> Vec<Item<'_>> {
    let rules: Vec<Assessed<'_>> = assessed(report).into_iter().chain(silent(report)).collect();
    let mut items = vec![run(report)];
    items.extend(rules.iter().map(|rule| {
        let code = rule.code();
        let page = |heading| rule.doc(heading).join("\n");
        Item {
            rule: format!("{code}_rule"),
            group: code,
            id: rule.id,
            version: rule.id.to_owned(),
            title: rule.title.to_owned(),
            severity: rule.severity,
            discussion: page("Why it matters"),
            check: page("What it checks"),
            fix: page("What to do"),
            controls: rule.controls(),
            ccis: ccis(rule.controls()),
            outcome: rule.outcome(),
            details: details(&rule.verdicts, &rule.findings),
            comments: comments(&rule.findings),
        }
    }));
    items
}

/// The run itself: never passed while something could not be read, opened or decided.
fn run(report: &Report) -> Item<'static> {
    let troubles = troubles(report);
    let whole = troubles.is_empty() && report.summary.undecided == 0 && report.coverage.gaps.is_empty();
    let mut details = vec![verdict_line(report)];
    details.extend(troubles.into_iter().map(|t| t.text));
    details.extend(report.coverage.gaps.iter().map(|gap| {
        let subject = gap.subject.as_ref().map(|s| format!("{s}: ")).unwrap_or_default();
        format!("Not known: {subject}{}", gap.reason)
    }));
    Item {
        group: RUN.to_owned(),
        id: "run",
        rule: format!("{RUN}_rule"),
        version: "run".to_owned(),
        title: "Everything that the audit needs was given and could be read".to_owned(),
        severity: Severity::Warning,
        discussion: "What was not given or could not be read was not audited: no other item of this checklist says anything of it."
            .to_owned(),
        check: "Every document, and every fact that rules need, is among the inputs and can be read.".to_owned(),
        fix: "Add what is named as missing, and run the audit again.".to_owned(),
        controls: &[],
        ccis: Vec::new(),
        outcome: if whole { Outcome::Pass } else { Outcome::NotChecked },
        details,
        comments: Vec::new(),
    }
}

/// What was found, worst first; then what was left open without a finding of its own, and who passed.
pub(super) fn details(verdicts: &[&Verdict], findings: &[&Finding]) -> Vec<String> {
    let mut lines = Vec::new();
    for finding in findings {
        lines.push(format!("{} {}: {}", Standing::of(finding).word(), finding.subject, finding.message));
        lines.extend(finding.help.iter().flat_map(|h| h.lines()).filter(|l| !l.trim().is_empty()).map(|l| format!("  {}", l.trim())));
        for place in &finding.locations {
            let at = place.line.map(|line| format!(":{line}")).unwrap_or_default();
            let note = place.note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
            lines.push(format!("  {}{at}{note}", place.path));
        }
        lines.push(format!("  fingerprint: {}", finding.fingerprint));
    }
    let found: BTreeSet<(&str, &str)> = findings.iter().map(|f| (f.subject_kind.as_str(), f.subject.as_str())).collect();
    let told = |v: &Verdict| found.contains(&(&*v.subject_kind, v.subject.as_str()));
    let open = verdicts.iter().filter(|v| matches!(v.outcome, Outcome::Unknown | Outcome::NotChecked) && !told(v));
    lines.extend(open.map(|v| format!("not decided {}: {}", v.subject, v.reason())));
    for (outcome, word) in [(Outcome::Pass, "passed"), (Outcome::NotApplicable, "does not apply to"), (Outcome::Informational, "told of")] {
        let names: Vec<&str> = verdicts.iter().filter(|v| v.outcome == outcome).map(|v| v.subject.as_str()).collect();
        if !names.is_empty() {
            lines.push(format!("{word}: {}", names.join(", ")));
        }
    }
    if verdicts.is_empty() && findings.is_empty() {
        lines.push(
            "Not checked: the audit says nothing by this rule, since no input holds what it judges, or since it was not asked for."
                .to_owned(),
        );
    }
    lines
}

pub(super) fn comments(findings: &[&Finding]) -> Vec<String> {
    let waived = findings.iter().filter_map(|f| Some(format!("Waived, {}: {}", f.subject, f.waived.as_ref()?)));
    let known = findings.iter().filter(|f| f.known).map(|f| format!("Known, {}: the baseline holds it.", f.subject));
    waived.chain(known).collect()
}

/// Control correlation identifiers, `CCI-000366`.
fn ccis(controls: &'static [&'static str]) -> Vec<&'static str> {
    words(controls).filter(|w| w.strip_prefix("CCI-").is_some_and(|n| n.len() == 6 && n.bytes().all(|b| b.is_ascii_digit()))).collect()
}

fn words(controls: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    controls.iter().flat_map(|c| c.split([' ', ',', ';', '(', ')'])).filter(|w| !w.is_empty())
}

/// DISA's words for how bad something is.
pub(super) const fn category(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "high",
        Severity::Warning => "medium",
        Severity::Note => "low",
    }
}

/// What a checklist is about: its only server, or the whole estate by its SIP domain or its first site.
pub(super) fn target(report: &Report) -> String {
    let pools = report.inventory.sites.iter().flat_map(|s| &s.pools).chain(&report.inventory.unplaced_pools);
    let servers: Vec<&str> = pools.flat_map(|p| &p.computers).filter(|c| c.web_server).map(|c| c.fqdn.as_str()).collect();
    if let [only] = servers.as_slice() {
        return (*only).to_owned();
    }
    let domain = report.inventory.topologies.iter().find(|t| t.used).and_then(|t| t.sip_domains.first());
    let name = domain.or_else(|| report.inventory.sites.first().map(|s| &s.name));
    name.map_or_else(|| "estate".to_owned(), |name| format!("estate {name}"))
}

/// What a checklist is about, in a sentence.
pub(super) fn target_comment(report: &Report) -> String {
    let s = &report.summary;
    format!(
        "{} sites, {} pools, {} computers, {} web servers; audited from {} exported files as of {}. {}",
        s.sites,
        s.pools,
        s.computers,
        s.web_servers,
        report.inputs.len(),
        report.time,
        verdict_line(report)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_correlation_identifiers_are_found_among_controls() {
        const CONTROLS: &[&str] = &[
            "NIST SP 800-53 AU-14 (1)",
            "DISA IIS 10.0 Server V3R7 V-218786 SV-218786r1022652_rule IIST-SV-000103",
            "CCI-000139, CCI-001464",
        ];
        assert_eq!(ccis(CONTROLS), ["CCI-000139", "CCI-001464"]);
        assert!(ccis(&["NIST SP 800-53 IA-5"]).is_empty());
    }
}
