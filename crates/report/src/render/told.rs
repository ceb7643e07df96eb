//! What the formats for pipelines say of a finding and of the run, so that none of them says more or less than another.

use super::audit::{sentence, verdict_word};
use crate::format::{Conclusion, Finding, Outcome, Place, Report, Severity};
use kerbsync_audit::Profiles;

/// What a report is about, for the middle of a sentence: the account, the hardening of IIS, or both.
pub(super) const fn about(report: &Report) -> &'static str {
    match report.profile {
        Profiles::Default => "the Kerberos account of Lync Server and Skype for Business Server",
        Profiles::Stig => "the hardening of IIS on servers of Lync Server and Skype for Business Server",
        Profiles::All => "the Kerberos account of Lync Server and Skype for Business Server and the hardening of IIS on its servers",
    }
}

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It failed.
    Failed(Severity),
    /// The inputs could not decide: never a pass.
    Undecided,
    /// It was accepted by somebody.
    Waived,
    /// It failed, or was undecided, before: the baseline holds it.
    Known,
}

impl Standing {
    pub(super) const fn of(finding: &Finding) -> Self {
        match (&finding.waived, finding.outcome) {
            (Some(_), _) => Self::Waived,
            (None, _) if finding.known => Self::Known,
            (None, Outcome::Unknown) => Self::Undecided,
            (None, _) => Self::Failed(finding.severity),
        }
    }

    /// `error`, `warning`, `note`, `unknown` or `waived`.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Failed(severity) => severity.name(),
            Self::Undecided => "unknown",
            Self::Waived => "waived",
            Self::Known => "known",
        }
    }
}

/// What was found, with how it stands where a format has no word for that.
pub(super) fn message(finding: &Finding) -> String {
    match (&finding.waived, finding.outcome) {
        (Some(reason), _) => format!("Waived ({reason}): {}", finding.message),
        (None, Outcome::Unknown) if finding.known => format!("Known, and not decided: {}", finding.message),
        (None, _) if finding.known => format!("Known {}: {}", finding.severity.name(), finding.message),
        (None, Outcome::Unknown) => format!("Not decided: {}", finding.message),
        (None, _) => finding.message.to_string(),
    }
}

/// The path for what has no place of its own, in formats that must have one: the topology that counts, else the first document that was
/// used, else the first one.
pub(super) fn home(report: &Report) -> &str {
    let used = || report.inputs.iter().find(|i| i.status == crate::format::InputStatus::Used).or(report.inputs.first());
    report.coverage.topology.used.as_deref().or_else(|| Some(used()?.path.as_str())).unwrap_or("kerbsync.toml")
}

/// The first place of a finding.
pub(super) fn place(finding: &Finding) -> Option<&Place> {
    finding.locations.first()
}

/// The verdict in a sentence, for where no part of the text is called 'Not decided'.
pub(super) fn verdict_sentence(report: &Report) -> String {
    sentence(report, "")
}

/// The verdict in one line.
pub(super) fn verdict_line(report: &Report) -> String {
    format!("Verdict: {}. {}", verdict_word(report.summary.conclusion), verdict_sentence(report))
}

/// Waivers that hide nothing, and of which no finding tells that.
pub(super) fn untold_waivers(report: &Report) -> Vec<&str> {
    let about: Vec<&str> = report.findings.iter().filter(|f| f.subject_kind == "waiver").map(|f| f.subject.as_str()).collect();
    let untold = report.summary.unused_waivers.iter().filter(|sentence| !about.iter().any(|subject| sentence.contains(subject)));
    untold.map(String::as_str).collect()
}

/// Something about the run itself that a reader of findings alone would not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Unique in the run.
    pub(super) id: String,
    /// Whether the run is worth less for it.
    pub(super) grave: bool,
    pub(super) text: String,
}

/// All of them: a run that checked nothing never looks like one that found nothing.
pub(super) fn troubles(report: &Report) -> Vec<Trouble> {
    let mut all = Vec::new();
    let mut tell = |id: String, grave: bool, text: String| all.push(Trouble { id, grave, text });
    if report.summary.conclusion == Conclusion::NothingChecked {
        tell("nothing-checked".to_owned(), true, "Nothing was checked: this says nothing about the estate.".to_owned());
    }
    for (n, path) in report.coverage.not_opened.iter().enumerate() {
        tell(format!("not-opened-{}", n + 1), true, format!("{} could not be opened: {}", path.path, path.reason));
    }
    let told = |path: &str| report.findings.iter().any(|f| f.locations.iter().any(|l| l.path == path) || f.subject == path);
    let unread = report.inputs.iter().filter(|i| i.status == crate::format::InputStatus::Unreadable && !told(&i.path));
    for (n, input) in unread.enumerate() {
        let reason = input.reason.as_deref().unwrap_or("it is not what it should be");
        tell(format!("not-read-{}", n + 1), true, format!("{} could not be read: {reason}", input.path));
    }
    for required in &report.summary.required {
        if let Some(missing) = &required.missing {
            let name = required.requirement.name();
            tell(format!("required-{name}"), true, format!("Required and not met, {name}: {missing}"));
        }
    }
    for (n, waiver) in untold_waivers(report).into_iter().enumerate() {
        tell(format!("waiver-{}", n + 1), false, format!("Without effect: {waiver}."));
    }
    let told = report.findings.iter().filter(|f| Standing::of(f) == Standing::Undecided).count();
    if report.summary.undecided > told {
        let more = super::text_writer::count(report.summary.undecided - told, "more verdict");
        tell(
            "undecided".to_owned(),
            false,
            format!("{more} could not be reached, for reasons that the findings tell; the JSON report lists them."),
        );
    }
    all
}
