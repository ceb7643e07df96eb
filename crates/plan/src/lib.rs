//! Plans: what would change, in which order, bound to the inputs, and why. A plan holds every choice, but no bytes and no secret.

mod document;
pub mod lower;
pub mod outcome;
mod verify;

pub use document::{
    Change, DirectoryStep, FieldChange, FollowUp, Input, Intent, OutageWindow, Plan, PlanReport, Precondition, PreconditionOutcome, Reason,
    SCHEMA, SecretFrom, SlotAddress, Step,
};
pub use verify::{PlanFault, read, verify};
