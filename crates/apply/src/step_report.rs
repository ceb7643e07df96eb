//! What is said of one step.

use kerbsync_plan::outcome::StepResult;

/// What became of one step, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StepReport {
    pub(crate) result: StepResult,
    /// Empty where there is nothing to say.
    pub(crate) detail: String,
}

impl StepReport {
    pub(crate) const fn new(result: StepResult) -> Self {
        Self { result, detail: String::new() }
    }

    pub(crate) fn because(result: StepResult, detail: impl Into<String>) -> Self {
        Self { result, detail: detail.into() }
    }
}
