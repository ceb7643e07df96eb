//! `inventory`: what the inputs say the estate consists of.

use super::tool;
use crate::args::InventoryArgs;
use crate::config::Bundle;
use crate::failure::Failure;
use crate::output::Outputs;
use crate::reading::read_paths;
use crate::{Exit, Io};
use kerbsync_report::format::{InputStatus, InventoryReport};
use kerbsync_report::render;

pub(super) fn run(args: InventoryArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let outputs = Outputs::new(args.output)?;
    let read = read_paths(Bundle::try_from(args.bundle)?, quiet, io)?;
    let report = InventoryReport::new(tool(), &read.inventory);
    outputs.write(&report, render::inventory, io)?;
    let any = |status| report.inputs.iter().any(|i| i.status == status);
    Ok(if any(InputStatus::Unreadable) || (!read.not_opened.is_empty() && !report.inputs.is_empty()) {
        Exit::Input
    } else if any(InputStatus::Used) {
        Exit::Done
    } else {
        Exit::NothingChecked
    })
}
