//! Plans: what would change, in which order, bound to the inputs, and why. A plan holds every choice, but no bytes and no secret.

mod assemble;
mod check;
mod document;
mod keys;
pub mod lower;
mod never_in_force;
mod operator;
mod outage;
pub mod outcome;
mod password;
mod restrictions;
mod slot_address;
mod slots;
mod source_currency;
mod sync;
mod targets;
mod told;
mod verify;

pub use assemble::{Request, changed_sites, inputs_now};
pub use check::Refused;
pub use document::{
    Change, DirectoryStep, FieldChange, FollowUp, Intent, OutageWindow, Plan, PlanInput, PlanReport, Precondition, PreconditionOutcome,
    Reason, SCHEMA, SecretFrom, Step,
};
pub use kerbsync_inventory::{LayoutId, SlotKey};
pub use operator::check_operator;
pub use password::plan_set_password;
pub use slot_address::SlotAddress;
pub use sync::{SyncRequest, plan_sync};
pub use targets::CopyTarget;
pub use told::Told;
pub use verify::{PlanFault, read, verify};
