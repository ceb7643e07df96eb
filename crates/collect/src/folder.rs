//! One server's folder: which file is what, and which configuration is in force.

use crate::read_file::ReadFile;
use crate::recognise::Recognised;
use crate::server::{self, Context, KeyFile, ServerInput};
use kerbsync_inventory::{Document as Record, DocumentKind, DocumentStatus, ServerConfiguration, ServerStatus};
use kerbsync_names::HostName;
use kerbsync_source::{DocumentId, Problem};
use kerbsync_xml::Document;

/// What was found in a server's folder so far.
pub(crate) struct Folder {
    host: HostName,
    configuration: Option<Candidate>,
    redirection: Option<(DocumentId, Result<Document, Problem>)>,
    keys: Vec<KeyFile>,
    history: Vec<(String, DocumentId)>,
    /// Configurations that another one stands before.
    outranked: Vec<DocumentId>,
}

struct Candidate {
    rank: u8,
    id: DocumentId,
    document: Result<Document, Problem>,
}

impl Folder {
    pub(crate) const fn new(host: HostName) -> Self {
        Self { host, configuration: None, redirection: None, keys: Vec::new(), history: Vec::new(), outranked: Vec::new() }
    }

    /// Takes a file of the folder; gives its content back where it is none of a server's.
    pub(crate) fn accept(&mut self, below: &str, file: &mut ReadFile) -> Option<Recognised> {
        let path = below.to_ascii_lowercase();
        let record = &mut file.document;
        let Some(content) = file.content.take() else {
            // What could not be read has no content to be recognised by: its name alone says what it was meant to be.
            if path.rsplit('/').next() == Some("applicationhost.config")
                && !path.contains("cfghistory_")
                && let DocumentStatus::Unreadable(problem) = &record.status
            {
                record.kind = DocumentKind::ApplicationHost;
                let problem = problem.clone();
                self.configuration(&path, record, Err(problem));
            }
            return None;
        };
        if path.contains("/cfghistory_") || path.starts_with("cfghistory_") {
            record.kind = DocumentKind::ApplicationHostHistory;
            record.status = DocumentStatus::SetAside("a snapshot of IIS's history, never the configuration in force".into());
            if path.ends_with("applicationhost.config") {
                self.history.push((path, record.id));
            }
            return None;
        }
        match content {
            Recognised::Xml(xml) if server::is_redirection(&xml) => {
                record.kind = DocumentKind::Redirection;
                record.status = DocumentStatus::Used;
                self.redirection = Some((record.id, Ok(xml)));
            }
            Recognised::Xml(xml) if server::is_application_host(&xml) => {
                record.kind = DocumentKind::ApplicationHost;
                self.configuration(&path, record, Ok(xml));
            }
            Recognised::Broken(DocumentKind::Redirection, problem) => self.redirection = Some((record.id, Err(problem))),
            Recognised::Broken(DocumentKind::ApplicationHost, problem) => self.configuration(&path, record, Err(problem)),
            Recognised::Xml(xml) if server::is_key_container(&xml) => {
                record.kind = DocumentKind::KeyContainer;
                self.key(server::read_key_xml(&xml), record);
            }
            Recognised::Text(kind, source) if kind == DocumentKind::KeyContainer || path.starts_with("keys/") => {
                record.kind = DocumentKind::KeyContainer;
                self.key(server::read_key_text(&source), record);
            }
            Recognised::Xml(xml) if server::is_iis_schema(&xml) => {
                record.kind = DocumentKind::IisSchema;
                record.status = DocumentStatus::SetAside("a schema of IIS: not needed".into());
            }
            // A fragment under the name of a configuration was meant as one: its reader says what is wrong with it.
            Recognised::Xml(xml) if path.rsplit('/').next() == Some("applicationhost.config") => {
                record.kind = DocumentKind::ApplicationHost;
                self.configuration(&path, record, Ok(xml));
            }
            other => return Some(other),
        }
        None
    }

    fn key(&mut self, key: Result<KeyFile, Problem>, record: &mut Record) {
        match key {
            Ok(mut key) => {
                record.status = DocumentStatus::Used;
                // The name only says which key to try first.
                key.name = record.path.rsplit('/').next().unwrap_or("").to_owned();
                self.keys.push(key);
            }
            Err(problem) => record.status = DocumentStatus::Unreadable(problem),
        }
    }

    /// The copy that 64-bit IIS reads goes before one at the root of the folder, and that before any other.
    fn configuration(&mut self, path: &str, record: &mut Record, document: Result<Document, Problem>) {
        if let Some(what) = never_in_force(path) {
            record.kind = DocumentKind::ApplicationHostHistory;
            record.status = DocumentStatus::SetAside(format!("{what}: never the configuration in force"));
            return;
        }
        let rank = if path.ends_with("system32/inetsrv/config/applicationhost.config") {
            0
        } else if path == "applicationhost.config" {
            1
        } else {
            2
        };
        let new = Candidate { rank, id: record.id, document };
        match &mut self.configuration {
            Some(old) if old.rank <= new.rank => self.outranked.push(new.id),
            slot => self.outranked.extend(slot.replace(new).map(|old| old.id)),
        }
    }

    /// Reads the configuration in force, and completes the records of the folder's files.
    pub(crate) fn finish(mut self, context: &Context<'_>, records: &mut [Record]) -> ServerConfiguration {
        self.history.sort_by(|a, b| b.0.cmp(&a.0));
        let mut problems = Vec::new();
        let chosen = self.configuration.as_ref().map(|c| c.id);
        let server = server::read_server(
            ServerInput {
                host: self.host,
                configuration: self.configuration.as_ref().map(|c| (c.id, c.document.as_ref())),
                redirection: self.redirection.as_ref().and_then(|(_, r)| r.as_ref().ok()),
                keys: &self.keys,
                history: self.history.into_iter().map(|(_, id)| id).collect(),
            },
            context,
            &mut problems,
        );
        for record in records {
            if Some(record.id) == chosen && !matches!(record.status, DocumentStatus::Unreadable(_)) {
                record.status = match &server.status {
                    ServerStatus::Unreadable(problem) => DocumentStatus::Unreadable(problem.clone()),
                    ServerStatus::Read | ServerStatus::Missing => DocumentStatus::Used,
                };
            } else if self.outranked.contains(&record.id) {
                record.status = DocumentStatus::SetAside("another copy of this server's configuration is in force".into());
            }
            record.problems.extend(problems.iter().filter(|p| p.document == record.id).cloned());
        }
        server
    }
}

/// What a copy of a configuration is that IIS never reads as its own; `path` is below the server's folder, in lower case.
fn never_in_force(path: &str) -> Option<&'static str> {
    let path = format!("/{path}");
    let copies = [
        ("/winsxs/", "a component store's copy (WinSxS)"),
        ("/syswow64/", "the copy for 32-bit programs (SysWOW64)"),
        ("/inetsrv/backup/", "a backup that appcmd made"),
        ("/inetpub/temp/", "what IIS made for one application pool"),
        ("/apppools/", "what IIS made for one application pool"),
        ("/inetpub/history/", "a part of IIS's configuration history"),
        ("/$recycle.bin/", "a deleted file"),
        ("/windows.old/", "a copy from before an upgrade of Windows"),
    ];
    copies.iter().find(|(part, _)| path.contains(part)).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    #[test]
    fn copies_that_iis_never_reads_are_known_by_their_place() {
        let never = |path: &str| super::never_in_force(path).is_some();
        assert!(never("windows/winsxs/amd64_iis_31bf/applicationhost.config"));
        assert!(never("windows/syswow64/inetsrv/config/applicationhost.config"));
        assert!(never("windows/system32/inetsrv/backup/before/applicationhost.config"));
        assert!(never("inetpub/temp/apppools/lyncintfeature/lyncintfeature.config"));
        assert!(never("inetpub/history/applicationhost.config"));
        assert!(!never("windows/system32/inetsrv/config/applicationhost.config"));
        assert!(!never("applicationhost.config"));
    }

    use crate::{Input, Options, Silent, collect};
    use kerbsync_inventory::{DocumentKind, ServerStatus};
    use kerbsync_store::{Entry, Key, Listing, ReadStore, Snapshot, StoreError};

    /// A store whose files are there and cannot be read.
    struct Closed(&'static [&'static str]);

    impl ReadStore for Closed {
        fn list(&self) -> Result<Listing, StoreError> {
            let entries = self.0.iter().filter_map(|p| Some(Entry { key: Key::new(p)?, bytes: 7, modified: None }));
            Ok(Listing { entries: entries.collect(), errors: Vec::new() })
        }

        fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
            Err(StoreError::Io { path: key.to_string(), source: std::io::ErrorKind::PermissionDenied.into() })
        }
    }

    #[test]
    fn a_configuration_that_may_not_be_read_is_there_all_the_same() {
        const HISTORY: &str = "servers/fe02.contoso.com/inetpub/history/CFGHISTORY_0000000001/applicationHost.config";
        let store = Closed(&["servers/fe01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config", HISTORY]);
        let inputs = [Input { label: String::new(), store: Box::new(store) }];
        let inventory = collect(&inputs, &Options { config: None, reference: None, progress: &Silent }).unwrap().inventory;
        let [first, second] = inventory.servers.as_slice() else { panic!("{:?}", inventory.servers) };
        assert!(matches!(first.status, ServerStatus::Unreadable(_)), "{first:?}");
        assert_eq!(inventory.documents[first.document.unwrap().0 as usize].kind, DocumentKind::ApplicationHost);
        assert_eq!(second.status, ServerStatus::Missing, "a snapshot is no configuration in force");
    }
}
