//! The guides of DISA for IIS 10.0 as checklists: every item, with what the audit says of it and what it cannot say.
//!
//! Only where rules about the hardening were run. An item is decided by a rule as far as its standing says; nothing else ever passes it.

use super::checklist::Item;
use crate::format::{Finding, Outcome, Report, Verdict};
use kerbsync_audit::controls::{self, Guide};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A guide with its items.
pub(super) struct Checklist<'r> {
    pub(super) guide: Guide,
    pub(super) items: Vec<Item<'r>>,
}

/// What the report says by each rule.
pub(super) type Said<'r> = BTreeMap<&'r str, (Vec<&'r Verdict>, Vec<&'r Finding>)>;

/// What a report says by each rule, of everything.
fn all(report: &Report) -> Said<'_> {
    let mut said = Said::new();
    report.verdicts.iter().for_each(|v| said.entry(&v.rule).or_default().0.push(v));
    report.findings.iter().for_each(|f| said.entry(&f.rule).or_default().1.push(f));
    said
}

/// The guides with their items; none where no rule about them was run.
pub(super) fn checklists(report: &Report) -> Vec<Checklist<'_>> {
    if !report.profile.hardens() {
        return Vec::new();
    }
    let said = all(report);
    Guide::ALL
        .iter()
        .map(|guide| Checklist { guide: *guide, items: guide.items().iter().map(|item| judged(item, &said)).collect() })
        .collect()
}

/// An item with what is said by its rules.
pub(super) fn judged<'r>(item: &'static controls::Item, said: &Said<'r>) -> Item<'r> {
    let rules = item.rules();
    let nothing = (Vec::new(), Vec::new());
    let (verdicts, findings) = rules.iter().find_map(|r| said.get(r.id)).unwrap_or(&nothing);
    let outcome = item.standing.settle(verdicts.iter().map(|v| v.outcome));
    let rule = rules.first();
    let page = |heading| rule.map(|r| super::assessed::section(r.doc, heading).join("\n")).unwrap_or_default();
    let mut check = format!("{}. By kerbsync: {}.", item.topic, item.standing.words());
    check.extend(item.standing.note().map(|note| format!(" {note}")));
    Item {
        group: item.group.to_owned(),
        id: item.group,
        rule: item.rule.to_owned(),
        version: item.version.to_owned(),
        title: item.topic.to_owned(),
        severity: item.severity,
        discussion: page("Why it matters"),
        check,
        fix: page("What to do"),
        controls: rule.map_or(&[], |r| r.controls),
        ccis: item.cci.to_vec(),
        outcome,
        details: details(item, rules.first().map(|r| r.code()).as_deref(), verdicts, findings),
        comments: comments(item, findings),
    }
}

/// What the rule says, subject by subject; the rule's own item has it in full.
fn details(item: &controls::Item, code: Option<&str>, verdicts: &[&Verdict], findings: &[&Finding]) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(note) = item.standing.note() {
        lines.push(format!("{}: {note}", capital(item.standing.words())));
    }
    let Some(code) = code else { return lines };
    for (outcome, word) in [(Outcome::Fail, "fails"), (Outcome::Unknown, "is not decided"), (Outcome::NotApplicable, "does not apply")] {
        let told = verdicts.iter().filter(|v| v.outcome == outcome);
        lines.extend(told.map(|v| format!("By {code} {} {word}: {}", v.subject, message(v, findings))));
    }
    let passed: Vec<&str> = verdicts.iter().filter(|v| v.outcome == Outcome::Pass).map(|v| v.subject.as_str()).collect();
    if !passed.is_empty() {
        lines.push(format!("By {code} passed: {}.", passed.join(", ")));
    }
    if verdicts.is_empty() {
        lines.push(format!("Not checked: rule {code} said nothing, since no configuration of a server is among the inputs."));
    }
    if item.guide == Guide::Site {
        lines.push("Judged are the web sites of the product; other web sites of a server are not.".to_owned());
    }
    lines
}

fn message<'r>(verdict: &'r Verdict, findings: &[&'r Finding]) -> Cow<'r, str> {
    let finding = findings.iter().find(|f| f.subject == verdict.subject && f.subject_kind == verdict.subject_kind);
    finding.map_or_else(|| verdict.reason(), |f| f.message.as_str().into())
}

fn comments(item: &controls::Item, findings: &[&Finding]) -> Vec<String> {
    let conflict = item.conflict.map(|c| format!("In conflict with the product ({}): {}", c.certainty.name(), c.why));
    conflict.into_iter().chain(super::checklist::comments(findings)).collect()
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
