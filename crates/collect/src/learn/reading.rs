//! Reading what is compared: configurations in the order in which they were in force, keys, and reports of the cmdlet.

use super::{Around, Run, runs};
use crate::config::read_settings;
use crate::items::{Item, gather};
use crate::read_file::{ReadFile, read_file};
use crate::recognise::{Recognised, problem};
use crate::{Input, Settings, manifest, server};
use jiff::Timestamp;
use kerbsync_iis::protection::KeyFile;
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus};
use kerbsync_names::HostName;
use kerbsync_source::{DocumentId, Problem, Shown, Source, text};
use std::collections::BTreeMap;

/// Configurations of one server, with what orders them.
#[derive(Default)]
pub(super) struct Series {
    pub(super) server: Option<HostName>,
    pub(super) configurations: Vec<(u64, DocumentId, kerbsync_xml::Document)>,
    pub(super) keys: Vec<KeyFile>,
}

/// Everything that is read, numbered in that order.
pub(super) struct Reading {
    pub(super) documents: Vec<Document>,
}

impl Reading {
    fn next(&self, ahead: usize) -> DocumentId {
        DocumentId(u32::try_from(self.documents.len() + ahead).unwrap_or(u32::MAX))
    }

    /// The files of inputs, numbered from here on.
    pub(super) fn files(&self, inputs: Vec<Input>) -> Vec<ReadFile> {
        self.items(&inputs).iter().map(|item| read_file(&inputs, item)).collect()
    }

    fn items(&self, inputs: &[Input]) -> Vec<Item> {
        let mut items = gather(inputs).items;
        items.retain(|item| item.kept_by.is_none());
        items.iter_mut().enumerate().for_each(|(i, item)| item.id = self.next(i));
        items
    }

    pub(super) fn settings(&mut self, path: &str, bytes: Vec<u8>) -> Result<Settings, Box<(Document, Problem)>> {
        let id = self.next(0);
        let mut document = crate::read_file::record(id, path, bytes.len() as u64);
        document.sha256 = Some(crate::read_file::sha256(&bytes).into());
        document.kind = DocumentKind::ProjectConfiguration;
        let read = Source::decode(id, bytes)
            .map_err(|e| problem(id, "encoding", text!("{}.", Shown::quoting(&e.to_string())), "Save the settings as UTF-8."))
            .and_then(|source| read_settings(&source));
        match read {
            Ok(settings) => {
                document.status = DocumentStatus::Used;
                self.documents.push(document);
                Ok(settings)
            }
            Err(problem) => Err(Box::new((document, problem))),
        }
    }

    pub(super) fn keep<T>(&mut self, file: ReadFile, status: DocumentStatus, fact: Option<T>, facts: &mut Vec<T>) {
        let mut document = file.document;
        if document.kind == DocumentKind::Unrecognised {
            document.kind = DocumentKind::ManagementLog;
        }
        document.status = status;
        facts.extend(fact);
        self.documents.push(document);
    }

    pub(super) fn configuration(
        &mut self,
        (mut document, xml): (Document, kerbsync_xml::Document),
    ) -> (DocumentId, kerbsync_xml::Document) {
        document.status = DocumentStatus::Used;
        let id = document.id;
        self.documents.push(document);
        (id, xml)
    }

    /// The configurations of every server among inputs, its keys, and runs that reports beside them tell of.
    pub(super) fn series(&mut self, inputs: Vec<Input>, runs: &mut Vec<Run>) -> BTreeMap<String, Series> {
        let mut series: BTreeMap<String, Series> = BTreeMap::new();
        let mut manifests = Vec::new();
        for item in self.items(&inputs) {
            let mut file = read_file(&inputs, &item);
            let place = place_of(&item.path);
            let server = item.server.as_ref().map(|(host, _)| host.clone());
            let key = server.as_ref().map_or_else(|| place.clone().map_or_else(String::new, |(_, folder)| folder), HostName::to_key);
            let of_server = |series: &mut BTreeMap<String, Series>| {
                series.entry(key.clone()).or_default().server = server.clone();
            };
            if let Some(Recognised::Text(DocumentKind::Json, source)) = &file.content
                && manifest::is_manifest(source)
            {
                let id = file.document.id;
                let status = match manifest::read(source) {
                    Ok(manifest) => {
                        manifests.push((id, manifest));
                        DocumentStatus::Used
                    }
                    Err(problem) => DocumentStatus::Unreadable(problem),
                };
                self.documents.push(Document { status, ..file.document });
                continue;
            }
            let status = match (&place, runs::read(&file)) {
                (Some((order, _)), _) => match configuration(file) {
                    Ok((document, xml)) => {
                        of_server(&mut series);
                        if let Some(s) = series.get_mut(&key) {
                            s.configurations.push((*order, document.id, xml));
                        }
                        self.documents.push(Document { status: DocumentStatus::Used, ..document });
                        continue;
                    }
                    Err(failed) => {
                        let (mut document, problem) = *failed;
                        document.status = DocumentStatus::Unreadable(problem);
                        self.documents.push(document);
                        continue;
                    }
                },
                (None, Ok(run)) => {
                    runs.push(run);
                    DocumentStatus::Used
                }
                (None, Err(_)) => match key_of_server(&mut file, server.is_some()) {
                    Some(found) => {
                        of_server(&mut series);
                        if let Some(s) = series.get_mut(&key) {
                            s.keys.push(found);
                        }
                        DocumentStatus::Used
                    }
                    None => DocumentStatus::SetAside("it is no configuration, key or report of Set-CsKerberosAccountPassword".into()),
                },
            };
            self.documents.push(Document { status, ..file.document });
        }
        manifest::date(&manifests, &mut self.documents);
        series
    }

    fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.get(id.0 as usize)
    }

    pub(super) fn same(&self, a: DocumentId, b: DocumentId) -> bool {
        let digest = |id| self.document(id).and_then(|d| d.sha256.as_deref());
        digest(a).is_some() && digest(a) == digest(b)
    }

    /// Whether a run lies between two configurations of a server. A report speaks for the servers that it names.
    pub(super) fn around(&self, before: DocumentId, after: DocumentId, server: Option<&HostName>, runs: &[Run]) -> Around {
        let runs: Vec<&Run> = runs.iter().filter(|run| server.is_none_or(|s| run.names(s))).collect();
        let lies = |time: fn(&Document) -> Option<Timestamp>| {
            let (before, after) = (time(self.document(before)?)?, time(self.document(after)?)?);
            Some(runs.iter().any(|run| before <= run.ended && after >= run.started))
        };
        if runs.is_empty() {
            return Around::Unknown;
        }
        match lies(|d| d.written) {
            Some(true) => Around::Dated,
            Some(false) => Around::No,
            None if lies(|d| d.modified) == Some(true) => Around::FileTimes,
            None => Around::Unknown,
        }
    }
}

/// A configuration's place in a server's history: its number, and the folder that tells the servers apart. The one in force is the last.
fn place_of(path: &str) -> Option<(u64, String)> {
    let lower = path.to_ascii_lowercase();
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    if name != "applicationhost.config" {
        return None;
    }
    let (above, last) = folder.rsplit_once('/').unwrap_or(("", folder));
    if let Some(number) = last.strip_prefix("cfghistory_") {
        return Some((number.parse().ok()?, above.trim_end_matches("inetpub/history").trim_end_matches('/').to_owned()));
    }
    let copies = ["/syswow64/", "/backup/", "/winsxs/", "/temp/", "/windows.old/"];
    if copies.iter().any(|part| lower.contains(part)) {
        return None;
    }
    let server = folder.strip_suffix("windows/system32/inetsrv/config").unwrap_or(folder);
    Some((u64::MAX, server.trim_end_matches('/').to_owned()))
}

/// A parsed applicationHost.config with its record, or why it is none.
pub(super) fn configuration(file: ReadFile) -> Result<(Document, kerbsync_xml::Document), Box<(Document, Problem)>> {
    let ReadFile { mut document, content } = file;
    let id = document.id;
    let fail = |document: Document, problem| Err(Box::new((document, problem)));
    match content {
        Some(Recognised::Xml(xml)) if server::is_application_host(&xml) => {
            document.kind = DocumentKind::ApplicationHost;
            Ok((document, xml))
        }
        _ => match document.status.clone() {
            DocumentStatus::Unreadable(problem) => fail(document, problem),
            _ => {
                let help =
                    "Give C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config of one server, from before and after the run.";
                fail(document, problem(id, "not-a-configuration", "the file is no applicationHost.config.", help))
            }
        },
    }
}

pub(super) fn key(file: &ReadFile) -> Result<KeyFile, Problem> {
    match &file.content {
        Some(Recognised::Xml(xml)) if server::is_key_container(xml) => server::read_key_xml(xml),
        Some(Recognised::Text(_, source)) => server::read_key_text(source),
        _ => Err(problem(file.document.id, "key-file", "the file is no exported key.", "Export the container again on the server.")),
    }
}

fn key_of_server(file: &mut ReadFile, in_server: bool) -> Option<KeyFile> {
    let is_key = match &file.content {
        Some(Recognised::Xml(xml)) => server::is_key_container(xml),
        Some(Recognised::Text(kind, _)) => *kind == DocumentKind::KeyContainer,
        _ => false,
    };
    if !(in_server && is_key) {
        return None;
    }
    file.document.kind = DocumentKind::KeyContainer;
    key(file).ok()
}

#[cfg(test)]
mod tests {
    use super::place_of;

    #[test]
    fn snapshots_come_in_order_and_the_configuration_in_force_last() {
        let place =
            |path: &str| place_of(path).map(|(n, folder)| format!("{}|{folder}", if n == u64::MAX { "now".into() } else { n.to_string() }));
        assert_eq!(place("b/servers/fe01/inetpub/history/CFGHISTORY_0000000012/applicationHost.config").unwrap(), "12|b/servers/fe01");
        assert_eq!(place("history/CFGHISTORY_0000003/applicationHost.config").unwrap(), "3|history");
        assert_eq!(place("CFGHISTORY_1/applicationHost.config").unwrap(), "1|");
        assert_eq!(place("b/servers/fe01/Windows/System32/inetsrv/config/applicationHost.config").unwrap(), "now|b/servers/fe01");
        assert_eq!(place("applicationHost.config").unwrap(), "now|");
        for none in [
            "x/SysWOW64/inetsrv/config/applicationHost.config",
            "CFGHISTORY_x/applicationHost.config",
            "CFGHISTORY_1/administration.config",
        ] {
            assert_eq!(place(none), None, "{none}");
        }
    }
}
