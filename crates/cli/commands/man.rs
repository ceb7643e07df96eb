//! `man`: manual pages from the definition of the arguments.

use crate::args::{Cli, ManArgs};
use crate::failure::{Failure, nearest};
use crate::{Exit, Io};
use clap::CommandFactory;

pub(super) fn run(args: &ManArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    command.build();
    let page = match &args.command {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(found) => found.clone(),
            None => {
                let near = nearest(name, command.get_subcommands().map(clap::Command::get_name)).join(" or ");
                let failure = Failure::usage(format!("there is no command '{name}'"));
                return Err(if near.is_empty() { failure } else { failure.hint(format!("did you mean {near}?")) }
                    .hint("`kerbsync --help` lists the commands"));
            }
        },
    };
    let mut roff = Vec::new();
    // Writing to memory does not fail.
    let _ = clap_mangen::Man::new(page).render(&mut roff);
    io.out(&String::from_utf8_lossy(&roff));
    Ok(Exit::Done)
}
