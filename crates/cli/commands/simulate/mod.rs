//! `simulate`: one file per subcommand.

mod actors;
mod clients;
mod estate;
mod faults;
mod topology;

pub(super) use estate::{built, export_time, write};

use crate::args::SimulateCommand;
use crate::failure::Failure;
use crate::{Exit, Io};

/// Runs one simulation.
pub(super) fn run(command: SimulateCommand, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    match command {
        SimulateCommand::Estate(args) => estate::run(&args, io),
        SimulateCommand::Faults(args) => faults::run(&args, quiet, io),
        SimulateCommand::Clients(args) => clients::run(args, quiet, io),
        SimulateCommand::Topology(args) => topology::run(&args, io),
        SimulateCommand::Actors(args) => actors::run(&args, io),
    }
}
