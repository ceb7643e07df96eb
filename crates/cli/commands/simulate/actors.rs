//! `simulate actors`: others change the files of a simulated estate for a while.

use crate::args::ActorsArgs;
use crate::failure::Failure;
use crate::{Exit, Io};
use kerbsync_domains::bundle::BundleDirectory;
use kerbsync_servers::actors::{Commit, EditError, ForeignEditor, HistoryService, configurations};
use std::time::Duration;

/// How often an editor begins again before it lets go of an edit.
const PATIENCE: u32 = 3;

/// What was done.
#[derive(Default)]
struct Done {
    edits: u32,
    refused: u32,
    given_up: u32,
    snapshots: u32,
}

pub(super) fn run(args: &ActorsArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let bundle = &args.bundle;
    if !bundle.is_dir() {
        return Err(Failure::new(Exit::Input, format!("there is no folder '{}'", bundle.display()))
            .hint("write one first: kerbsync simulate estate -o DIR"));
    }
    if !BundleDirectory::is_in(bundle) {
        let message = format!("'{}' is no simulated estate, and actors change files: nothing was touched", bundle.display());
        return Err(Failure::new(Exit::Refused, message).hint("name a folder written by kerbsync simulate estate"));
    }
    let unused = |e: &dyn std::fmt::Display| Failure::new(Exit::Input, e.to_string());
    let servers = configurations(bundle).map_err(|e| unused(&e))?;
    if servers.is_empty() {
        return Err(Failure::new(Exit::NothingChecked, format!("no server of '{}' has a configuration", bundle.display()))
            .hint("write the estate anew with more servers"));
    }
    let mut history = HistoryService::new(bundle).map_err(|e| unused(&e))?;
    let mut editors: Vec<(String, ForeignEditor)> =
        (args.seed..).zip(servers).map(|(seed, (server, path))| (server, ForeignEditor::new(path, "simulated-editor", seed))).collect();
    io.out(&format!("acting on {} servers of {} for {} seconds\n", editors.len(), bundle.display(), args.seconds));

    let looks = (args.seconds.saturating_mul(1000) / args.every).max(1);
    let half = Duration::from_micros(args.every.saturating_mul(500));
    let mut done = Done::default();
    let mut tried = 0u32;
    for look in 0..looks {
        // edits are spread over the whole time, and go round the servers
        let due = u64::from(args.editor_edits).saturating_mul(look + 1) / looks;
        let mut waited = false;
        while u64::from(tried) < due {
            let turn = usize::try_from(args.seed.wrapping_add(u64::from(tried))).unwrap_or(0) % editors.len();
            let Some((server, editor)) = editors.get_mut(turn) else { break };
            edit(server, editor, tried + 1, (!waited).then_some(half), &mut done, io);
            waited = true;
            tried += 1;
        }
        for snapshot in history.poll().map_err(|e| unused(&e))? {
            done.snapshots += 1;
            let deleted = snapshot.deleted.map_or_else(String::new, |d| format!(", {d} deleted"));
            io.out(&format!("history  {}: {}{deleted}\n", snapshot.server, snapshot.folder));
        }
        std::thread::sleep(if waited { half } else { half.saturating_mul(2) });
    }
    io.out(&format!(
        "{} edits committed, {} refused since the file had changed, {} given up; {} snapshots of the history\n",
        done.edits, done.refused, done.given_up, done.snapshots,
    ));
    Ok(Exit::Done)
}

/// One edit: begun, thought over, committed, and begun again where somebody else was faster. What goes wrong is told and ends this edit only.
fn edit(server: &str, editor: &mut ForeignEditor, number: u32, thought: Option<Duration>, done: &mut Done, io: &mut Io<'_>) {
    for _ in 0..PATIENCE {
        let committed = editor.begin().map(drop).and_then(|()| {
            if let Some(time) = thought {
                std::thread::sleep(time);
            }
            editor.commit()
        });
        match committed {
            Ok(Commit::Done(edit)) => {
                done.edits += 1;
                return io.out(&format!("edit {number:3} {server}: {}\n", edit.what));
            }
            Ok(Commit::Changed) => {
                done.refused += 1;
                io.out(&format!("edit {number:3} {server}: refused, the file has changed on disk; begun again\n"));
            }
            Err(error @ EditError::Torn(_)) => {
                done.given_up += 1;
                return io.out(&format!("edit {number:3} {server}: given up: {error}\n"));
            }
            Err(error) => io.out(&format!("edit {number:3} {server}: {error}\n")),
        }
    }
    done.given_up += 1;
    io.out(&format!("edit {number:3} {server}: given up after {PATIENCE} attempts\n"));
}
