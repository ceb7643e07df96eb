//! Reads one file in: read, hash, recognise.

use crate::Input;
use crate::items::Item;
use crate::recognise::{Recognised, problem, recognise};
use crate::server::Models;
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus};
use kerbsync_source::{DocumentId, Shown, text};
use sha2::{Digest, Sha256};

/// A file's record and what it was recognised as; `None` where it could not be read at all.
pub(crate) struct ReadFile {
    pub(crate) document: Document,
    pub(crate) content: Option<Recognised>,
}

/// The record of a file before anything is known of it.
pub(crate) fn record(id: DocumentId, path: &str, bytes: u64) -> Document {
    Document {
        id,
        path: path.into(),
        root: 0,
        sha256: None,
        bytes,
        kind: DocumentKind::Unrecognised,
        status: DocumentStatus::Noise("not looked at".into()),
        computer: None,
        written: None,
        read_at: None,
        modified: None,
        problems: Vec::new(),
    }
}

/// SHA-256 as 64 hex digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    kerbsync_source::hex(Sha256::digest(bytes))
}

/// Reads a file and recognises it.
pub(crate) fn read_file(inputs: &[Input], item: &Item) -> ReadFile {
    read_known(inputs, item, None)
}

/// The same of a file that may be like a configuration that was read before.
pub(crate) fn read_known(inputs: &[Input], item: &Item, models: Option<&Models>) -> ReadFile {
    let id = item.id;
    let mut document = record(id, &item.path, item.bytes);
    document.computer = item.server.as_ref().map(|(host, _)| host.clone());
    document.modified = item.modified.and_then(|t| jiff::Timestamp::try_from(t).ok());
    let snapshot = match item.store.get(inputs).read(&item.key) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            let (reason, remedy) = error.told();
            document.status = DocumentStatus::Unreadable(problem(id, "unreadable", text!("{}.", Shown::quoting(&reason)), remedy));
            return ReadFile { document, content: None };
        }
    };
    document.sha256 = Some(sha256(&snapshot.bytes).into());
    document.bytes = snapshot.bytes.len() as u64;
    let content = recognise(id, &item.path, snapshot.bytes, models);
    match &content {
        Recognised::Broken(kind, problem) => {
            document.kind = *kind;
            document.status = DocumentStatus::Unreadable(problem.clone());
        }
        Recognised::Noise(kind, what) => {
            document.kind = *kind;
            document.status = DocumentStatus::Noise(what.clone());
        }
        Recognised::Text(kind, _) => document.kind = *kind,
        Recognised::Xml(_) => {}
    }
    ReadFile { document, content: Some(content) }
}
