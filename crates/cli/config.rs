//! What the arguments mean, checked and with defaults filled in.

use crate::args::{self, BundleArgs, GateArgs};
use crate::failure::Failure;
use crate::{Exit, Io};
use jiff::Timestamp;
use kerbsync_audit::{FailOn, Policy, Profiles, Requirement, Waiver, WaiverDays};
use kerbsync_collect::{Settings, WaiverSetting};
use kerbsync_names::{Fqdn, HostName};
use kerbsync_report::format::Severity;
use kerbsync_source::Shown;
use std::path::{Component, Path, PathBuf};

/// What to read, and with what.
#[derive(Debug, Clone)]
pub(crate) struct Bundle {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) reference: Option<HostName>,
    /// Files and folders that go before others which say something else of the same thing.
    pub(crate) prefer: Vec<PathBuf>,
    /// The one of them that is to hold the topology.
    pub(crate) topology: Option<PathBuf>,
    /// Whether the settings that an audit of the hardening of IIS judges are wanted.
    pub(crate) hardening: bool,
}

impl TryFrom<BundleArgs> for Bundle {
    type Error = Failure;

    fn try_from(args: BundleArgs) -> Result<Self, Failure> {
        let mut paths = args.paths;
        // A topology from outside of the inputs is a further input; one within them is read with them.
        paths.extend(args.topology.iter().filter(|t| t.exists() && !paths.iter().any(|p| lies_within(t, p))).cloned().collect::<Vec<_>>());
        let prefer = args.prefer.into_iter().chain(args.topology.clone()).collect();
        let reference = args.reference.as_deref().map(reference).transpose()?;
        Ok(Self { paths, config: args.config, reference, prefer, topology: args.topology, hardening: false })
    }
}

/// Whether a path is the other one or below it, as they are written: `./exports` is `exports`, and `.` holds every path that leads nowhere else.
fn lies_within(path: &Path, folder: &Path) -> bool {
    let plain = |p: &Path| p.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
    let (path, folder) = (plain(path), plain(folder));
    let is_here = folder.as_os_str().is_empty() && path.components().all(|part| matches!(part, Component::Normal(_)));
    is_here || (!folder.as_os_str().is_empty() && path.starts_with(&folder))
}

impl Bundle {
    /// These paths with nothing else said.
    pub(crate) fn of(paths: Vec<PathBuf>) -> Self {
        Self { paths, config: None, reference: None, prefer: Vec::new(), topology: None, hardening: false }
    }
}

/// The server named by `--reference`.
pub(crate) fn reference(text: &str) -> Result<HostName, Failure> {
    let fqdn = Fqdn::parse(text).map_err(|e| {
        Failure::usage(format!("--reference '{text}': {e}"))
            .hint("name one web server of the topology by its FQDN, such as fe01.contoso.com")
    })?;
    Ok(HostName::from(&fqdn.name))
}

/// The time that ages are measured against.
pub(crate) fn now(text: Option<&str>, io: &Io<'_>) -> Result<Timestamp, Failure> {
    let Some(text) = text else { return Ok((io.now)()) };
    let midnight = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp());
    text.parse().ok().or_else(midnight).ok_or_else(|| {
        Failure::usage(format!("--now '{text}' is no time")).hint("write it as 2026-03-01T12:00:00Z, or as a date for midnight UTC")
    })
}

/// What decides how an audit ends.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    pub(crate) fail_on: FailOn,
    pub(crate) require: Vec<Requirement>,
    pub(crate) profiles: Profiles,
}

impl Gate {
    /// The word of `--profile`.
    pub(crate) const fn profiles_name(&self) -> &'static str {
        self.profiles.name()
    }

    /// The words of `--fail-on`.
    pub(crate) fn fail_on_words(&self) -> String {
        let severity = self.fail_on.severity.map_or("never", Severity::name);
        format!("{severity}{}", if self.fail_on.unknown { ",unknown" } else { "" })
    }
}

/// What a word of `--profile` means.
pub(crate) fn profiles(word: &str) -> Option<Profiles> {
    [Profiles::Default, Profiles::Stig, Profiles::All].into_iter().find(|p| p.name() == word)
}

impl From<args::Profile> for Profiles {
    fn from(arg: args::Profile) -> Self {
        match arg {
            args::Profile::Default => Self::Default,
            args::Profile::Stig => Self::Stig,
            args::Profile::All => Self::All,
        }
    }
}

impl From<GateArgs> for Gate {
    fn from(args: GateArgs) -> Self {
        let unknown = args.fail_on.contains(&args::FailOn::Unknown);
        let lowest = args.fail_on.iter().filter_map(|f| match f {
            args::FailOn::Error => Some(Some(Severity::Error)),
            args::FailOn::Warning => Some(Some(Severity::Warning)),
            args::FailOn::Note => Some(Some(Severity::Note)),
            args::FailOn::Never => Some(None),
            args::FailOn::Unknown => None,
        });
        // Of several the strictest counts: the lowest severity, and any before none.
        let severity = lowest.min_by_key(|s| (s.is_none(), *s)).unwrap_or(Some(Severity::Error));
        let mut require: Vec<Requirement> = args.require.into_iter().map(requirement).collect();
        require.sort_unstable();
        require.dedup();
        Self { fail_on: FailOn { severity, unknown }, require, profiles: Profiles::Default }
    }
}

const fn requirement(arg: args::Require) -> Requirement {
    match arg {
        args::Require::Topology => Requirement::Topology,
        args::Require::Assignments => Requirement::Assignments,
        args::Require::Servers => Requirement::Servers,
        args::Require::Secrets => Requirement::Secrets,
        args::Require::Directory => Requirement::Directory,
        args::Require::Proof => Requirement::Proof,
    }
}

/// What rules are told: the time, and the settings of a bundle or the defaults.
pub(crate) fn policy(settings: &Settings, now: Timestamp) -> Result<Policy, Failure> {
    policy_of(settings, now).map_err(|message| Failure::new(Exit::Input, message).hint("write it as expires = 2026-12-31"))
}

/// The same; what is wrong with the settings as a sentence.
pub(crate) fn policy_of(settings: &Settings, now: Timestamp) -> Result<Policy, String> {
    let defaults = Policy::at(now);
    let limits = &settings.thresholds;
    Ok(Policy {
        password_age_days: limits.password_age_days.unwrap_or(defaults.password_age_days),
        evidence_age_days: limits.evidence_age_days.unwrap_or(defaults.evidence_age_days),
        waivers: settings.waivers.iter().map(waiver).collect::<Result<_, String>>()?,
        waiver_days: WaiverDays {
            error: limits.waiver_error_days.unwrap_or(defaults.waiver_days.error),
            warning: limits.waiver_warning_days.unwrap_or(defaults.waiver_days.warning),
            note: limits.waiver_note_days.unwrap_or(defaults.waiver_days.note),
        },
        never_waive: settings.never_waive.clone(),
        ..defaults
    })
}

fn waiver(w: &WaiverSetting) -> Result<Waiver, String> {
    let first = w.not_before.map(|d| d.date.and_then(|d| date(d.year, d.month, d.day)));
    let last = w.expires.map(|d| d.date.and_then(|d| date(d.year, d.month, d.day)));
    let day = |day: Option<Option<jiff::civil::Date>>, what: &str| {
        day.map(|day| {
            day.ok_or_else(|| {
                let rule = if w.rule.is_empty() { "a finding" } else { &w.rule };
                format!("kerbsync.toml: the waiver of {rule} {what} on a day that is not in the calendar")
            })
        })
        .transpose()
    };
    // Settings may hold what should not be there, and these are printed.
    let shown = |text: &String| Shown::of(text).into_string();
    Ok(Waiver {
        rule: w.rule.clone(),
        site: w.site.clone(),
        pool: w.pool.clone(),
        server: w.server.clone(),
        slot: w.slot.clone(),
        subject: w.subject.clone(),
        fingerprint: w.fingerprint.clone(),
        reason: shown(&w.reason),
        owner: w.owner.as_ref().map(shown),
        approver: w.approver.as_ref().map(shown),
        ticket: w.ticket.as_ref().map(|t| Shown::naming(t).into_string()),
        not_before: day(first, "begins")?,
        expires: day(last, "expires")?,
        origin: w.origin.clone(),
        covers: 0,
        undecided: false,
    })
}

fn date(year: u16, month: u8, day: u8) -> Option<jiff::civil::Date> {
    jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_within_the_inputs_is_no_further_input() {
        let within = |path: &str, folder: &str| lies_within(Path::new(path), Path::new(folder));
        for (path, folder) in [("b/t.xml", "b"), ("./b/t.xml", "b"), ("b/t.xml", "./b/"), ("b/t.xml", "."), ("./t.xml", "./")] {
            assert!(within(path, folder), "{path} {folder}");
        }
        for (path, folder) in [("bb/t.xml", "b"), ("../t.xml", "."), ("/t.xml", "."), ("t.xml", "b")] {
            assert!(!within(path, folder), "{path} {folder}");
        }
    }
}
