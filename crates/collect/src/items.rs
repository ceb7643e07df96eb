//! What the inputs hold: every file, archives opened, each with the server it belongs to.

use crate::Input;
use crate::budget::Budget;
use kerbsync_names::{Fqdn, HostName};
use kerbsync_source::DocumentId;
use kerbsync_store::{ARCHIVE_HEAD, ArchiveFault, ArchiveLimits, Entry, Key, ReadStore, StoreError, is_archive, kept_by, open_archive};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

/// How deep archives within archives are opened.
const ARCHIVE_DEPTH: usize = 3;

/// One file to be read.
pub(crate) struct Item {
    pub(crate) id: DocumentId,
    pub(crate) store: Store,
    pub(crate) key: Key,
    /// Path for people: the input's label and the key.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) modified: Option<SystemTime>,
    /// The server whose folder the file lies in: the folder's name and the path below it.
    pub(crate) server: Option<(HostName, String)>,
    /// The run of this program that keeps it as the copy of an original: no input.
    pub(crate) kept_by: Option<String>,
}

/// A store of the request, or one opened on the way.
#[derive(Clone)]
pub(crate) enum Store {
    Given(usize),
    Opened(Arc<dyn ReadStore>),
}

impl Store {
    pub(crate) fn get<'a>(&'a self, inputs: &'a [Input]) -> &'a dyn ReadStore {
        match self {
            Self::Given(i) => &*inputs[*i].store,
            Self::Opened(store) => &**store,
        }
    }
}

/// Something that was left unread: it could not be listed or opened, or is a folder of version control or of the system.
pub(crate) struct Obstacle {
    pub(crate) id: DocumentId,
    pub(crate) path: String,
    /// Why it could not; `None` for a folder that is passed over.
    pub(crate) error: Option<StoreError>,
    /// Length of the file, where it is one.
    pub(crate) bytes: u64,
}

/// Everything in the inputs, in the order of paths. Files are numbered first, then what could not be listed.
pub(crate) struct Gathered {
    pub(crate) items: Vec<Item>,
    pub(crate) obstacles: Vec<Obstacle>,
    /// Servers with files that were not listed, since there were too many files or servers before them.
    pub(crate) unlisted: BTreeSet<HostName>,
}

impl Gathered {
    /// The number of a settings file from elsewhere: the next one.
    pub(crate) fn given_settings(&self) -> DocumentId {
        number(self.items.len() + self.obstacles.len())
    }
}

fn number(index: usize) -> DocumentId {
    DocumentId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// A number until all are known.
const UNNUMBERED: DocumentId = DocumentId(u32::MAX);

/// Everything in the inputs, and what could not be listed.
pub(crate) fn gather(inputs: &[Input]) -> Gathered {
    let mut gathered = Gathered { items: Vec::new(), obstacles: Vec::new(), unlisted: BTreeSet::new() };
    let mut budget = Budget::default();
    for (i, input) in inputs.iter().enumerate() {
        walk(inputs, Store::Given(i), &input.label, 0, &mut budget, &mut gathered);
    }
    let Gathered { items, obstacles, .. } = &mut gathered;
    items.sort_by(|a, b| a.path.cmp(&b.path));
    obstacles.sort_by(|a, b| a.path.cmp(&b.path));
    items.iter_mut().enumerate().for_each(|(i, item)| item.id = number(i));
    let first = items.len();
    obstacles.iter_mut().enumerate().for_each(|(i, obstacle)| obstacle.id = number(first + i));
    gathered
}

fn walk(inputs: &[Input], store: Store, label: &str, depth: usize, budget: &mut Budget, gathered: &mut Gathered) {
    let listing = match store.get(inputs).list() {
        Ok(listing) => listing,
        Err(error) => return gathered.obstacles.push(Obstacle { id: UNNUMBERED, path: label.to_owned(), error: Some(error), bytes: 0 }),
    };
    let mut folders = BTreeSet::new();
    for error in listing.errors {
        match passed_over(error.path()) {
            Some(folder) => drop(folders.insert(path_below(label, folder))),
            None => {
                gathered.obstacles.push(Obstacle { id: UNNUMBERED, path: path_below(label, error.path()), error: Some(error), bytes: 0 })
            }
        }
    }
    // Told once, at the first file that is not listed.
    let mut too_many = None;
    for Entry { key, bytes, modified } in listing.kept {
        // Copies beside configurations that are of no server tell nothing: no run wrote those.
        let Some((original, run)) = kept_by(&key).filter(|_| passed_over(key.as_str()).is_none()) else { continue };
        let path = path_below(label, key.as_str());
        let end = path.len() - (key.as_str().len() - original.len());
        let Some(server) = path.get(..end).and_then(|of| server_of(of, original)) else { continue };
        match budget.file(Some(&server.0)) {
            Ok(()) => {
                let (kept_by, server) = (Some(run.to_owned()), Some(server));
                gathered.items.push(Item { id: UNNUMBERED, store: store.clone(), key, path, bytes, modified, server, kept_by });
            }
            Err(fault) => drop(too_many.get_or_insert((path, bytes, fault))),
        }
    }
    for Entry { key, bytes, modified } in listing.entries {
        if let Some(folder) = passed_over(key.as_str()) {
            folders.insert(path_below(label, folder));
            continue;
        }
        let path = path_below(label, key.as_str());
        let server = server_of(&path, key.as_str());
        if may_be_archive(&key) && store.get(inputs).peek(&key, ARCHIVE_HEAD).is_ok_and(|head| is_archive(&head)) {
            let opened = if depth == ARCHIVE_DEPTH {
                Err(StoreError::Archive { path: path.clone(), fault: ArchiveFault::TooDeep { limit: ARCHIVE_DEPTH } })
            } else {
                let spent = budget.archive(bytes).map_err(|fault| StoreError::Archive { path: path.clone(), fault });
                let limits = ArchiveLimits { held: budget.left().saturating_add(bytes), ..ArchiveLimits::default() };
                spent.and_then(|()| store.get(inputs).read(&key)).and_then(|s| open_archive(&path, s.bytes, limits))
            };
            match opened {
                Ok(archive) => {
                    // One that was unpacked whole takes more than it had.
                    budget.more(archive.held.saturating_sub(bytes));
                    walk(inputs, Store::Opened(archive.store), &format!("{path}!"), depth + 1, budget, gathered);
                }
                Err(error) => gathered.obstacles.push(Obstacle { id: UNNUMBERED, path, error: Some(error), bytes }),
            }
            continue;
        }
        if let Err(fault) = budget.file(server.as_ref().map(|(host, _)| host)) {
            gathered.unlisted.extend(server.map(|(host, _)| host));
            too_many.get_or_insert((path, bytes, fault));
            continue;
        }
        gathered.items.push(Item { id: UNNUMBERED, store: store.clone(), key, path, bytes, modified, server, kept_by: None });
    }
    if let Some((path, bytes, fault)) = too_many {
        let error = StoreError::Archive { path: path.clone(), fault };
        gathered.obstacles.push(Obstacle { id: UNNUMBERED, path, error: Some(error), bytes });
    }
    let folders = folders.into_iter().map(|path| Obstacle { id: UNNUMBERED, path, error: None, bytes: 0 });
    gathered.obstacles.extend(folders);
}

/// Folders of version control and of operating systems: what lies in them is a copy or no export at all.
const PASSED_OVER: &[&str] = &[
    ".git",
    ".svn",
    ".hg",
    ".bzr",
    "__MACOSX",
    "$RECYCLE.BIN",
    "System Volume Information",
    ".Trashes",
    ".Spotlight-V100",
    "node_modules",
];

/// The folder of [`PASSED_OVER`] that a file lies in: its path as far as that folder.
fn passed_over(key: &str) -> Option<&str> {
    let mut start = 0;
    for part in key.split('/') {
        let end = start + part.len();
        if end < key.len() && PASSED_OVER.iter().any(|name| name.eq_ignore_ascii_case(part)) {
            return key.get(..end);
        }
        start = end + 1;
    }
    None
}

fn path_below(label: &str, below: &str) -> String {
    if label.is_empty() || label == "." {
        return below.to_owned();
    }
    // A single file is its own label.
    if label.rsplit(['/', '\\']).next() == Some(below) {
        return label.replace('\\', "/");
    }
    format!("{}/{below}", label.replace('\\', "/").trim_end_matches('/'))
}

/// A configuration is never an archive, and asking each of thousands of them costs an open call.
fn may_be_archive(key: &Key) -> bool {
    let name = key.file_name().to_ascii_lowercase();
    ![".config", ".xml", ".ldif", ".json", ".csv", ".toml", ".tbxml"].iter().any(|end| name.ends_with(end))
}

/// The server's folder that a file lies in: the part behind the last `servers` within the key, or at the end of the label.
fn server_of(path: &str, key: &str) -> Option<(HostName, String)> {
    let parts: Vec<&str> = path.split('/').collect();
    let label_parts = parts.len() - key.split('/').count();
    // `kerbsync audit bundle/servers` and `… bundle/servers/fe01.contoso.com` are meant too; a `servers` further up is somebody's folder.
    let first = label_parts.saturating_sub(2);
    let name = parts.last()?.to_ascii_lowercase();
    let at = (first..parts.len().saturating_sub(2)).rev().find(|&i| parts[i].trim_end_matches('!').eq_ignore_ascii_case("servers"));
    if let Some(at) = at {
        return Some((HostName::new(parts[at + 1])?, parts[at + 2..].join("/")));
    }
    // A configuration in a folder that has a server's name says whose it is without a folder `servers` around it.
    let folder = parts.len().checked_sub(2).map(|i| parts[i])?;
    let fqdn = Fqdn::parse(folder).ok()?.name;
    matches!(name.as_str(), "applicationhost.config" | "redirection.config").then(|| (HostName::from(&fqdn), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_version_control_are_passed_over_and_files_named_like_them_are_not() {
        assert_eq!(passed_over(".git/objects/ab/cd"), Some(".git"));
        assert_eq!(passed_over("servers/fe01.contoso.com/.SVN/entries"), Some("servers/fe01.contoso.com/.SVN"));
        for kept in [".git", ".gitignore", "my.git/topology.xml", "topology.xml"] {
            assert_eq!(passed_over(kept), None, "{kept}");
        }
    }

    #[test]
    fn servers_are_found_in_bundles_and_in_parts_of_them() {
        let host = |path, key| server_of(path, key).map(|(h, rest)| format!("{h}|{rest}"));
        assert_eq!(
            host("b/servers/fe01.contoso.com/applicationHost.config", "servers/fe01.contoso.com/applicationHost.config").unwrap(),
            "fe01.contoso.com|applicationHost.config"
        );
        assert_eq!(host("b/servers/fe01.contoso.com/keys/a.xml", "fe01.contoso.com/keys/a.xml").unwrap(), "fe01.contoso.com|keys/a.xml");
        assert_eq!(host("b/servers/fe01.contoso.com/keys/a.xml", "keys/a.xml").unwrap(), "fe01.contoso.com|keys/a.xml");
        assert_eq!(host("home/servers/me/b/topology.xml", "topology.xml"), None);
        assert_eq!(host("servers/readme.txt", "servers/readme.txt"), None);
        assert_eq!(
            host("x/fe01.contoso.com/applicationHost.config", "fe01.contoso.com/applicationHost.config").unwrap(),
            "fe01.contoso.com|applicationhost.config"
        );
        assert_eq!(host("x/my.folder/notes.xml", "my.folder/notes.xml"), None);
    }
}
