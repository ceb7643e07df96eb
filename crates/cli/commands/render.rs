//! `render`: a stored report in another format.

use crate::args::RenderArgs;
use crate::failure::Failure;
use crate::output::ReportOutputs;
use crate::stored::read_report;
use crate::{Exit, Io};

pub(super) fn run(args: RenderArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let outputs = ReportOutputs::new(args.output)?;
    let report = read_report(&args.report)?;
    outputs.write(&report, io)?;
    Ok(Exit::Done)
}
