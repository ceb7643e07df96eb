//! The whole way from inputs to the inventory: gather files, read them in parallel, join what they say.

use crate::budget::{Gate, Pot, portions};
use crate::competing::Preferred;
use crate::facts::{DocumentFacts, read_facts};
use crate::folder::Folder;
use crate::items::{Gathered, Item, Obstacle, gather};
use crate::names::FullNames;
use crate::read_file::{read_file, record};
use crate::recognise::problem;
use crate::server::Context;
use crate::{Collected, Input, Options, absence, directory, foreign, gaps, manifest, settings, topology};
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus, Inventory, ServerConfiguration, state};
use kerbsync_names::HostName;
use kerbsync_secret::Tagger;
use kerbsync_source::{DocumentId, Shown, text};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// The records of all inputs, by their numbers.
pub(crate) type Documents = BTreeMap<DocumentId, Document>;

/// Gathers, reads and joins.
pub(crate) fn build(inputs: &[Input], options: &Options<'_>, tagger: &Tagger) -> Collected {
    let gathered = gather(inputs);
    options.progress.total(gathered.items.len() as u64);
    let mut documents: Documents = gathered.obstacles.iter().map(|o| (o.id, refused(o))).collect();
    let settings = settings::find(inputs, options, &gathered, &mut documents);
    let preferred = Preferred::new(options.prefer.iter().chain(&settings.prefer));
    let (folders, others) = by_server(&gathered, &documents);

    let mut facts = Facts::of(gathered.items.iter().map(|item| item.bytes).sum());
    for portion in portions(others, |item| item.bytes) {
        for (mut document, read) in read_others(inputs, options, portion) {
            facts.add(&mut document, read);
            documents.insert(document.id, document);
        }
    }
    // Realms are needed before servers are read: a slot may name its account as name@realm.
    let configured: Vec<(String, String)> = settings.domains.iter().map(|(n, d)| (n.clone(), d.clone())).collect();
    let realms = with_configured(directory::domains(&facts.directory), &configured);
    let dated = {
        let path = |id: &DocumentId| documents.get(id).map_or("", |d| d.path.as_str());
        manifest::DatedFiles::new(facts.manifests.iter().map(|(id, manifest)| (path(id), manifest)))
    };
    let full_names = FullNames::new(facts.topology.iter().flat_map(|(_, part)| part.computers()).chain(folders.keys().cloned()));
    let folders = under_full_names(folders, &full_names);
    let mut inventory = Inventory { place_declared: !settings.slots.is_empty(), ..Inventory::default() };
    let how = Reading {
        inputs,
        options,
        context: &Context::new(&settings, &realms, tagger).with_hardening(options.hardening),
        dated: &dated,
        preferred: &preferred,
    };
    for folder in read_folders(&how, folders) {
        inventory.servers.push(folder.server);
        documents.extend(folder.documents.into_iter().map(|d| (d.id, d)));
        for (id, read) in folder.further {
            if let Some(document) = documents.get_mut(&id) {
                facts.add(document, read);
            }
        }
    }

    inventory.documents = documents.into_values().collect();
    for document in &mut inventory.documents {
        document.root = inputs.iter().filter_map(|i| root_of(&i.label, &document.path)).max().unwrap_or(0);
    }
    manifest::date(&facts.manifests, &mut inventory.documents);
    directory::join(facts.directory, settings.directory.complete, &configured, &mut inventory);
    inventory.proofs = facts.proofs;
    topology::join(facts.topology, &preferred, &mut inventory);
    absence::assignments(settings.assignments, &mut inventory);
    absence::directory(&mut inventory);
    name_servers(&mut inventory);
    foreign::mark(&mut inventory);
    gaps::add(&mut inventory, &gathered.items);
    for (run, servers) in options.open_runs {
        inventory.open_runs.extend(servers.iter().map(|server| (server.clone(), run.clone())));
    }
    let reference = options.reference.clone().or_else(|| settings.reference.as_deref().and_then(HostName::new));
    state::compute(&mut inventory, reference.as_ref());
    options.progress.done();
    Collected { inventory, settings }
}

/// How much of a path is the label of an input: the folder that the user gave, or the folder of the file.
fn root_of(label: &str, path: &str) -> Option<usize> {
    let label = label.replace('\\', "/");
    if label == path {
        return Some(path.rfind('/').map_or(0, |at| at + 1));
    }
    path.strip_prefix(label.trim_end_matches('/'))?.starts_with('/').then_some(label.trim_end_matches('/').len() + 1)
}

/// What all documents say, each with its number.
struct Facts {
    pot: Pot,
    topology: Vec<(DocumentId, topology::TopologyFacts)>,
    directory: Vec<(DocumentId, kerbsync_ad::DirectoryFacts)>,
    manifests: Vec<(DocumentId, manifest::Manifest)>,
    proofs: Vec<kerbsync_inventory::state::TicketProof>,
}

impl Facts {
    /// None yet, of inputs of so many bytes.
    const fn of(bytes: u64) -> Self {
        Self { pot: Pot::of(bytes), topology: Vec::new(), directory: Vec::new(), manifests: Vec::new(), proofs: Vec::new() }
    }

    /// Takes what a document says, as long as memory is spent on facts.
    fn add(&mut self, document: &mut Document, facts: Vec<DocumentFacts>) {
        let id = document.id;
        if !facts.is_empty() && !self.pot.take(facts.iter().map(DocumentFacts::weight).sum()) {
            let remedy = "Give fewer or smaller exports, or audit parts of the bundle by themselves.";
            document.status = DocumentStatus::Unreadable(problem(id, "beyond-memory", Pot::spent(), remedy));
            return;
        }
        for fact in facts {
            match fact {
                DocumentFacts::Topology(part) => self.topology.push((id, *part)),
                DocumentFacts::Directory(part) => self.directory.push((id, *part)),
                DocumentFacts::Manifest(manifest) => self.manifests.push((id, manifest)),
                DocumentFacts::Proofs(proofs) => self.proofs.extend(proofs),
            }
        }
    }
}

/// A file or folder that was not read.
fn refused(obstacle: &Obstacle) -> Document {
    let id = obstacle.id;
    let mut document = record(id, &obstacle.path, obstacle.bytes);
    let Some(error) = &obstacle.error else {
        document.status = DocumentStatus::Noise("a folder of version control or of the system, passed over with all that it holds".into());
        return document;
    };
    if matches!(error, kerbsync_store::StoreError::Archive { .. }) {
        document.kind = DocumentKind::Archive;
    }
    let (reason, remedy) = error.told();
    document.status = DocumentStatus::Unreadable(problem(id, "unreadable", text!("{}.", Shown::quoting(&reason)), remedy));
    document
}

/// Files by the server whose folder they lie in, and files of no server; settings were read before.
fn by_server<'g>(gathered: &'g Gathered, read: &Documents) -> (BTreeMap<HostName, Vec<&'g Item>>, Vec<&'g Item>) {
    let mut folders: BTreeMap<HostName, Vec<&Item>> = BTreeMap::new();
    let mut others = Vec::new();
    for item in gathered.items.iter().filter(|item| !read.contains_key(&item.id)) {
        match &item.server {
            Some((host, _)) => folders.entry(host.clone()).or_default().push(item),
            None => others.push(item),
        }
    }
    (folders, others)
}

/// Documents of no server, in parallel.
fn read_others(inputs: &[Input], options: &Options<'_>, items: Vec<&Item>) -> Vec<(Document, Vec<DocumentFacts>)> {
    let gate = Gate::default();
    let read = |item: &Item| {
        let _pass = gate.enter(item.bytes);
        let file = read_file(inputs, item);
        options.progress.step(1);
        read_facts(file)
    };
    items.into_par_iter().map(read).collect()
}

/// NetBIOS name and DNS name of every domain that is known.
pub(crate) fn realms(inventory: &Inventory, configured: &[(String, String)]) -> Vec<(String, String)> {
    with_configured(inventory.domains().iter().map(|d| (d.netbios.clone(), d.dns.clone())), configured)
}

fn with_configured(found: impl IntoIterator<Item = (String, String)>, configured: &[(String, String)]) -> Vec<(String, String)> {
    configured.iter().cloned().chain(found).collect()
}

/// What a server's folder gave.
struct ReadFolder {
    server: ServerConfiguration,
    /// The records of its files.
    documents: Vec<Document>,
    /// What documents in it say that are no server's.
    further: Vec<(DocumentId, Vec<DocumentFacts>)>,
}

/// One folder for each server: those under its short name and its FQDN together. A file's record names the server as the topology does.
fn under_full_names<'g>(folders: BTreeMap<HostName, Vec<&'g Item>>, names: &FullNames) -> BTreeMap<HostName, Vec<&'g Item>> {
    let mut joined: BTreeMap<HostName, Vec<&Item>> = BTreeMap::new();
    for (host, items) in folders {
        joined.entry(names.of(&host)).or_default().extend(items);
    }
    joined
}

/// What folders are read with.
struct Reading<'r> {
    inputs: &'r [Input],
    options: &'r Options<'r>,
    context: &'r Context<'r>,
    dated: &'r manifest::DatedFiles,
    preferred: &'r Preferred,
}

/// The folders of all servers, in parallel, in the order of names.
fn read_folders(how: &Reading<'_>, folders: BTreeMap<HostName, Vec<&Item>>) -> Vec<ReadFolder> {
    let gate = Gate::default();
    let read = |(host, files): (HostName, Vec<&Item>)| {
        let count = files.len() as u64;
        let _pass = gate.enter(files.iter().map(|item| item.bytes).sum());
        let folder = read_folder(how, host, files);
        how.options.progress.step(count);
        folder
    };
    folders.into_iter().collect::<Vec<_>>().into_par_iter().map(read).collect()
}

/// Everything in one server's folder. Only here are whole configurations in memory, one for each thread.
fn read_folder(how: &Reading<'_>, host: HostName, files: Vec<&Item>) -> ReadFolder {
    let (mut documents, mut further) = (Vec::with_capacity(files.len()), Vec::new());
    let mut folder = Folder::new(host.clone(), how.context, how.preferred);
    for item in files {
        let mut file = read_file(how.inputs, item);
        file.document.computer = Some(host.clone());
        how.dated.date(&mut file.document);
        let below = item.server.as_ref().map_or("", |(_, below)| below.as_str());
        if let Some(run) = &item.kept_by {
            folder.kept(run, &mut file);
            documents.push(file.document);
        } else if let Some(rest) = folder.accept(below, &mut file) {
            file.content = Some(rest);
            let (document, facts) = read_facts(file);
            if !facts.is_empty() {
                further.push((item.id, facts));
            }
            documents.push(document);
        } else {
            documents.push(file.document);
        }
    }
    let server = folder.finish(&mut documents);
    ReadFolder { server, documents, further }
}

/// Gives servers whose folder has a short name the name that the topology gives them, where only one fits.
fn name_servers(inventory: &mut Inventory) {
    let names: HashSet<HostName> = inventory.computers().map(|(_, c)| c.fqdn.value.clone()).collect();
    for server in &mut inventory.servers {
        if names.contains(&server.computer) || server.computer.as_str().contains('.') {
            continue;
        }
        let mut fits = names.iter().filter(|n| n.first_label().eq_ignore_ascii_case(server.computer.as_str()));
        if let (Some(name), None) = (fits.next(), fits.next()) {
            server.computer = name.clone();
        }
    }
    inventory.servers.sort_by(|a, b| a.computer.cmp(&b.computer));
}
