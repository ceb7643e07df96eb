//! One file per command.

pub(crate) mod audit;
mod completions;
mod config;
#[cfg(feature = "simulate")]
mod demo;
mod diff;
mod explain;
mod init;
mod inventory;
mod learn;
#[cfg(feature = "live")]
mod live;
mod man;
mod merge;
pub(crate) mod plan;
mod redact;
mod render;
pub(crate) mod resolve;
mod rules;
mod schema;
#[cfg(feature = "simulate")]
mod simulate;
mod slots;
mod verify;
mod write;

#[cfg(feature = "live")]
pub(crate) use live::{LiveDirectory, LiveDrives, drives as live_drives};

use crate::args::{Cli, Command, ConfigCommand};
use crate::failure::Failure;
use crate::{Exit, Io};
use kerbsync_report::format::Tool;

/// Runs one command.
pub(crate) fn dispatch(cli: Cli, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let quiet = cli.global.quiet;
    match cli.command {
        #[cfg(feature = "simulate")]
        Command::Demo(args) => demo::run(&args, io),
        Command::Audit(args) => audit::run(args, quiet, io),
        Command::Diff(args) => diff::run(args, quiet, io),
        Command::Render(args) => render::run(args, io),
        Command::Merge(args) => merge::run(args, io),
        Command::Inventory(args) => inventory::run(args, quiet, io),
        Command::Resolve(args) => resolve::run(args, quiet, io),
        Command::Slots(args) => slots::run(args, io),
        Command::Learn(args) => learn::run(args, io),
        Command::Plan(command) => plan::plan(command, quiet, io),
        Command::Sync(args) => plan::sync(args, quiet, io),
        Command::SetPassword(args) => plan::set_password(args, quiet, io),
        Command::Apply(args) => write::apply(&args, quiet, io),
        Command::Rollback(args) => write::rollback(&args, quiet, io),
        Command::Recover(args) => write::recover(&args, quiet, io),
        Command::Purge(args) => write::purge(&args, quiet, io),
        Command::Status(args) => write::status(&args, quiet, io),
        #[cfg(feature = "live")]
        Command::Collect(args) => live::collect(&args, quiet, io),
        #[cfg(feature = "live")]
        Command::Probe(args) => live::probe(args, quiet, io),
        #[cfg(feature = "live")]
        Command::Prove(args) => live::prove(args, quiet, io),
        Command::Redact(args) => redact::run(args, quiet, io),
        Command::Verify(args) => verify::run(&args, quiet, io),
        Command::Rules(args) => rules::run(args, io),
        Command::Explain(args) => explain::run(args, quiet, io),
        #[cfg(feature = "simulate")]
        Command::Simulate(command) => simulate::run(command, quiet, io),
        Command::Init(args) => init::run(&args, io),
        Command::Config(ConfigCommand::Show(args)) => config::run(args, quiet, io),
        Command::Schema(args) => schema::run(&args, io),
        Command::Completions(args) => completions::run(&args, io),
        Command::Man(args) => man::run(&args, io),
    }
}

/// This program, as it signs its documents.
pub(crate) fn tool() -> Tool {
    Tool::kerbsync(env!("CARGO_PKG_VERSION"))
}
