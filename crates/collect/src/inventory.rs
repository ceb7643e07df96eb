//! The whole way from inputs to the inventory: gather files, read them in parallel, join what they say.

use crate::budget::{self, Gate, Pot, portions, together};
use crate::competing::Preferred;
use crate::facts::{DocumentFacts, read_facts};
use crate::folder::Folder;
use crate::items::{Gathered, Item, Obstacle, gather};
use crate::names::FullNames;
use crate::read_file::{read_file, read_known, record};
use crate::recognise::problem;
use crate::server::{Context, Models};
use crate::{Collected, Input, Options, absence, directory, foreign, gaps, manifest, settings, topology, unlisted};
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus, Inventory, ServerConfiguration, ServerStatus, state};
use kerbsync_names::HostName;
use kerbsync_secret::Tagger;
use kerbsync_source::{DocumentId, Problem, Shown, text};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// The records of all inputs, by their numbers.
pub(crate) type Documents = BTreeMap<DocumentId, Document>;

/// Gathers, reads and joins.
pub(crate) fn build(inputs: &[Input], options: &Options<'_>, models: Option<&Models>, tagger: &Tagger) -> Collected {
    let gathered = gather(inputs);
    options.progress.total(gathered.items.len() as u64);
    let mut documents: Documents = gathered.obstacles.iter().map(|o| (o.id, refused(o))).collect();
    let settings = settings::find(inputs, options, &gathered, &mut documents);
    let preferred = Preferred::new(options.prefer.iter().chain(&settings.prefer));
    let (folders, others) = by_server(&gathered, &documents);

    let bytes = gathered.items.iter().map(|item| item.bytes).sum();
    let mut facts = Facts::of(bytes);
    let gate = Gate::of(bytes);
    for portion in portions(others, together(bytes), |item| budget::unfolded(item.bytes)) {
        for (mut document, read) in read_others(inputs, options, &gate, portion) {
            facts.add(&mut document, read);
            documents.insert(document.id, document);
        }
    }
    // Realms are needed before servers are read: a slot may name its account as name@realm.
    let configured: Vec<(String, String)> = settings.domains.iter().map(|(n, d)| (n.clone(), d.clone())).collect();
    let realms = with_configured(directory::domains(&facts.directory), &configured);
    let dated = {
        let path = |id: &DocumentId| documents.get(id).map_or("", |d| &*d.path);
        manifest::DatedFiles::new(facts.manifests.iter().map(|(id, manifest)| (path(id), manifest)))
    };
    let full_names = FullNames::new(facts.topology.iter().flat_map(|(_, part)| part.computers()).chain(folders.keys().cloned()));
    let folders = under_full_names(folders, &full_names);
    let mut inventory = Inventory { place_declared: !settings.slots.is_empty(), ..Inventory::default() };
    let how = Reading {
        inputs,
        options,
        context: &Context::new(&settings, &realms, tagger).with_hardening(options.hardening).with_models(models),
        models,
        dated: &dated,
        preferred: &preferred,
    };
    inventory.servers.reserve_exact(folders.len());
    for portion in portions(folders.into_iter().collect(), together(bytes), |(_, files)| budget::facts_of(bytes_of(files))) {
        for folder in read_folders(&how, &gate, portion) {
            let folder = facts.server(folder);
            inventory.servers.push(folder.server);
            documents.extend(folder.documents.into_iter().map(|d| (d.id, d)));
            for (id, read) in folder.further {
                if let Some(document) = documents.get_mut(&id) {
                    facts.add(document, read);
                }
            }
        }
    }

    inventory.documents = documents.into_values().collect();
    for document in &mut inventory.documents {
        document.root = inputs.iter().filter_map(|i| root_of(&i.label, &document.path)).max().unwrap_or(0);
    }
    manifest::date(&facts.manifests, &mut inventory.documents);
    inventory.proofs = facts.proofs;
    // Neither asks what the other says.
    let mut of_directory = Vec::new();
    let (directory, ()) = rayon::join(
        || directory::join(facts.directory, settings.directory.complete, &configured, &mut of_directory),
        || topology::join(facts.topology, &preferred, &mut inventory),
    );
    inventory.directory = directory;
    of_directory.append(&mut inventory.gaps);
    inventory.gaps = of_directory;
    absence::assignments(settings.assignments, &mut inventory);
    absence::directory(manifest::missed_export(&facts.manifests), &mut inventory);
    name_servers(&mut inventory);
    unlisted::add(&mut inventory, &gathered, &full_names);
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
            document.status = DocumentStatus::Unreadable(beyond_memory(id));
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

    /// Takes what a server's folder gave, as long as memory is spent on facts: behind that, that the server is there, and was not read.
    fn server(&mut self, mut folder: ReadFolder) -> ReadFolder {
        let said = folder.documents.iter().map(|d| d.problems.len()).sum::<usize>() * size_of::<Problem>();
        let weight = folder.server.weight() + said;
        if self.pot.take(weight as u64) {
            return folder;
        }
        let ServerConfiguration { computer, document, .. } = folder.server;
        let status = document.map_or(ServerStatus::Missing, |id| ServerStatus::Unreadable(beyond_memory(id)));
        for record in folder.documents.iter_mut().filter(|d| matches!(d.status, DocumentStatus::Used)) {
            record.status = DocumentStatus::Unreadable(beyond_memory(record.id));
            record.problems = Vec::new();
        }
        ReadFolder { server: ServerConfiguration::without_facts(computer, document, status), ..folder }
    }
}

/// What is told of a document whose facts are left out.
fn beyond_memory(document: DocumentId) -> Problem {
    problem(document, "beyond-memory", Pot::spent(), "Give fewer or smaller exports, or audit parts of the bundle by themselves.")
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
fn read_others(inputs: &[Input], options: &Options<'_>, gate: &Gate, items: Vec<&Item>) -> Vec<(Document, Vec<DocumentFacts>)> {
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
    models: Option<&'r Models>,
    dated: &'r manifest::DatedFiles,
    preferred: &'r Preferred,
}

fn bytes_of(files: &[&Item]) -> u64 {
    files.iter().map(|item| item.bytes).sum()
}

/// The folders of servers, in parallel, in their order.
fn read_folders(how: &Reading<'_>, gate: &Gate, folders: Vec<(HostName, Vec<&Item>)>) -> Vec<ReadFolder> {
    let read = |(host, files): (HostName, Vec<&Item>)| {
        let count = files.len() as u64;
        let _pass = gate.enter(bytes_of(&files));
        let folder = read_folder(how, host, files);
        how.options.progress.step(count);
        folder
    };
    folders.into_par_iter().map(read).collect()
}

/// Everything in one server's folder. Only here are whole configurations in memory, one for each thread.
fn read_folder(how: &Reading<'_>, host: HostName, files: Vec<&Item>) -> ReadFolder {
    let (mut documents, mut further) = (Vec::with_capacity(files.len()), Vec::new());
    let mut folder = Folder::new(host.clone(), how.context, how.preferred);
    for item in files {
        let mut file = read_known(how.inputs, item, how.models);
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
    let of_topology: HashSet<HostName> = inventory.computers().map(|(_, c)| c.fqdn.value.clone()).collect();
    let names = FullNames::new(of_topology.iter().cloned());
    for server in inventory.servers.iter_mut().filter(|s| !of_topology.contains(&s.computer)) {
        server.computer = names.of(&server.computer);
    }
    inventory.servers.sort_by(|a, b| a.computer.cmp(&b.computer));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(id: u32) -> ReadFolder {
        let (id, host) = (DocumentId(id), HostName::new("fe01.contoso.com").unwrap());
        let mut document = record(id, "servers/fe01.contoso.com/applicationHost.config", 7);
        document.status = DocumentStatus::Used;
        ReadFolder {
            server: ServerConfiguration { web_site_count: 3, ..ServerConfiguration::without_facts(host, Some(id), ServerStatus::Read) },
            documents: vec![document],
            further: Vec::new(),
        }
    }

    /// Documents and servers draw on one account; a server that is left out says so, and nothing that was read of it is kept.
    #[test]
    fn a_server_beyond_memory_is_unread_and_not_without_a_configuration() {
        let mut facts = Facts::of(0);
        let read = facts.server(folder(0));
        assert!(read.server.status == ServerStatus::Read && read.server.web_site_count == 3);
        assert!(facts.pot.take(u64::MAX));
        let ReadFolder { server, documents, .. } = facts.server(folder(1));
        assert!(matches!(&server.status, ServerStatus::Unreadable(p) if p.code == "beyond-memory"));
        assert!(server.web_site_count == 0 && server.document == Some(DocumentId(1)));
        assert!(matches!(&documents[0].status, DocumentStatus::Unreadable(p) if p.document == DocumentId(1)));
        let mut without = folder(2);
        without.server.document = None;
        assert_eq!(facts.server(without).server.status, ServerStatus::Missing);
    }
}
