//! `redact`: a copy of a bundle without secrets, which may leave the server.

use crate::args::RedactArgs;
use crate::config::Bundle;
use crate::failure::Failure;
use crate::output::{create, exists, is_below, make_folder};
use crate::reading::{read_inputs, unopened};
use crate::{Exit, Io};
use kerbsync_collect::{LeftOut, RedactedFile};
use kerbsync_inventory::DocumentStatus;
use kerbsync_source::{count, printable};
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn run(args: RedactArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    check(&args.input, &args.output)?;
    let store = kerbsync_store::open(&args.input).map_err(|e| unopened(&args.input, &e))?;
    let read = read_inputs(store, &Bundle { config: args.config, ..Bundle::of(vec![args.input.clone()]) }, quiet, io)?;
    let used = read.read.inventory.documents.iter().filter(|d| d.status == DocumentStatus::Used).count();
    if used == 0 {
        return Err(Failure::new(
            Exit::NothingChecked,
            format!("nothing in '{}' was recognised, so nothing was copied", args.input.display()),
        )
        .hint("`kerbsync audit` on it tells what was looked for"));
    }
    let mut written = 0usize;
    let left_out = kerbsync_collect::redact(&read.inputs, &read.read.inventory, &read.declared_secrets(), |file| {
        written += 1;
        write(&args.output, &file)
    })?;
    io.out(&format!("wrote {} without secrets to {}\n", count(written, "file"), args.output.display()));
    told(&left_out, io);
    io.out(&format!("Next: kerbsync audit {}\n", args.output.display()));
    Ok(Exit::Done)
}

/// Nothing is written into the bundle, nor over anything.
fn check(input: &Path, output: &Path) -> Result<(), Failure> {
    if output.symlink_metadata().is_ok() {
        return Err(exists(output));
    }
    if is_below(output, input) || is_below(input, output) || output.starts_with(input) {
        return Err(Failure::usage(format!("'{}' lies within '{}'", output.display(), input.display()))
            .hint("name a new folder elsewhere: nothing is written into the bundle itself"));
    }
    Ok(())
}

fn write(folder: &Path, file: &RedactedFile) -> Result<(), Failure> {
    let at = file.path.split('/').fold(folder.to_owned(), |at, part| at.join(part));
    if let Some(parent) = at.parent() {
        make_folder(parent)?;
    }
    create(&at, &file.bytes)
}

fn told(left_out: &[LeftOut], io: &mut Io<'_>) {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in left_out {
        by_reason.entry(&file.why).or_default().push(&file.path);
    }
    if by_reason.is_empty() {
        return;
    }
    io.out(&format!("Not copied: {}\n", count(left_out.len(), "file")));
    for (why, paths) in by_reason {
        for path in paths {
            io.out(&format!("  {} - {why}\n", printable(path)));
        }
    }
}
