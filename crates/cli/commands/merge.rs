//! `merge`: the whole report of parts that were made side by side.

use crate::args::MergeArgs;
use crate::failure::Failure;
use crate::output::ReportOutputs;
use crate::stored::read_report;
use crate::{Exit, Io, exit};
use kerbsync_report::format::Report;

pub(super) fn run(args: MergeArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let outputs = ReportOutputs::new(args.output)?;
    let parts = args.files.iter().map(|file| Ok((file.display().to_string(), read_report(file)?))).collect::<Result<_, Failure>>()?;
    let whole = Report::merge(parts).map_err(|error| {
        Failure::new(Exit::Input, error.to_string())
            .hint("give the JSON reports of every part of one run: kerbsync audit PATH --shard N/OF --now TIME --output json=part-N.json")
    })?;
    outputs.write(&whole, io)?;
    Ok(exit::of_audit(&whole))
}
