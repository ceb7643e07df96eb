//! The command line of kerbsync.
//!
//! [`run`] is the whole program with everything that it touches handed in, so that tests run it in process.

mod args;
mod cmdlet;
mod commands;
mod config;
#[cfg(feature = "simulate")]
mod directory;
mod exit;
mod failure;
mod io;
mod opened_bundle;
mod output;
mod preview;
mod progress;
mod reading;

pub use exit::{Exit, codes};
pub use io::Io;

use args::Cli;
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};
use std::ffi::OsString;

/// Runs the program: `args` begins with its own name. Gives the exit code of [`codes`].
pub fn run(args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(line) = cmdlet::find(&args) {
        return cmdlet::run(&line, io).code();
    }
    match parse(args, io) {
        Ok(cli) => {
            io.color = cli.global.color.decide(io);
            match commands::dispatch(cli, io) {
                Ok(exit) => exit.code(),
                Err(failure) => {
                    io.failure(&failure);
                    failure.exit.code()
                }
            }
        }
        Err(exit) => exit.code(),
    }
}

/// The arguments, typed. Help, version and usage errors are printed here.
fn parse(args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> Result<Cli, Exit> {
    let mut command = Cli::command().term_width(io.width()).color(clap::ColorChoice::Never);
    let error = match command.try_get_matches_from_mut(args) {
        Ok(matches) => match Cli::from_arg_matches(&matches) {
            Ok(cli) => return Ok(cli),
            Err(error) => error.format(&mut command),
        },
        Err(error) => error,
    };
    let text = error.render();
    let colored = args::ColorChoice::Auto.decide_for(io, error.use_stderr());
    let text = if colored { text.ansi().to_string() } else { text.to_string() };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            io.out(&text);
            Err(Exit::Done)
        }
        _ => {
            io.err(&text);
            Err(Exit::Usage)
        }
    }
}
