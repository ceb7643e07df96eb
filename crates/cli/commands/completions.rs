//! `completions`: a script that a shell loads.

use crate::args::{Cli, CompletionsArgs};
use crate::failure::Failure;
use crate::{Exit, Io};
use clap::CommandFactory;

pub(super) fn run(args: &CompletionsArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "kerbsync", &mut script);
    io.out(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}
