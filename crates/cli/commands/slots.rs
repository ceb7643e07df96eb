//! `slots`: the credential slots of one configuration.

use super::tool;
use crate::args::SlotsArgs;
use crate::failure::Failure;
use crate::output::Outputs;
use crate::reading::{read_config, read_file};
use crate::{Exit, Io};
use kerbsync_report::format::SlotsReport;
use kerbsync_report::render;

pub(super) fn run(args: SlotsArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let outputs = Outputs::new(args.output)?;
    let config = args.config.as_deref().map(read_config).transpose()?;
    let path = args.file.display().to_string();
    let bytes = read_file(&args.file)?;
    let single = kerbsync_collect::collect_slots(&path, bytes, config).map_err(|e| Failure::new(Exit::Input, e.to_string()))?.map_err(
        |problem| {
            let at = problem.location.map(|l| format!(":{} (byte {})", l.position, l.byte_start)).unwrap_or_default();
            let failure = Failure::new(Exit::Input, format!("{path}{at}: {}", problem.message));
            match problem.help {
                Some(help) => failure.hint(help),
                None => failure,
            }
        },
    )?;
    let report = SlotsReport::new(tool(), &single.document, &single.server);
    outputs.write(&report, render::slots, io)?;
    Ok(Exit::Done)
}
