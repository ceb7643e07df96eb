//! `diff`: two states of a deployment, and what follows from their difference.

use super::audit::audit;
use super::tool;
use crate::args::DiffArgs;
use crate::config::{self, Bundle, Gate};
use crate::failure::Failure;
use crate::output::Outputs;
use crate::reading::read_paths;
use crate::stored;
use crate::{Exit, Io};
use jiff::Timestamp;
use kerbsync_report::format::{DiffReport, Report};
use std::path::{Path, PathBuf};

pub(super) fn run(args: DiffArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let now = config::now(args.now.as_deref(), io)?;
    let outputs = Outputs::new(args.output)?;
    let mut side = |path: &Path| state(path, args.config.as_ref(), now, quiet, io);
    let (old, new) = (side(&args.old)?, side(&args.new)?);
    let path = |path: &Path| path.display().to_string();
    let report = DiffReport::new(tool(), (&path(&args.old), &old), (&path(&args.new), &new));
    outputs.write_diff(&report, io)?;
    Ok(exit(&report))
}

/// A stored report, or the audit of what lies there.
fn state(path: &Path, config: Option<&PathBuf>, now: Timestamp, quiet: bool, io: &mut Io<'_>) -> Result<Report, Failure> {
    if let Some(report) = stored::report_in(path)? {
        return Ok(report);
    }
    let bundle = Bundle { config: config.cloned(), ..Bundle::of(vec![path.to_owned()]) };
    audit(&read_paths(bundle, quiet, io)?, now, &Gate::default())
}

fn exit(report: &DiffReport) -> Exit {
    let unread = report.old.unreadable + report.new.unreadable > 0;
    match () {
        () if unread => Exit::Input,
        () if report.compared_nothing() => Exit::NothingChecked,
        () if report.summary.error > 0 => Exit::Findings,
        () => Exit::Done,
    }
}
