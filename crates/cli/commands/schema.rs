//! `schema`: the JSON Schema of a document of this program.

use crate::args::SchemaArgs;
use crate::failure::{Failure, nearest};
use crate::{Exit, Io};
use kerbsync_report::SCHEMAS;

pub(super) fn run(args: &SchemaArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Some(name) = &args.name else {
        schemas().for_each(|(name, _)| io.out(&format!("{name}\n")));
        return Ok(Exit::Done);
    };
    match schemas().find(|(full, _)| full.eq_ignore_ascii_case(name) || short(full).eq_ignore_ascii_case(name)) {
        Some((_, schema)) => {
            io.out(schema);
            Ok(Exit::Done)
        }
        None => Err(unknown(name)),
    }
}

/// Every document with its schema.
fn schemas() -> impl Iterator<Item = (&'static str, &'static str)> {
    let journal = (kerbsync_apply::journal::SCHEMA, kerbsync_apply::journal::JSON_SCHEMA);
    let settings = ("kerbsync.toml", kerbsync_collect::SETTINGS_SCHEMA);
    let all = SCHEMAS.iter().copied().chain([journal, settings]);
    #[cfg(feature = "simulate")]
    let all = all.chain(std::iter::once((kerbsync_faults::runner::SCHEMA, kerbsync_faults::runner::JSON_SCHEMA)));
    all
}

/// `report` of `kerbsync.report/v1`.
fn short(name: &str) -> &str {
    let name = name.strip_prefix("kerbsync.").unwrap_or(name);
    name.split_once('/').map_or(name, |(short, _)| short)
}

fn unknown(name: &str) -> Failure {
    let near = nearest(name, schemas().map(|(name, _)| short(name)));
    let failure = Failure::usage(format!("there is no document '{name}'"));
    let failure = if near.is_empty() { failure } else { failure.hint(format!("did you mean {}?", near.join(" or "))) };
    failure.hint("`kerbsync schema` lists them")
}
