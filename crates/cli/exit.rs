//! Exit codes.

use kerbsync_plan::outcome::{Completion, End};
use kerbsync_report::format::{Conclusion, Report};

/// The exit codes, for use in scripts and tests.
pub mod codes {
    /// Nothing at or above the threshold, or done.
    pub const DONE: u8 = 0;
    /// Findings at or above `--fail-on`.
    pub const FINDINGS: u8 = 1;
    /// The command line cannot be used: its syntax, or a value.
    pub const USAGE: u8 = 2;
    /// Nothing was checked.
    pub const NOTHING_CHECKED: u8 = 3;
    /// Some input could not be read or evaluated, something required is missing, or a result could not be written.
    pub const INPUT: u8 = 4;
    /// Refused: a precondition, a stale plan, the rule for names, the operator.
    pub const REFUSED: u8 = 5;
    /// Failed while applying; recovery is needed.
    pub const FAILED: u8 = 6;
    /// Changes are pending, with `--detailed-exitcode`.
    pub const PENDING: u8 = 10;
}

/// How a run ends. The order is that of precedence: of several the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Exit {
    /// [`codes::DONE`].
    Done,
    /// [`codes::PENDING`]: nothing else is to be told.
    Pending,
    /// [`codes::FINDINGS`].
    Findings,
    /// [`codes::NOTHING_CHECKED`].
    NothingChecked,
    /// [`codes::INPUT`].
    Input,
    /// [`codes::REFUSED`].
    Refused,
    /// [`codes::FAILED`].
    Failed,
    /// [`codes::USAGE`]: found before anything else is done.
    Usage,
}

impl Exit {
    /// The exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => codes::DONE,
            Self::Pending => codes::PENDING,
            Self::Findings => codes::FINDINGS,
            Self::NothingChecked => codes::NOTHING_CHECKED,
            Self::Input => codes::INPUT,
            Self::Refused => codes::REFUSED,
            Self::Failed => codes::FAILED,
            Self::Usage => codes::USAGE,
        }
    }
}

/// How a command ends whose run ended so.
pub(crate) const fn of_run(end: End) -> Exit {
    match end.completion() {
        Completion::Done => Exit::Done,
        Completion::InPart => Exit::Refused,
        Completion::NeedsRecovery => Exit::Failed,
    }
}

/// How an audit ends.
pub(crate) fn of_audit(report: &Report) -> Exit {
    let (summary, coverage) = (&report.summary, &report.coverage);
    // With a baseline only what is new counts.
    let (failures, unreached) = summary.baseline.map_or((summary.failed, summary.undecided), |b| (b.new, b.new_undecided));
    let failed = summary.fail_on.is_some_and(|threshold| failures.at_least(threshold) > 0);
    let undecided = summary.fail_on_unknown && unreached > 0;
    let nothing = summary.conclusion == Conclusion::NothingChecked;
    let unread = coverage.documents.unreadable > 0 || (!coverage.not_opened.is_empty() && !report.inputs.is_empty());
    let missing = summary.required.iter().any(|r| r.missing.is_some());
    [(failed || undecided, Exit::Findings), (nothing, Exit::NothingChecked), (unread || missing, Exit::Input)]
        .into_iter()
        .filter_map(|(holds, exit)| holds.then_some(exit))
        .max()
        .unwrap_or(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence_follows_the_codes() {
        let all = [Exit::Done, Exit::Findings, Exit::NothingChecked, Exit::Input, Exit::Refused, Exit::Failed];
        assert!(all.windows(2).all(|w| w[0] < w[1] && w[0].code() < w[1].code()));
    }
}
