//! `resolve`: the rule for names.

use super::tool;
use crate::args::ResolveArgs;
use crate::config::Bundle;
use crate::failure::Failure;
use crate::output::Outputs;
use crate::reading::read_paths;
use crate::{Exit, Io};
use kerbsync_inventory::resolve::resolve;
use kerbsync_inventory::{DocumentStatus, Inventory};
use kerbsync_report::format::ResolveReport;
use kerbsync_report::render;

pub(super) fn run(args: ResolveArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let outputs = Outputs::new(args.output)?;
    let read = read_paths(Bundle::of(args.topology), quiet, io)?;
    let inventory = &read.inventory;
    if inventory.pools.is_empty() {
        return match no_topology(inventory) {
            Some(failure) => Err(failure),
            // Every path has been told of already.
            None => Ok(Exit::Input),
        };
    }
    if let Some(told) = which_topology(inventory) {
        io.note(&told);
    }
    let answer = resolve(inventory, &args.name);
    outputs.write(&ResolveReport::new(tool(), &args.name, &answer, inventory), render::resolve, io)?;
    Ok(if answer.is_ok() { Exit::Done } else { Exit::Refused })
}

/// Which of several topologies was used, and why the others were not.
fn which_topology(inventory: &Inventory) -> Option<String> {
    let path = |id| inventory.document(id).map_or_else(String::new, |d| d.path.to_string());
    let (used, others): (Vec<_>, Vec<_>) = inventory.topologies.iter().partition(|t| t.used);
    let used = used.first().filter(|_| !others.is_empty())?;
    let others: Vec<String> = others
        .iter()
        .map(|t| {
            let why = t.differences.first().map(|why| format!(" ({})", why.trim_end_matches('.'))).unwrap_or_default();
            format!("{}{why}", path(t.document))
        })
        .collect();
    Some(format!("the topology {} was used, not {}", path(used.document), others.join(", nor ")))
}

/// Why there is nothing to look a name up in: the first unreadable document, or the lack of a topology.
pub(crate) fn no_topology(inventory: &Inventory) -> Option<Failure> {
    for document in &inventory.documents {
        if let DocumentStatus::Unreadable(problem) = &document.status {
            let at = problem.location.map(|l| format!(":{} (byte {})", l.position, l.byte_start)).unwrap_or_default();
            let failure = Failure::new(Exit::Input, format!("{}{at}: {}", document.path, problem.message));
            return Some(problem.help.iter().fold(failure, |f, help| f.hint(help.as_str())));
        }
    }
    (!inventory.documents.is_empty()).then(|| {
        Failure::new(Exit::NothingChecked, "no topology with pools is among the inputs, so no name can be looked up")
            .hint("export one with: (Get-CsTopology -AsXml).ToString() > topology.xml")
    })
}
