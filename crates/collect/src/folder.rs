//! One server's folder: which file is what, and which configuration is in force.

mod never_in_force;

use crate::competing::{self, Dates, Preferred, Reason};
use crate::read_file::ReadFile;
use crate::recognise::Recognised;
use crate::server::{self, Context, KeyFile, ServerFiles};
use kerbsync_inventory::{
    Besides, ClearCopy, Document as Record, DocumentKind, DocumentStatus, KeptOriginal, OtherConfiguration, REDIRECTION_UNREADABLE,
    ServerConfiguration, ServerStatus,
};
use kerbsync_names::HostName;
use kerbsync_source::{DocumentId, Problem, Text, text};
use kerbsync_xml::Document;
use std::sync::Arc;

/// What was found in a server's folder so far.
pub(crate) struct Folder<'c> {
    host: HostName,
    context: &'c Context<'c>,
    preferred: &'c Preferred,
    configurations: Vec<Candidate>,
    redirection: Option<(DocumentId, Result<Document, Problem>)>,
    keys: Vec<KeyFile>,
    history: Vec<(String, DocumentId)>,
    clear_copies: Vec<ClearCopy>,
    copies: usize,
    kept: Vec<KeptOriginal>,
}

/// A configuration that may be the one in force.
struct Candidate {
    rank: u8,
    id: DocumentId,
    path: Arc<str>,
    sha256: Option<Arc<str>>,
    dates: Dates,
    document: Result<Document, Problem>,
}

impl<'c> Folder<'c> {
    pub(crate) const fn new(host: HostName, context: &'c Context<'c>, preferred: &'c Preferred) -> Self {
        Self {
            host,
            context,
            preferred,
            configurations: Vec::new(),
            redirection: None,
            keys: Vec::new(),
            history: Vec::new(),
            clear_copies: Vec::new(),
            copies: 0,
            kept: Vec::new(),
        }
    }

    /// Takes a file of the folder; gives its content back where it is none of a server's.
    pub(crate) fn accept(&mut self, below: &str, file: &mut ReadFile) -> Option<Recognised> {
        let path = below.to_ascii_lowercase();
        let record = &mut file.document;
        let Some(content) = file.content.take() else {
            // What could not be read has no content to be recognised by: its name alone says what it was meant to be.
            if path.ends_with("system32/inetsrv/config/redirection.config")
                && let DocumentStatus::Unreadable(problem) = &record.status
            {
                record.kind = DocumentKind::Redirection;
                self.redirection = Some((record.id, Err(problem.clone())));
            } else if path.rsplit('/').next() == Some("applicationhost.config")
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
                if let Recognised::Xml(xml) = &content {
                    self.copy(xml);
                }
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

    /// The copy of an original that a run of this program keeps, since a secret stood in it in clear.
    pub(crate) fn kept(&mut self, run: &str, file: &mut ReadFile) {
        let record = &mut file.document;
        record.kind = DocumentKind::ApplicationHostHistory;
        let clear = match file.content.take() {
            Some(Recognised::Xml(xml)) => server::clear_secrets(&xml, self.context),
            _ => Vec::new(),
        };
        if !matches!(record.status, DocumentStatus::Unreadable(_)) {
            record.status =
                DocumentStatus::SetAside("the copy of an original that a run of kerbsync keeps, never the configuration in force".into());
        }
        self.kept.push(KeptOriginal { document: record.id, run: run.to_owned(), clear });
    }

    /// A copy that is never in force: of it only secrets in clear matter.
    fn copy(&mut self, xml: &Document) {
        if server::is_application_host(xml) {
            self.copies += 1;
            self.clear_copies.extend(server::clear_secrets(xml, self.context));
        }
    }

    fn configuration(&mut self, path: &str, record: &mut Record, document: Result<Document, Problem>) {
        if let Some(what) = never_in_force::what(path, document.as_ref().ok()) {
            record.kind = DocumentKind::ApplicationHostHistory;
            record.status = DocumentStatus::SetAside(text!("{what}: never the configuration in force"));
            if let Ok(xml) = &document {
                self.copy(xml);
            }
            return;
        }
        let rank = if path.ends_with("system32/inetsrv/config/applicationhost.config") {
            0
        } else if path == "applicationhost.config" {
            1
        } else {
            2
        };
        self.configurations.push(Candidate {
            rank,
            id: record.id,
            path: record.path.clone(),
            sha256: record.sha256.clone(),
            dates: Dates::from(&*record),
            document,
        });
    }

    /// Reads the configuration in force, and completes the records of the folder's files.
    pub(crate) fn finish(mut self, records: &mut [Record]) -> ServerConfiguration {
        self.history.sort_by(|a, b| b.0.cmp(&a.0));
        let mut problems = Vec::new();
        let (configurations, named_otherwise) = never_in_force::split(std::mem::take(&mut self.configurations));
        named_otherwise.iter().filter_map(|c| c.document.as_ref().ok()).for_each(|xml| self.copy(xml));
        let mut choice = choose_configuration(configurations, self.preferred);
        choice.aside.extend(named_otherwise.iter().map(|c| (c.id, never_in_force::OTHER_NAME.into())));
        let chosen = choice.chosen.as_ref().map(|c| c.id);
        let mut server = server::read_server(
            ServerFiles {
                host: self.host,
                configuration: choice.chosen.as_ref().map(|c| (c.id, c.document.as_ref())),
                redirection: self.redirection.as_ref().and_then(|(_, r)| r.as_ref().ok()),
                keys: &self.keys,
                history: self.history.into_iter().map(|(_, id)| id).collect(),
            },
            self.context,
            &mut problems,
        );
        // Where it may lead elsewhere, what is in force is not known, whatever the local file says.
        if let Some((_, Err(problem))) = &self.redirection
            && chosen.is_some()
            && matches!(server.status, ServerStatus::Read)
        {
            server.status = ServerStatus::Unreadable(Problem { code: REDIRECTION_UNREADABLE, ..problem.clone() });
        }
        for record in records {
            if Some(record.id) == chosen && !matches!(record.status, DocumentStatus::Unreadable(_)) {
                record.status = match &server.status {
                    ServerStatus::Unreadable(problem) if problem.document == record.id => DocumentStatus::Unreadable(problem.clone()),
                    ServerStatus::Unreadable(_) => {
                        DocumentStatus::SetAside("the server's redirection.config cannot be read, and may lead elsewhere".into())
                    }
                    ServerStatus::Read | ServerStatus::Missing => DocumentStatus::Used,
                };
            } else if let Some((_, why)) = choice.aside.iter().find(|(id, _)| *id == record.id) {
                record.status = DocumentStatus::SetAside(why.clone());
            } else if let Some(other) = choice.others.iter().find(|o| o.document == record.id)
                && !(choice.contested && matches!(record.status, DocumentStatus::Unreadable(_)))
            {
                record.status = DocumentStatus::SetAside(other.why.clone());
            }
            record.problems.extend(problems.iter().filter(|p| p.document == record.id).cloned());
        }
        server.besides = Besides {
            others: choice.others,
            contested: choice.contested,
            foreign: None,
            clear_copies: self.clear_copies,
            copies: self.copies,
            kept: self.kept,
        };
        server
    }
}

/// Which configuration of a server is read, and what became of the others.
struct ConfigurationChoice {
    chosen: Option<Candidate>,
    /// Copies with the same bytes, and files of a name that IIS does not read.
    aside: Vec<(DocumentId, Text)>,
    others: Vec<OtherConfiguration>,
    contested: bool,
}

/// Configurations with the same bytes are one. Of those that differ the user's choice goes first, then the newest by a manifest; where
/// neither says which it is, one is read for what it holds, and is not taken to be in force.
fn choose_configuration(mut candidates: Vec<Candidate>, preferred: &Preferred) -> ConfigurationChoice {
    // Neither the order of files nor the folder they lie in decides: the digest does, behind the place that IIS reads.
    candidates.sort_by(|a, b| {
        (a.rank, !preferred.names(&a.path), &a.sha256, &a.path).cmp(&(b.rank, !preferred.names(&b.path), &b.sha256, &b.path))
    });
    let (mut distinct, mut aside): (Vec<Candidate>, Vec<(DocumentId, Text)>) = (Vec::new(), Vec::new());
    for candidate in candidates {
        match distinct.iter_mut().find(|d| d.sha256.is_some() && d.sha256 == candidate.sha256) {
            Some(same) => {
                aside.push((candidate.id, text!("it holds the same as {}, which is read", same.path)));
                same.dates.written = [same.dates.written, candidate.dates.written].into_iter().flatten().min();
                same.dates.read_at = [same.dates.read_at, candidate.dates.read_at].into_iter().flatten().max();
            }
            None => distinct.push(candidate),
        }
    }
    if distinct.len() < 2 {
        return ConfigurationChoice { chosen: distinct.pop(), aside, others: Vec::new(), contested: false };
    }
    let choice = competing::first(preferred, &distinct.iter().map(|c| (&*c.path, c.dates)).collect::<Vec<_>>());
    let chosen = distinct.remove(choice.map_or(0, |(at, _)| at));
    let why = |other: &Candidate| match choice {
        Some((_, Reason::Preferred)) => text!("{} goes before it, as was asked for with --prefer or in kerbsync.toml", chosen.path),
        Some((_, Reason::Newest)) => text!(
            "manifest.json says that {} was {}, and this configuration of the same server {}",
            chosen.path,
            chosen.dates.told(),
            other.dates.told()
        ),
        None => text!("{} is a configuration of the same server with other bytes, and nothing says which is in force", chosen.path),
    };
    let others = distinct.iter().map(|other| OtherConfiguration { document: other.id, why: why(other) }).collect();
    ConfigurationChoice { contested: choice.is_none(), chosen: Some(chosen), aside, others }
}

#[cfg(test)]
mod tests {
    use super::REDIRECTION_UNREADABLE;
    use crate::{Input, Options, Silent, collect};
    use kerbsync_inventory::{DocumentKind, ServerStatus};
    use kerbsync_store::{Entry, Key, Listing, MemoryStore, ReadStore, Snapshot, StoreError};

    /// A store whose files are there and cannot be read.
    struct Closed(&'static [&'static str]);

    impl ReadStore for Closed {
        fn list(&self) -> Result<Listing, StoreError> {
            let entries = self.0.iter().filter_map(|p| Some(Entry { key: Key::new(p)?, bytes: 7, modified: None }));
            Ok(Listing::of(entries.collect(), Vec::new()))
        }

        fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
            Err(StoreError::Io { path: key.to_string(), source: std::io::ErrorKind::PermissionDenied.into() })
        }
    }

    /// What is in force is read from two files; where one of them cannot be read, the other says nothing.
    #[test]
    fn a_redirection_that_cannot_be_read_may_lead_elsewhere() {
        const CONFIG: &str = "servers/fe01.contoso.com/Windows/System32/inetsrv/config";
        let files = |redirection: &str| {
            let configuration = include_str!("../../../fixtures/documents/iis/product.config");
            let files = [("applicationHost.config", configuration), ("redirection.config", redirection)];
            let files = files.map(|(name, text)| (Key::new(&format!("{CONFIG}/{name}")).unwrap(), text.as_bytes().to_vec()));
            MemoryStore::from_iter(files)
        };
        let status = |store: Box<dyn ReadStore>| {
            let options =
                Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: false, progress: &Silent };
            let inventory = collect(&[Input { label: String::new(), store }], &options).unwrap().inventory;
            let code = |status: &ServerStatus| if let ServerStatus::Unreadable(problem) = status { problem.code } else { "read" };
            (code(&inventory.servers[0].status), inventory.documents.iter().map(|d| d.kind).collect::<Vec<_>>())
        };
        let kinds = vec![DocumentKind::ApplicationHost, DocumentKind::Redirection];
        let unread = (REDIRECTION_UNREADABLE, kinds.clone());
        assert_eq!(status(Box::new(files("<configuration><configurationRedirection/></configuration>"))), ("read", kinds));
        assert_eq!(status(Box::new(files("<configuration><configurationRedirection enabled='tr"))), unread);
        assert_eq!(status(Box::new(files(""))), unread);
        assert_eq!(status(Box::new(Half(files("")))), unread);
    }

    /// A store of which one file cannot be read.
    struct Half(MemoryStore);

    impl ReadStore for Half {
        fn list(&self) -> Result<Listing, StoreError> {
            self.0.list()
        }

        fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
            if key.as_str().ends_with("redirection.config") { Closed(&[]).read(key) } else { self.0.read(key) }
        }
    }

    #[test]
    fn a_configuration_that_may_not_be_read_is_there_all_the_same() {
        const HISTORY: &str = "servers/fe02.contoso.com/inetpub/history/CFGHISTORY_0000000001/applicationHost.config";
        let store = Closed(&["servers/fe01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config", HISTORY]);
        let inputs = [Input { label: String::new(), store: Box::new(store) }];
        let inventory = collect(
            &inputs,
            &Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: false, progress: &Silent },
        )
        .unwrap()
        .inventory;
        let [first, second] = inventory.servers.as_slice() else { panic!("{:?}", inventory.servers) };
        assert!(matches!(first.status, ServerStatus::Unreadable(_)), "{first:?}");
        assert_eq!(inventory.documents[first.document.unwrap().0 as usize].kind, DocumentKind::ApplicationHost);
        assert_eq!(second.status, ServerStatus::Missing, "a snapshot is no configuration in force");
    }
}
