//! The command line of kerbsync.
//!
//! [`run`] is the whole program with everything that it touches handed in, so that tests run it in process.

mod args;
mod bundle_keys;
mod cmdlet;
mod commands;
mod config;
#[cfg(feature = "simulate")]
mod directory;
mod evidence;
mod exit;
mod failure;
mod glossary;
mod io;
mod memory;
mod opened_bundle;
mod output;
mod preview;
mod progress;
mod reading;
mod stored;

/// What rules are told by the settings of a bundle at a time.
///
/// # Errors
/// What is wrong with the settings, in a sentence.
pub fn policy(settings: &kerbsync_collect::Settings, now: jiff::Timestamp) -> Result<kerbsync_audit::Policy, String> {
    config::policy_of(settings, now)
}

pub use exit::{Exit, codes};
pub use io::Io;
pub use memory::{Memory, wiped_memory};

use args::Cli;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};
use kerbsync_source::{Shown, printable, steers};
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
            // Only a command that is built can name its arguments.
            command.build();
            io.err(&quoted(&command, &error, &text));
            if names_a_file_behind_format(&error) {
                io.err("\nhint: a format and a file are written with --output: --output json=report.json\n");
            }
            Err(Exit::Usage)
        }
    }
}

/// Whether `--format` was given what `--output` takes.
fn names_a_file_behind_format(error: &clap::Error) -> bool {
    let of = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    of(ContextKind::InvalidArg).starts_with("--format ") && of(ContextKind::InvalidValue).contains('=')
}

/// An error about the arguments without what steers a screen; an argument that looks like a secret is masked wherever it is quoted.
fn quoted(command: &clap::Command, error: &clap::Error, text: &str) -> String {
    let mut text = text.to_owned();
    for (_, value) in error.context() {
        let values = match value {
            ContextValue::String(one) => std::slice::from_ref(one),
            ContextValue::Strings(many) => many.as_slice(),
            _ => &[],
        };
        // What the program calls its own argument (`--key <PUB>`) is nobody's secret.
        for value in values.iter().filter(|v| !v.is_empty() && !names_argument(command, v)) {
            let shown = Shown::of(value);
            if shown.as_str() != value {
                text = text.replace(value.as_str(), shown.as_str());
            }
        }
    }
    // Colours are this program's own, and given up where anything else steers.
    let plain = |line: &str| printable(line).into_owned();
    let foreign = text.chars().filter(|c| steers(*c) && !matches!(c, '\n' | '\u{1b}')).count() > 0
        || error.context().any(|(_, value)| {
            matches!(value, ContextValue::String(one) if one.contains(steers))
                || matches!(value, ContextValue::Strings(many) if many.iter().any(|v| v.contains(steers)))
        });
    if foreign { text.split('\n').map(plain).collect::<Vec<_>>().join("\n") } else { text }
}

/// Whether a text is how the help writes an argument of the program or of one of its commands.
fn names_argument(command: &clap::Command, text: &str) -> bool {
    command.get_arguments().any(|argument| argument.to_string() == text) || command.get_subcommands().any(|c| names_argument(c, text))
}
