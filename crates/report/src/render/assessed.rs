//! The report rule by rule: what each rule said of whom, and what that comes to. Compliance formats and the page are made from this.

use crate::format::{Finding, Outcome, Report, Severity, Verdict};
use kerbsync_audit::Rule;
use kerbsync_audit::rules::RULES;
use std::collections::BTreeMap;

/// A rule with everything that the report says of it.
#[derive(Debug)]
pub(super) struct Assessed<'r> {
    pub(super) number: u16,
    pub(super) id: &'r str,
    pub(super) title: &'r str,
    pub(super) severity: Severity,
    /// The rule as this program knows it; another version may have written the report.
    pub(super) known: Option<&'static Rule>,
    pub(super) verdicts: Vec<&'r Verdict>,
    pub(super) findings: Vec<&'r Finding>,
}

impl<'r> Assessed<'r> {
    fn new(number: u16, id: &'r str) -> Self {
        let known = RULES.iter().copied().find(|r| r.id == id);
        Self {
            number,
            id,
            title: known.map_or(id, |r| r.title),
            severity: known.map_or(Severity::Note, |r| r.severity),
            known,
            verdicts: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// `KS201`.
    pub(super) fn code(&self) -> String {
        format!("KS{}", self.number)
    }

    /// Controls of public catalogues that it serves.
    pub(super) fn controls(&self) -> &'static [&'static str] {
        self.known.map_or(&[], |r| r.controls)
    }

    /// What it comes to: the worst that it said of anything. A waiver accepts a failure and makes no pass of it.
    pub(super) fn outcome(&self) -> Outcome {
        Outcome::worst(self.verdicts.iter().map(|v| v.outcome).chain(self.findings.iter().map(|f| f.outcome)))
    }

    /// How many of its verdicts have an outcome.
    pub(super) fn count(&self, outcome: Outcome) -> usize {
        self.verdicts.iter().filter(|v| v.outcome == outcome).count()
    }

    /// A part of the manual page, as paragraphs.
    pub(super) fn doc(&self, heading: &str) -> Vec<String> {
        self.known.map(|r| section(r.doc, heading)).unwrap_or_default()
    }
}

/// Every rule that the report tells of, in the order of numbers.
pub(super) fn assessed(report: &Report) -> Vec<Assessed<'_>> {
    let mut rules: BTreeMap<(u16, &str), Assessed<'_>> = BTreeMap::new();
    for verdict in &report.verdicts {
        let id = &*verdict.rule;
        rules.entry((verdict.number, id)).or_insert_with(|| Assessed::new(verdict.number, id)).verdicts.push(verdict);
    }
    for finding in &report.findings {
        let id = finding.rule.as_str();
        let rule = rules.entry((finding.number, id)).or_insert_with(|| Assessed::new(finding.number, id));
        if rule.known.is_none() {
            (rule.title, rule.severity) = (&finding.title, rule.severity.max(finding.severity));
        }
        rule.findings.push(finding);
    }
    rules.into_values().collect()
}

/// Rules that this program knows, that were run, and of which the report says nothing.
pub(super) fn silent(report: &Report) -> Vec<Assessed<'static>> {
    let said = |rule: &&&Rule| report.verdicts.iter().any(|v| v.rule == rule.id) || report.findings.iter().any(|f| f.rule == rule.id);
    RULES.iter().filter(|r| report.profile.runs(r) && !said(r)).map(|r| Assessed::new(r.number, r.id)).collect()
}

/// What stands below a heading of a manual page, as paragraphs: the lines of one are joined, those of code stand alone and are indented, and
/// tables are left out.
pub(super) fn section(doc: &str, heading: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut paragraph = String::new();
    let (mut within, mut code) = (false, false);
    for line in doc.lines().map(str::trim).chain([""]) {
        let fence = line.starts_with("```");
        code ^= fence;
        let heads = !code && line.starts_with('#');
        let item = line.strip_prefix("- ");
        if (line.is_empty() || heads || item.is_some() || fence) && !paragraph.is_empty() {
            paragraphs.push(std::mem::take(&mut paragraph));
        }
        if heads {
            within = line.trim_start_matches('#').trim() == heading;
        } else if within && code && !fence {
            paragraphs.push(format!("  {line}"));
        } else if within && !fence && !line.starts_with('|') {
            paragraph.push_str(if paragraph.is_empty() { "" } else { " " });
            paragraph.push_str(item.unwrap_or(line));
        }
    }
    paragraphs.retain(|p| !p.trim().is_empty());
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_its_paragraphs_alone() {
        let doc = " Title.\n\n ## Why it matters\n One\n two.\n\n - an item\n - another,\n   longer\n\n ```powershell\n ## no heading\n ```\n ## What to do\n Mend.";
        assert_eq!(section(doc, "Why it matters"), ["One two.", "an item", "another, longer", "  ## no heading"]);
        assert_eq!(section(doc, "What to do"), ["Mend."]);
        assert!(section(doc, "Title").is_empty());
    }

    #[test]
    fn every_rule_says_what_it_checks_why_and_what_to_do() {
        for rule in RULES {
            for heading in ["What it checks", "Why it matters", "What to do"] {
                assert!(!section(rule.doc, heading).is_empty(), "{}: {heading}", rule.id);
            }
        }
    }
}
