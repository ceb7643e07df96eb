//! What an audit says of the items of the guides of DISA for IIS.

use super::{Outcome, Severity, Verdict};
use kerbsync_audit::controls::{self, Guide as Known};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A guide with every item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// The id that readers of checklists know it by, `IIS_10-0_Server_STIG`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Version, release and day.
    pub release: String,
    /// Where its figures come from.
    pub source: String,
    /// Its items, in its order.
    pub items: Vec<GuideItem>,
}

/// An item of a guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideItem {
    /// `V-218786`.
    pub group: String,
    /// `SV-218786r1022652_rule`.
    pub rule: String,
    /// `IIST-SV-000103`.
    pub version: String,
    /// How bad a failure is by the guide: high is an error, medium a warning, low a note.
    pub severity: Severity,
    /// What it wants, in the words of this program.
    pub topic: String,
    /// What the inputs of an audit can say of it: `decided`, `decided-where-it-fails`, `decided-where-it-passes`,
    /// `evidence-only`, `not-visible`.
    pub standing: String,
    /// What is to be said beside it, such as where to look; null where it is decided.
    pub note: Option<String>,
    /// Why it contradicts what the product needs; null where it does not.
    pub conflict: Option<GuideConflict>,
    /// Ids of the rules that look at it.
    pub judged_by: Vec<String>,
    /// What the audit says of it: `pass` and `fail` only as far as its standing lets the rule decide.
    pub outcome: Outcome,
}

/// Why an item contradicts what the product needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideConflict {
    /// In a sentence.
    pub why: String,
    /// How sure that is: `documented`, `observed` or `inferred`.
    pub certainty: String,
}

/// Both guides by some verdicts.
pub(super) fn guides(verdicts: &[Verdict]) -> Vec<Guide> {
    let mut worst: HashMap<u16, Outcome> = HashMap::new();
    for verdict in verdicts {
        worst.entry(verdict.number).and_modify(|worst| *worst = Outcome::worst([*worst, verdict.outcome])).or_insert(verdict.outcome);
    }
    let guide = |guide: &Known| Guide {
        id: guide.id().to_owned(),
        title: guide.title().to_owned(),
        release: guide.catalogue().release().to_owned(),
        source: guide.catalogue().source().to_owned(),
        items: guide.items().iter().map(|item| of(item, &worst)).collect(),
    };
    Known::ALL.iter().map(guide).collect()
}

/// An item by the worst outcome of each rule, by its number.
fn of(item: &controls::Item, worst: &HashMap<u16, Outcome>) -> GuideItem {
    let rules = item.rules();
    let outcomes = rules.iter().filter_map(|rule| worst.get(&rule.number)).copied();
    GuideItem {
        group: item.group.to_owned(),
        rule: item.rule.to_owned(),
        version: item.version.to_owned(),
        severity: item.severity,
        topic: item.topic.to_owned(),
        standing: item.standing.name().to_owned(),
        note: item.standing.note().map(str::to_owned),
        conflict: item.conflict.map(|c| GuideConflict { why: c.why.to_owned(), certainty: c.certainty.name().to_owned() }),
        judged_by: rules.iter().map(|r| r.id.to_owned()).collect(),
        outcome: item.standing.settle(outcomes),
    }
}
