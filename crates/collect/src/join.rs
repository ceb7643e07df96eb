//! The whole way: gather files, read them in parallel, join what they say.

use crate::config::{Settings, read_settings, read_waivers};
use crate::folder::Folder;
use crate::items::{Item, Obstacle, gather};
use crate::part::{Part, read_part};
use crate::recognise::{Recognised, problem};
use crate::server::Context;
use crate::take::{record, sha256, take};
use crate::{Collected, Input, Options, directory, topology};
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus, Gap, GapSubject, Inventory, ServerConfiguration, ServerStatus, state};
use kerbsync_names::HostName;
use kerbsync_secret::Tagger;
use kerbsync_source::{DocumentId, Source};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// Gathers, reads and joins.
pub(crate) fn join(inputs: &[Input], options: &Options<'_>, tagger: &Tagger) -> Collected {
    let (items, obstacles) = gather(inputs);
    options.progress.total(items.len() as u64);
    let mut documents: BTreeMap<DocumentId, Document> = BTreeMap::new();
    let settings = settings(inputs, options, &items, items.len() + obstacles.len(), &mut documents);
    for (i, obstacle) in obstacles.into_iter().enumerate() {
        let document = refused(number(items.len() + i), obstacle);
        documents.insert(document.id, document);
    }

    let mut groups: BTreeMap<HostName, Vec<(DocumentId, &Item)>> = BTreeMap::new();
    let mut others: Vec<(DocumentId, &Item)> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let id = number(i);
        if documents.contains_key(&id) {
            continue; // a settings file
        }
        match &item.server {
            Some((host, _)) => groups.entry(host.clone()).or_default().push((id, item)),
            None => others.push((id, item)),
        }
    }

    let mut parts = Parts::default();
    let read: Vec<(Document, Vec<Part>)> = others
        .into_par_iter()
        .map(|(id, item)| {
            let taken = take(inputs, item, id);
            options.progress.step(1);
            read_part(taken)
        })
        .collect();
    for (document, read) in read {
        parts.add(document.id, read);
        documents.insert(document.id, document);
    }

    // Realms are needed before servers are read: a slot may name its account as name@realm.
    let mut inventory = Inventory::default();
    let configured: Vec<(String, String)> = settings.domains.iter().map(|(n, d)| (n.clone(), d.clone())).collect();
    directory::join(std::mem::take(&mut parts.directory), settings.directory.complete, &configured, &mut inventory);
    let realms = realms(&inventory, &configured);
    let context = Context::new(&settings, &realms, tagger);

    let read: Vec<ReadFolder> = groups
        .into_iter()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(host, files)| {
            let count = files.len() as u64;
            let result = server_folder(inputs, host, files, &context);
            options.progress.step(count);
            result
        })
        .collect();
    for (server, read, further) in read {
        inventory.servers.push(server);
        documents.extend(read.into_iter().map(|d| (d.id, d)));
        for (id, further) in further {
            parts.add(id, further);
        }
    }
    // Directory exports in a server's folder: rare, and read after the others.
    if !parts.directory.is_empty() {
        directory::join(parts.directory, settings.directory.complete, &configured, &mut inventory);
    }

    inventory.documents = documents.into_values().collect();
    topology::join(parts.topology, &mut inventory);
    name_servers(&mut inventory);
    gaps(&mut inventory, &items);
    let reference = options.reference.clone().or_else(|| settings.reference.as_deref().and_then(HostName::new));
    state::compute(&mut inventory, reference.as_ref());
    options.progress.done();
    Collected { inventory, settings }
}

#[derive(Default)]
struct Parts {
    topology: Vec<(DocumentId, topology::TopologyPart)>,
    directory: Vec<(DocumentId, kerbsync_ad::DirectoryPart)>,
}

impl Parts {
    fn add(&mut self, id: DocumentId, parts: Vec<Part>) {
        for part in parts {
            match part {
                Part::Topology(part) => self.topology.push((id, *part)),
                Part::Directory(part) => self.directory.push((id, *part)),
            }
        }
    }
}

fn number(index: usize) -> DocumentId {
    DocumentId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// A file or folder that was not read.
fn refused(id: DocumentId, obstacle: Obstacle) -> Document {
    let mut document = record(id, &obstacle.path, obstacle.bytes);
    let Some(error) = obstacle.error else {
        document.status = DocumentStatus::Noise("a folder of version control or of the system, passed over with all that it holds".into());
        return document;
    };
    if matches!(error, kerbsync_store::StoreError::Archive { .. }) {
        document.kind = DocumentKind::Archive;
    }
    let (reason, remedy) = error.told();
    document.status = DocumentStatus::Unreadable(problem(id, "unreadable", &format!("{reason}."), remedy));
    document
}

/// Reads the settings: those given, else the `kerbsync.toml` nearest to the root.
fn settings(
    inputs: &[Input],
    options: &Options<'_>,
    items: &[Item],
    next: usize,
    documents: &mut BTreeMap<DocumentId, Document>,
) -> Settings {
    let mut found: Vec<(DocumentId, &Item)> = (0..items.len())
        .filter(|&i| items[i].key.file_name().eq_ignore_ascii_case("kerbsync.toml") && items[i].server.is_none())
        .map(|i| (number(i), &items[i]))
        .collect();
    found.sort_by_key(|(_, item)| (item.path.matches('/').count(), item.path.clone()));
    let mut settings = Settings::default();
    let mut used = None;
    if let Some((path, bytes)) = &options.config {
        let id = number(next);
        let mut document = record(id, path, bytes.len() as u64);
        document.sha256 = Some(sha256(bytes));
        settings = read_document(&mut document, bytes.clone());
        used = Some(path.clone());
        documents.insert(id, document);
    }
    for (id, item) in found {
        let mut taken = take(inputs, item, id);
        taken.document.kind = DocumentKind::ProjectConfiguration;
        match (&used, taken.content) {
            (Some(used), _) => taken.document.status = DocumentStatus::SetAside(format!("the settings of {used} are in force")),
            (None, Some(Recognised::Text(_, source))) => {
                used = Some(item.path.clone());
                settings = read_source(&mut taken.document, &source);
                more_waivers(inputs, item, items, &mut settings, documents);
            }
            (None, _) => {}
        }
        documents.insert(id, taken.document);
    }
    settings
}

fn read_document(document: &mut Document, bytes: Vec<u8>) -> Settings {
    document.kind = DocumentKind::ProjectConfiguration;
    match Source::decode(document.id, bytes) {
        Ok(source) => read_source(document, &source),
        Err(error) => {
            document.status = DocumentStatus::Unreadable(problem(document.id, "encoding", &format!("{error}."), "Save the file as UTF-8."));
            Settings::default()
        }
    }
}

fn read_source(document: &mut Document, source: &Source) -> Settings {
    match read_settings(source) {
        Ok(settings) => {
            document.status = DocumentStatus::Used;
            settings
        }
        Err(problem) => {
            document.status = DocumentStatus::Unreadable(problem);
            Settings::default()
        }
    }
}

/// Adds the waivers of the file that the settings name.
fn more_waivers(inputs: &[Input], toml: &Item, items: &[Item], settings: &mut Settings, documents: &mut BTreeMap<DocumentId, Document>) {
    let Some(name) = &settings.waivers_file else { return };
    let folder = toml.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let path = format!("{folder}{}", name.replace('\\', "/"));
    let Some(index) = items.iter().position(|i| i.path == path) else {
        if let Some(document) = documents.values_mut().find(|d| d.path == toml.path) {
            document.problems.push(problem(
                document.id,
                "waivers-file",
                &format!("the waivers file {name} is not in the bundle."),
                "Add it, or remove the line.",
            ));
        }
        return;
    };
    let mut taken = take(inputs, &items[index], number(index));
    taken.document.kind = DocumentKind::ProjectConfiguration;
    if let Some(Recognised::Text(_, source)) = &taken.content {
        match read_waivers(source) {
            Ok(waivers) => {
                settings.waivers.extend(waivers);
                taken.document.status = DocumentStatus::Used;
            }
            Err(problem) => taken.document.status = DocumentStatus::Unreadable(problem),
        }
    }
    documents.insert(taken.document.id, taken.document);
}

/// NetBIOS name and DNS name of every domain that is known.
pub(crate) fn realms(inventory: &Inventory, configured: &[(String, String)]) -> Vec<(String, String)> {
    let mut realms = configured.to_vec();
    if let Some(directory) = &inventory.directory {
        realms.extend(directory.domains.iter().map(|d| (d.netbios.clone(), d.dns.clone())));
    }
    realms
}

/// What a server's folder gave: the configuration, the records of its files, and documents in it that are no server's.
type ReadFolder = (ServerConfiguration, Vec<Document>, Vec<(DocumentId, Vec<Part>)>);

/// Everything in one server's folder. Only here are whole configurations in memory, one for each thread.
fn server_folder(inputs: &[Input], host: HostName, files: Vec<(DocumentId, &Item)>, context: &Context<'_>) -> ReadFolder {
    let (mut documents, mut further, mut folder) = (Vec::with_capacity(files.len()), Vec::new(), Folder::new(host));
    for (id, item) in files {
        let mut taken = take(inputs, item, id);
        let below = item.server.as_ref().map_or("", |(_, below)| below.as_str());
        if let Some(rest) = folder.accept(below, &mut taken) {
            taken.content = Some(rest);
            let (document, parts) = read_part(taken);
            if !parts.is_empty() {
                further.push((id, parts));
            }
            documents.push(document);
        } else {
            documents.push(taken.document);
        }
    }
    let server = folder.finish(context, &mut documents);
    (server, documents, further)
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

fn gaps(inventory: &mut Inventory, items: &[Item]) {
    let mut gaps = Vec::new();
    let mut gap = |subject, code, reason: String, remedy: &str, document| {
        gaps.push(Gap { subject, code, reason, remedy: Some(remedy.to_owned()), document })
    };
    if !inventory.topologies.iter().any(|t| t.used) {
        gap(
            GapSubject::Estate,
            "no-topology",
            "no topology document was found, so sites, pools and web servers are not known.".into(),
            "Add the output of (Get-CsTopology -AsXml).ToString() | Out-File topology.xml.",
            None,
        );
    }
    if !inventory.assignments_known {
        gap(
            GapSubject::Estate,
            "no-assignments",
            "no export of the Kerberos account assignments was found, so it is not known which site has which account.".into(),
            "Add the output of Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml.",
            None,
        );
    }
    if inventory.directory.is_none() {
        gap(
            GapSubject::Estate,
            "no-directory",
            "no Active Directory export was found, so the account, its flags and its service principal names are not known.".into(),
            "Add the output of ldifde -f accounts.ldf, or of Get-ADComputer -Filter * -Properties * | Export-Clixml computers.xml.",
            None,
        );
    }
    let computers: HashSet<&HostName> = inventory.computers().map(|(_, c)| &c.fqdn.value).collect();
    if !computers.is_empty() {
        for server in inventory.servers.iter().filter(|s| !computers.contains(&s.computer)) {
            gap(
                GapSubject::Computer(server.computer.clone()),
                "server-not-in-topology",
                format!("{} has a configuration in the bundle but is no computer of the topology.", server.computer),
                "Name the folder by the server's FQDN, or export the topology again.",
                server.document,
            );
        }
    }
    let configured: HashSet<&HostName> =
        inventory.servers.iter().filter(|s| s.status != ServerStatus::Missing).map(|s| &s.computer).collect();
    for (pool, computer) in inventory.web_servers() {
        if !configured.contains(&computer.fqdn.value) {
            gap(
                GapSubject::Computer(computer.fqdn.value.clone()),
                "no-configuration",
                format!(
                    "{} of pool {} runs Web Services, and the bundle holds no applicationHost.config of it.",
                    computer.fqdn.value, pool.fqdn.value
                ),
                &format!(
                    "Copy C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config of the server to servers/{}/.",
                    computer.fqdn.value
                ),
                None,
            );
        }
    }
    for (i, item) in items.iter().enumerate().filter(|(_, item)| item.server.is_none()) {
        let id = number(i);
        if inventory
            .document(id)
            .is_some_and(|d| matches!(d.kind, DocumentKind::ApplicationHost) && matches!(d.status, DocumentStatus::SetAside(_)))
        {
            gap(
                GapSubject::Document(id),
                "configuration-of-unknown-server",
                format!("{} is an applicationHost.config, and nothing says of which server.", item.path),
                "Put it into servers/<FQDN of the server>/.",
                Some(id),
            );
        }
    }
    inventory.gaps.extend(gaps);
}
