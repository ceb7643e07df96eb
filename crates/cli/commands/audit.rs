//! `audit`: the whole path from files to a verdict.

use super::tool;
use crate::args::AuditArgs;
use crate::config::{self, Bundle, Gate};
use crate::evidence::{self, Made};
use crate::failure::Failure;
use crate::output::{self, ReportOutputs};
use crate::reading::{ReadInputs, read_file, read_paths};
use crate::stored::read_baseline;
use crate::{Exit, Io, exit};
use jiff::Timestamp;
use kerbsync_audit::{Audit, Policy, Terms};
use kerbsync_evidence::SigningKey;
use kerbsync_names::HostName;
use kerbsync_report::format::{Audited, BaselineReport, Partition, Report};
use kerbsync_store::{FolderFiles, WORK_FOLDER};
use std::path::Path;
use zeroize::Zeroizing;

pub(super) fn run(args: AuditArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let now = config::now(args.now.as_deref(), io)?;
    let gate = Gate { profiles: args.profile.into(), ..Gate::from(args.gate) };
    let outputs = ReportOutputs::new(args.output)?;
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    args.write_baseline.as_deref().map(output::check_target).transpose()?;
    args.bundle_out.as_deref().map(output::check_target).transpose()?;
    let key = args.sign.as_deref().map(signing_key).transpose()?;
    let bundle = Bundle { hardening: gate.profiles.hardens(), ..Bundle::try_from(args.bundle)? };
    if let Some(file) = &args.bundle_out {
        refuse_below(file, &bundle)?;
        refuse_open_runs(&bundle)?;
    }
    let for_evidence = bundle.clone();
    let read = read_paths(bundle, quiet, io)?;
    let known = |audit: &mut Audit| {
        if let Some(baseline) = &baseline {
            baseline.to_baseline().apply(audit, &read.inventory);
        }
    };
    let whole = audit_of(&read, now, &gate, None, known)?;
    let report = match args.shard {
        None => whole,
        Some(shard) => {
            let partition = Partition::of(&whole, shard.of);
            let part = audit_of(&read, now, &gate, None, |audit| {
                known(audit);
                audit.verdicts.retain(|v| partition.part(&v.subject.to_string()) == shard.number);
                audit.findings.retain(|f| partition.part(&f.subject.to_string()) == shard.number);
            })?;
            part.into_part(&whole, shard.number, shard.of)
        }
    };
    outputs.write(&report, io)?;
    if let Some(file) = &args.write_baseline {
        output::write_document(file, &BaselineReport::of(&report))?;
    }
    if let Some(file) = &args.bundle_out {
        let run_at = args.now.is_none().then_some(now);
        let members = evidence::archive(&for_evidence, &Made { gate: &gate, now, quiet }, run_at, io)?;
        output::replace(file, &evidence::packed(members, key.as_ref(), &report)?)?;
    }
    let exit = exit::of_audit(&report);
    // The process ends here: taking a large estate apart piece by piece would only make its user wait.
    std::mem::forget((report, read));
    Ok(exit)
}

fn signing_key(path: &Path) -> Result<SigningKey, Failure> {
    let failure = |why: &str| {
        Failure::new(Exit::Input, format!("'{}': {why}", path.display())).hint("openssl genpkey -algorithm ed25519 -out private.pem")
    };
    let text = Zeroizing::new(String::from_utf8(read_file(path)?).map_err(|_| failure("this is no text"))?);
    SigningKey::from_pem(&text).map_err(|e| failure(&e.to_string()))
}

/// An archive of evidence within what it is evidence of would be read by the next audit: a second configuration of every server.
fn refuse_below(file: &Path, bundle: &Bundle) -> Result<(), Failure> {
    match bundle.paths.iter().find(|folder| output::is_below(file, folder)) {
        Some(folder) => Err(Failure::usage(format!("'{}' lies within '{}'", file.display(), folder.display()))
            .hint("name a file elsewhere: what is within is read by the next audit")),
        None => Ok(()),
    }
}

/// A run without an end leaves servers old or new: what is true of them is not in the files.
fn refuse_open_runs(bundle: &Bundle) -> Result<(), Failure> {
    let with_runs = bundle.paths.iter().filter(|p| p.join(WORK_FOLDER).is_dir());
    for path in with_runs {
        let found = FolderFiles::open(path).and_then(|files| kerbsync_apply::open_runs(&files));
        if !found.is_ok_and(|runs| runs.open.is_empty() && runs.unread.is_empty()) {
            let failure =
                Failure::new(Exit::Refused, format!("a run in '{}' has no end, so no evidence can be made of it", path.display()));
            return Err(failure.hint("`kerbsync status` tells which one, and `kerbsync recover` ends it"));
        }
    }
    Ok(())
}

/// Runs the rules and puts what they say into a report.
pub(super) fn audit(read: &ReadInputs, now: Timestamp, gate: &Gate) -> Result<Report, Failure> {
    audit_of(read, now, gate, None, |_| {})
}

/// The same, of what a front keeps of the verdicts and findings. `servers` are those that it is about, where it is not about all.
pub(crate) fn audit_of(
    read: &ReadInputs,
    now: Timestamp,
    gate: &Gate,
    servers: Option<&[HostName]>,
    keep: impl FnOnce(&mut Audit),
) -> Result<Report, Failure> {
    let policy = Policy { profiles: gate.profiles, ..config::policy(&read.settings, now)? };
    let mut audit = kerbsync_audit::run(&read.inventory, &policy);
    keep(&mut audit);
    let terms =
        Terms { now, waivers: &policy.waivers, fail_on: gate.fail_on, require: &gate.require, not_opened: &read.not_opened, servers };
    let report = Report::new(tool(), Audited { inventory: &read.inventory, audit, terms });
    Ok(match &read.manual {
        Some(manual) => report.with_pages(manual),
        None => report,
    })
}
