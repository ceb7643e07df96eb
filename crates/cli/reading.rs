//! From paths to an inventory.

use crate::config::Bundle;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::{Exit, Io};
use kerbsync_apply::{OpenRuns, open_runs};
use kerbsync_collect::{Input, Options, Settings, collect};
use kerbsync_inventory::resolve::resolve;
use kerbsync_inventory::{Document, DocumentStatus, Inventory};
use kerbsync_names::HostName;
use kerbsync_report::format::NotOpened;
use kerbsync_source::Shown;
use kerbsync_store::{FolderFiles, ReadStore, StoreError, WORK_FOLDER};
use std::path::{Path, PathBuf};

/// What was read.
pub(crate) struct ReadInputs {
    pub(crate) inventory: Inventory,
    pub(crate) settings: Settings,
    /// Paths that could not be opened; each was told on standard error.
    pub(crate) not_opened: Vec<NotOpened>,
    /// Address of the manual, where one is configured.
    pub(crate) manual: Option<String>,
}

/// Opens every path, reads and joins. A path that cannot be opened is told at once and does not stop the others.
pub(crate) fn read_paths(bundle: Bundle, quiet: bool, io: &mut Io<'_>) -> Result<ReadInputs, Failure> {
    let config = bundle.config.as_deref().map(read_config).transpose()?;
    let mut inputs = Vec::new();
    let mut not_opened = Vec::new();
    for path in &bundle.paths {
        let label = path.display().to_string();
        match kerbsync_store::open(path) {
            Ok(store) => inputs.push(Input { label, store }),
            Err(error) => {
                let failure = unopened(path, &error);
                io.failure(&failure);
                not_opened.push(NotOpened { path: Shown::naming(&label).into_string(), reason: failure.message.to_string() });
            }
        }
    }
    let named = bundle.reference.clone();
    let open_runs = tell_open_runs(&bundle.paths, io);
    let asked = Asked { reference: bundle.reference, prefer: &bundle.prefer, open_runs: &open_runs, hardening: bundle.hardening };
    let read = read_stores(&inputs, config, asked, quiet, io)?;
    let manual = manual(&read.settings, io)?;
    let read = ReadInputs { not_opened, manual, ..read };
    check_preferred(&bundle.prefer, &read.inventory)?;
    check_topology(bundle.topology.as_deref(), &read.inventory)?;
    check_reference(&read, named.as_ref())?;
    Ok(read)
}

/// The variable of the environment that holds the address of the manual; it goes before the settings of a bundle.
pub(crate) const MANUAL: &str = "KERBSYNC_DOCS";

fn manual(settings: &Settings, io: &Io<'_>) -> Result<Option<String>, Failure> {
    match (io.env)(MANUAL).filter(|address| !address.is_empty()) {
        None => Ok(settings.docs.clone()),
        Some(address) if kerbsync_source::is_address(&address) => Ok(Some(address)),
        Some(_) => Err(Failure::usage(format!("{MANUAL} holds no address")).hint("write it as https://docs.contoso.com/kerbsync/")),
    }
}

/// What is preferred must be among the inputs: a slip of the pen would silently prefer nothing.
fn check_preferred(prefer: &[PathBuf], inventory: &Inventory) -> Result<(), Failure> {
    for path in prefer {
        let text = path.display().to_string();
        if !inventory.documents.iter().any(|d| kerbsync_collect::is_named(&d.path, &text)) {
            return Err(Failure::new(Exit::Input, format!("'{text}' is none of the inputs, so it cannot go before others"))
                .hint("write it as the report writes paths, or as a path within the bundle"));
        }
    }
    Ok(())
}

/// What is to hold the topology must hold one: the wrong file would silently leave the choice as it was. Of a file that cannot be read
/// the report tells.
fn check_topology(named: Option<&Path>, inventory: &Inventory) -> Result<(), Failure> {
    let Some(path) = named else { return Ok(()) };
    let text = path.display().to_string();
    let is_one = |d: &Document| {
        matches!(d.status, DocumentStatus::Unreadable(_)) || inventory.topologies.iter().any(|t| t.documents.contains(&d.id))
    };
    if inventory.documents.iter().any(|d| kerbsync_collect::is_named(&d.path, &text) && is_one(d)) {
        return Ok(());
    }
    Err(Failure::new(Exit::Input, format!("--topology '{text}' holds no topology, so it cannot go before others"))
        .hint("name the file with the topology, or export one with: (Get-CsTopology -AsXml).ToString() > topology.xml"))
}

/// The reference must be a web server of the topology, where there is one: a pool's name would silently compare with nothing.
fn check_reference(read: &ReadInputs, named: Option<&HostName>) -> Result<(), Failure> {
    let (place, name) = match (named, &read.settings.reference) {
        (Some(host), _) => ("--reference", host.as_str()),
        (None, Some(text)) => ("reference of kerbsync.toml", text.as_str()),
        (None, None) => return Ok(()),
    };
    if read.inventory.pools.is_empty() {
        return Ok(());
    }
    let refusal = match resolve(&read.inventory, name) {
        Ok(_) => return Ok(()),
        Err(refusal) => refusal,
    };
    let failure =
        Failure::new(Exit::Refused, format!("{place} '{name}' is refused by naming rule {}: {}", refusal.rule(), refusal.reason()));
    Err(refusal.instead().iter().take(5).fold(failure, |f, instead| f.hint(format!("use instead: {instead}"))))
}

/// Runs of the bundles among the paths that have no end yet, each told on standard error: the name, and the servers that it was for.
pub(crate) fn tell_open_runs(paths: &[PathBuf], io: &mut Io<'_>) -> Vec<(String, Vec<HostName>)> {
    let mut all = Vec::new();
    for path in paths.iter().filter(|p| p.join(WORK_FOLDER).is_dir()) {
        let found = FolderFiles::open(path).and_then(|files| open_runs(&files));
        let found = found.unwrap_or_else(|error| OpenRuns { open: Vec::new(), unread: vec![error.to_string()] });
        for why in found.unread {
            let hint = "whether a run has no end, so that its servers may be old or new, is not known: `kerbsync status` tells".to_owned();
            io.warning(&format!("a journal of '{}' was not read: {why}", path.display()), &[Shown::quoting_lines(&hint)]);
        }
        for run in found.open {
            let hint = format!("its {} servers count as unknown; `kerbsync recover` on the bundle ends it", run.servers.len());
            io.warning(&format!("the run {} in '{}' has no end yet", run.run, path.display()), &[Shown::quoting_lines(&hint)]);
            all.push((run.run, run.servers.iter().filter_map(|s| HostName::new(s)).collect()));
        }
    }
    all
}

/// What is asked of a reading besides its inputs and settings.
#[derive(Debug, Default)]
pub(crate) struct Asked<'a> {
    /// The server whose secret the others are compared with.
    pub(crate) reference: Option<HostName>,
    /// Files and folders that go before others.
    pub(crate) prefer: &'a [PathBuf],
    /// Runs without an end, with their servers.
    pub(crate) open_runs: &'a [(String, Vec<HostName>)],
    /// Whether the settings that an audit of the hardening of IIS judges are wanted.
    pub(crate) hardening: bool,
}

/// Reads and joins what is open already.
pub(crate) fn read_stores(
    inputs: &[Input],
    config: Option<(String, Vec<u8>)>,
    asked: Asked<'_>,
    quiet: bool,
    io: &Io<'_>,
) -> Result<ReadInputs, Failure> {
    let bar = Bar::new(io.terminals.1 && !quiet);
    let Asked { reference, prefer, open_runs, hardening } = asked;
    let prefer = prefer.iter().map(|p| p.display().to_string()).collect();
    let collected = collect(inputs, &Options { config, reference, prefer, open_runs, hardening, progress: &bar });
    bar.clear();
    let collected = collected.map_err(|e| Failure::new(Exit::Input, e.to_string()))?;
    Ok(ReadInputs { inventory: collected.inventory, settings: collected.settings, not_opened: Vec::new(), manual: None })
}

/// Inputs with what was collected from them, for what reads their bytes again.
pub(crate) struct OpenInputs {
    pub(crate) inputs: Vec<Input>,
    pub(crate) read: ReadInputs,
}

impl OpenInputs {
    /// Names of attributes that hold secrets by declaration.
    pub(crate) fn declared_secrets(&self) -> Vec<String> {
        self.read.settings.slots.iter().map(|s| s.secret.clone()).collect()
    }
}

/// Reads one store; paths are those below it.
pub(crate) fn read_inputs(store: Box<dyn ReadStore>, bundle: &Bundle, quiet: bool, io: &Io<'_>) -> Result<OpenInputs, Failure> {
    let config = bundle.config.as_deref().map(read_config).transpose()?;
    let inputs = vec![Input { label: String::new(), store }];
    let asked = Asked { reference: bundle.reference.clone(), prefer: &bundle.prefer, open_runs: &[], hardening: bundle.hardening };
    let read = read_stores(&inputs, config, asked, quiet, io)?;
    Ok(OpenInputs { inputs, read })
}

/// Why a path that was given could not be opened.
pub(crate) fn unopened(path: &Path, error: &StoreError) -> Failure {
    not_opened(path, error, "give a folder, an archive or a file with exports; check the spelling")
}

fn not_opened(path: &Path, error: &StoreError, wanted: &str) -> Failure {
    let path = path.display();
    if error.is_not_found() {
        Failure::new(Exit::Input, format!("there is nothing at '{path}'")).hint(wanted)
    } else {
        Failure::new(Exit::Input, format!("'{path}' cannot be opened: {}", error.told().0))
            .hint("check that you may read it, or give a copy")
    }
}

/// What a document that could not be read is told as; `None` for one that could.
pub(crate) fn unreadable(document: &Document) -> Option<Failure> {
    let DocumentStatus::Unreadable(problem) = &document.status else { return None };
    let at = problem.location.map(|l| format!(":{}", l.position)).unwrap_or_default();
    let failure = Failure::new(Exit::Input, format!("{}{at}: {}", document.path, problem.message));
    Some(problem.help.iter().fold(failure, |failure, help| failure.hint(help.as_str())))
}

/// The bytes of one file.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    const WANTED: &str = "give the path of the file itself";
    let unopened = |error: &StoreError| not_opened(path, error, &format!("{WANTED}; check the spelling"));
    let store = kerbsync_store::open(path).map_err(|e| unopened(&e))?;
    let listing = store.list().map_err(|e| unopened(&e))?;
    match (listing.entries.as_slice(), listing.errors.first()) {
        ([only], None) if !path.is_dir() => Ok(store.read(&only.key).map_err(|e| unopened(&e))?.bytes),
        (_, Some(error)) => Err(unopened(error)),
        _ => Err(Failure::new(Exit::Input, format!("'{}' is a folder, but one file is wanted", path.display())).hint(WANTED)),
    }
}

/// A kerbsync.toml given by `--config`: its path and bytes.
pub(crate) fn read_config(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    Ok((path.display().to_string(), read_file(path)?))
}
