//! The plan document, `kerbsync.plan/v1`: every choice, no bytes of a configuration and no secret.

use crate::{SlotAddress, Told};
use serde::{Deserialize, Serialize};

/// Value of [`Plan::schema`].
pub const SCHEMA: &str = "kerbsync.plan/v1";

/// What would change, bound to the inputs that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// `kerbsync.plan/v1`.
    pub schema: String,
    /// Version of the program that made it.
    pub tool: String,
    /// SHA-256 of this document with this field empty and without `bundle`: 64 hex digits. Names the plan in journals.
    pub digest: String,
    /// Where the bundle lay that it was made from, for whoever applies it there. Not covered by the digest: the inputs are known by theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
    /// What was asked for.
    pub intent: Intent,
    /// Who asked, as given.
    pub operator: Option<String>,
    /// The Kerberos account, `DOMAIN\name`.
    pub account: String,
    /// Whether values may be written in a layout that is inferred, not verified.
    pub accept_inferred_protection: bool,
    /// Every document that the plan rests on, in the order of paths.
    pub inputs: Vec<PlanInput>,
    /// What had to hold, over the whole fleet, before any step was planned.
    pub preconditions: Vec<Precondition>,
    /// One per configuration that changes, in order.
    pub steps: Vec<Step>,
    /// The account whose password is set in Active Directory, after every step and only if all of them succeeded.
    pub directory: Option<DirectoryStep>,
    /// What is to be done afterwards, by a person or another program.
    pub follow_ups: Vec<FollowUp>,
    /// For every state on the way, which servers would refuse a client with a current ticket.
    pub outage: Vec<OutageWindow>,
    /// Why each server is or is not in the plan.
    pub report: PlanReport,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Intent {
    /// Copy the credential of one server to others.
    Sync {
        /// FQDN of the source.
        from: String,
        /// The targets, in words: `dir01.contoso.com`, `site Redmond`, `pool pool01.contoso.com`, `all`.
        to: Vec<String>,
    },
    /// Give the account a new password, on all its servers and in Active Directory.
    SetPassword,
}

/// An input document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlanInput {
    /// Path below the bundle.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// Something that must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Precondition {
    /// Kebab-case id, stable.
    pub id: String,
    /// What it is about: a server, a site, an account.
    pub subject: Told,
    /// Whether it holds.
    pub outcome: PreconditionOutcome,
    /// Why: one sentence.
    pub reason: Told,
    /// What to do when it does not hold, or what would prove it.
    pub remedy: Option<Told>,
}

/// Whether a precondition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PreconditionOutcome {
    /// It does not; there is no plan.
    Fail,
    /// The inputs do not tell; the plan is made, and says so.
    Unknown,
    /// It holds.
    Pass,
}

/// The change of one configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Number from 1, in order.
    pub number: u32,
    /// Steps of one stage may run side by side; a stage begins when the one before it has succeeded. From 1.
    pub stage: u32,
    /// FQDN of the server.
    pub server: String,
    /// Path of its configuration below the bundle, `/` between parts.
    pub path: String,
    /// SHA-256 of the configuration that the step was planned for.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// The slots that are set.
    pub changes: Vec<Change>,
}

/// One credential slot that is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The slot.
    pub slot: SlotAddress,
    /// Whether it has to be created.
    pub create: bool,
    /// The account that it is to name.
    pub account: String,
    /// Where its secret comes from, when the plan is applied.
    pub secret: SecretFrom,
    /// What changes, attribute by attribute; secrets are only described.
    pub fields: Vec<FieldChange>,
}

/// Where a secret comes from when the plan is applied. The plan itself holds none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SecretFrom {
    /// The slot of another server, opened with that server's keys.
    Server {
        /// FQDN.
        server: String,
        /// Path of its configuration below the bundle.
        path: String,
        /// SHA-256 of that configuration.
        sha256: String,
        /// Which slot.
        slot: Box<SlotAddress>,
    },
    /// A new random password, made when the plan is applied.
    Generated,
}

/// One attribute that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Name of the attribute.
    pub attribute: String,
    /// What it holds: an account name as it is, a secret only described.
    pub before: String,
    /// What it will hold.
    pub after: String,
}

/// The step in Active Directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryStep {
    /// The account, `DOMAIN\name`.
    pub account: String,
}

/// Something to be done afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Kebab-case id.
    pub id: String,
    /// What it is about.
    pub subject: Told,
    /// Why: one sentence.
    pub reason: Told,
    /// The command, where there is one.
    pub command: Option<String>,
}

/// A state on the way, told by its difference from the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageWindow {
    /// How many steps are done, the directory's counted last. The first window is the state before any.
    pub after: u32,
    /// How many servers would refuse a client with a current ticket.
    pub refusing: u32,
    /// Servers that refuse from now on, in order.
    pub begins: Vec<String>,
    /// Servers that do not refuse any more, in order.
    pub ends: Vec<String>,
    /// How many servers there are of which the inputs do not tell.
    pub unknown: u32,
}

/// The planner's reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanReport {
    /// Why each server is in the plan.
    pub planned: Vec<Reason>,
    /// Why each target needs nothing.
    pub unchanged: Vec<Reason>,
    /// What the plan cannot do now, and what it waits for.
    pub waiting_on: Vec<Reason>,
    /// What was assumed and is not proved, one sentence each.
    pub notes: Vec<Told>,
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The server.
    pub subject: Told,
    /// One sentence.
    pub text: Told,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.directory.is_none()
    }

    /// The digest that the document should carry.
    ///
    /// # Errors
    /// Never for a plan of this program: every field has a JSON form.
    pub fn compute_digest(&self) -> Result<String, serde_json::Error> {
        use sha2::{Digest as _, Sha256};
        let text = serde_json::to_vec(&Self { digest: String::new(), bundle: None, ..self.clone() })?;
        Ok(kerbsync_source::hex(Sha256::digest(&text)))
    }

    /// The document as it is saved: indented JSON with a line end.
    ///
    /// # Errors
    /// As for [`compute_digest`](Self::compute_digest).
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
