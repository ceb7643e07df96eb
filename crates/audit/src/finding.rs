//! A failed or undecided verdict with its evidence.

use crate::{Outcome, Rule, Severity, Subject};
use kerbsync_advice::Advice;
use kerbsync_inventory::Inventory;
use kerbsync_inventory::citable::Citation;
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{Text, text};
use sha2::{Digest, Sha256};

/// A place that shows a finding.
#[derive(Debug, Clone)]
pub struct Related {
    /// The place, or why there is none.
    pub at: Citation,
    /// What is there, in a few words.
    pub note: Text,
}

impl Related {
    /// What is there; of a place without a line, why there is none.
    #[must_use]
    pub fn told(&self) -> Text {
        match self.at.why_dropped {
            None => self.note.clone(),
            Some(why) => text!("{} (no line was kept of it: {})", self.note, why.clause()),
        }
    }
}

/// What a rule found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// Severity; never `Error` for an unknown outcome.
    pub severity: Severity,
    /// Fail or Unknown.
    pub outcome: Outcome,
    /// The subject.
    pub subject: Subject,
    /// What was found: one or two sentences, no secret.
    pub message: Text,
    /// What to do next.
    pub help: Option<Advice>,
    /// The server it concerns.
    pub server: Option<HostName>,
    /// The site it concerns.
    pub site: Option<SiteId>,
    /// Places, the primary one first.
    pub locations: Vec<Related>,
    /// The reason of the waiver that covers it.
    pub waived: Option<Text>,
    /// Whether a baseline holds it: it was there before.
    pub known: bool,
}

impl Finding {
    /// A name for this finding that stays the same over runs as long as rule, subject and outcome are the same: 16 hex digits.
    ///
    /// Positions are left out on purpose, so that an edit elsewhere in a file does not make old findings new.
    #[must_use]
    pub fn fingerprint(&self, inventory: &Inventory) -> String {
        // What the user called the folder is no part of what is in it.
        let subject = match &self.subject {
            Subject::Document(id, path) => inventory.document(*id).map_or(&**path, |d| d.below_root()),
            subject => subject.letters(),
        };
        fingerprint(self.rule.id, self.subject.kind().name(), subject, self.outcome)
    }
}

/// The fingerprint of what a rule says of a subject.
#[must_use]
pub fn fingerprint(rule: &str, subject_kind: &str, subject: &str, outcome: Outcome) -> String {
    let text = [rule, "\n", subject_kind, "\n", &subject.to_lowercase(), "\n", outcome.name()].concat();
    kerbsync_source::hex(&Sha256::digest(text.as_bytes())[..8])
}
