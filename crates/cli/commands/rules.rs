//! `rules`: every rule.

use super::tool;
use crate::args::RulesArgs;
use crate::failure::Failure;
use crate::output::Outputs;
use crate::{Exit, Io};
use kerbsync_audit::rules::RULES;
use kerbsync_report::format::RulesReport;
use kerbsync_report::render;

pub(super) fn run(args: RulesArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    Outputs::new(args.output)?.write(&RulesReport::new(tool(), RULES), render::rules, io)?;
    Ok(Exit::Done)
}
