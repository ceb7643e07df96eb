//! Waivers that are not in order. Each is of something that is nowhere in the estate.

use super::Planter;
use crate::defect::Defect;

/// An entry of kerbsync.toml.
struct Entry {
    rule: &'static str,
    object: Option<&'static str>,
    approver: &'static str,
    /// First and last day, before the export.
    days: (i64, i64),
}

const IN_ORDER: Entry = Entry { rule: "draft-topology", object: Some("nothing.tbxml"), approver: "Adam", days: (30, -30) };

fn put(p: &mut Planter<'_>, defect: Defect, entry: &Entry) -> Option<()> {
    let day = |days: i64| p.model.days_ago(days).to_string().chars().take(10).collect::<String>();
    let (first, last) = (day(entry.days.0), day(entry.days.1));
    let object = entry.object.map(|o| format!("subject = \"{o}\"\n")).unwrap_or_default();
    let text = format!(
        "rule = \"{}\"\n{object}reason = \"planted\"\nowner = \"Olivia\"\napprover = \"{}\"\nnot_before = {first}\nexpires = {last}\n",
        entry.rule, entry.approver
    );
    p.model.evidence.waivers.push(text);
    let object = entry.object.map(|o| format!(" for subject {o}")).unwrap_or_default();
    p.fails(defect, format!("{}{object}", entry.rule));
    Some(())
}

pub(super) fn expired(p: &mut Planter<'_>) -> Option<()> {
    put(p, Defect::WaiverExpired, &Entry { object: Some("expired.tbxml"), days: (60, 1), ..IN_ORDER })
}

pub(super) fn stale(p: &mut Planter<'_>) -> Option<()> {
    put(p, Defect::WaiverStale, &IN_ORDER)
}

pub(super) fn over_broad(p: &mut Planter<'_>) -> Option<()> {
    put(p, Defect::WaiverOverBroad, &Entry { object: None, ..IN_ORDER })
}

pub(super) fn unapproved(p: &mut Planter<'_>) -> Option<()> {
    put(p, Defect::WaiverUnapproved, &Entry { object: Some("unapproved.tbxml"), approver: "olivia", ..IN_ORDER })
}

pub(super) fn of_unknown_rule(p: &mut Planter<'_>) -> Option<()> {
    put(p, Defect::WaiverOfUnknownRule, &Entry { rule: "no-such-rule", ..IN_ORDER })
}
