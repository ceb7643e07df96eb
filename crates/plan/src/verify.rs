//! Looks over a plan document before anything is done with it: it may have been edited, or made by another version.

use crate::{Change, Intent, Plan, PreconditionOutcome, SCHEMA, SecretFrom};
use std::collections::BTreeSet;

/// Why a plan document is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanFault {
    /// Not JSON, or not of the form of a plan.
    #[error("this is no plan document: {0}; make it with `kerbsync plan`")]
    Form(String),
    /// Of another version.
    #[error("the plan has the schema '{}', and this program reads 'kerbsync.plan/v1': plan again with this version", known_schema(.0))]
    Version(String),
    /// Its digest does not fit.
    #[error("the plan was changed after it was made (its digest does not fit): plan again")]
    Digest,
    /// Two steps write one file.
    #[error("two steps write {0}: plan again")]
    TwoSteps(String),
    /// Two steps name one server.
    #[error("two steps are for {0}: plan again")]
    TwoServers(String),
    /// Steps are not numbered 1, 2, 3 … in the order of stages.
    #[error("step {0} is out of order: plan again")]
    Order(u32),
    /// A path that leads out of the bundle, or to this program's own files.
    #[error("step {0} writes where no configuration of the bundle is: plan again")]
    Path(u32),
    /// A path of a copy that IIS never reads.
    #[error("step {0} writes a copy that is never in force ({1}): plan again")]
    NeverInForce(u32, &'static str),
    /// A digest that is none.
    #[error("step {0} is not bound to a content (its sha256 is not 64 hex digits): plan again")]
    Unbound(u32),
    /// A step without a change.
    #[error("step {0} changes nothing: plan again")]
    Empty(u32),
    /// What is asked for and what would be done do not fit.
    #[error("the plan is no {0}: {1}; plan again")]
    Kind(&'static str, &'static str),
    /// A precondition that failed, or none at all.
    #[error("the precondition '{0}' does not hold: see the plan, mend it and plan again")]
    Precondition(String),
}

/// Reads a saved plan and looks it over.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Plan, PlanFault> {
    #[derive(serde::Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    // The place in the file only: the message of the parser may quote what stands there.
    let form = |e: serde_json::Error| PlanFault::Form(format!("line {}, column {}", e.line(), e.column()));
    let head: Head = serde_json::from_slice(bytes).map_err(form)?;
    match head.schema {
        Some(schema) if schema == SCHEMA => {}
        other => return Err(PlanFault::Version(other.unwrap_or_default())),
    }
    let plan: Plan = serde_json::from_slice(bytes).map_err(form)?;
    verify(&plan)?;
    Ok(plan)
}

/// Looks over a plan.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify(plan: &Plan) -> Result<(), PlanFault> {
    if plan.schema != SCHEMA {
        return Err(PlanFault::Version(plan.schema.clone()));
    }
    if plan.compute_digest().ok().as_deref() != Some(plan.digest.as_str()) {
        return Err(PlanFault::Digest);
    }
    if let Some(failed) = plan.preconditions.iter().find(|p| p.outcome == PreconditionOutcome::Fail) {
        return Err(PlanFault::Precondition(failed.id.clone()));
    }
    kind_fits(plan)?;
    let (mut paths, mut servers) = (BTreeSet::new(), BTreeSet::new());
    let mut stage = 1;
    for (step, number) in plan.steps.iter().zip(1u32..) {
        if step.number != number || step.stage < stage {
            return Err(PlanFault::Order(step.number));
        }
        stage = step.stage;
        let outside = step.path.is_empty() || step.path.starts_with('/') || step.path.contains(['\\', '\0', ':']);
        // Neither outside nor this program's own files.
        let path = step.path.to_ascii_lowercase();
        let own =
            path.split('/').any(|part| part == ".kerbsync") || path.rsplit('/').next().is_some_and(|name| name.contains(".kerbsync-"));
        if outside || own || step.path.split('/').any(|p| p == ".." || p == "." || p.is_empty()) {
            return Err(PlanFault::Path(number));
        }
        if let Some(what) = crate::never_in_force::folder_of(&step.path) {
            return Err(PlanFault::NeverInForce(number, what));
        }
        if step.sha256.len() != 64 || !step.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(PlanFault::Unbound(number));
        }
        if step.changes.is_empty() {
            return Err(PlanFault::Empty(number));
        }
        // Windows folds case: two paths that differ in case alone are one file there.
        if !paths.insert(step.path.to_lowercase()) {
            return Err(PlanFault::TwoSteps(step.path.clone()));
        }
        if !servers.insert(step.server.to_ascii_lowercase()) {
            return Err(PlanFault::TwoServers(step.server.clone()));
        }
    }
    Ok(())
}

/// A schema as it may be quoted: one of this program's. Anything else may be anything.
fn known_schema(schema: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '-');
    let ours = schema.is_empty() || (schema.starts_with("kerbsync.") && schema.len() < 64 && schema.chars().all(plain));
    if ours { schema } else { "***" }
}

/// Whether the steps are those of what is asked for: a copy brings one server's secret to others and leaves the directory alone; a new
/// password is made, and reaches the directory.
fn kind_fits(plan: &Plan) -> Result<(), PlanFault> {
    let changes = || plan.steps.iter().flat_map(|step| &step.changes);
    let wrong = match &plan.intent {
        Intent::Sync { from, .. } => {
            let copied = |c: &Change| matches!(&c.secret, SecretFrom::Server { server, .. } if server.eq_ignore_ascii_case(from));
            [
                (plan.directory.is_none(), "it sets a password in Active Directory"),
                (changes().all(copied), "a secret comes from elsewhere than the source"),
                (plan.steps.iter().all(|s| !s.server.eq_ignore_ascii_case(from)), "it writes the source"),
            ]
        }
        Intent::SetPassword => [
            (
                plan.directory.as_ref().is_some_and(|d| d.account == plan.account),
                "it does not set the password of its account in Active Directory",
            ),
            (changes().all(|c| c.secret == SecretFrom::Generated), "a secret is an old one of some server"),
            (!plan.steps.is_empty(), "no server would get the password"),
        ],
    };
    let name = if matches!(plan.intent, Intent::Sync { .. }) { "copy of a credential" } else { "new password" };
    if let Some((_, why)) = wrong.iter().find(|(holds, _)| !holds) {
        return Err(PlanFault::Kind(name, why));
    }
    let same = changes().all(|c| c.account == plan.account);
    if same { Ok(()) } else { Err(PlanFault::Kind(name, "a step is about another account")) }
}
