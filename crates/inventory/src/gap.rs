//! What could not be joined or proved, and why.

use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{DocumentId, Text};

/// Something that is not known.
#[derive(Debug, Clone)]
pub struct Gap {
    /// What it is about.
    pub subject: GapSubject,
    /// Kebab-case id of the kind of gap, stable.
    pub code: &'static str,
    /// Why it is not known: one sentence.
    pub reason: Text,
    /// The live command that would tell, or the file to add.
    pub remedy: Option<Text>,
    /// The document that shows it, where one does.
    pub document: Option<DocumentId>,
}

/// What a gap is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GapSubject {
    /// The whole estate.
    Estate,
    /// A site.
    Site(SiteId),
    /// A pool, by name.
    Pool(HostName),
    /// A computer.
    Computer(HostName),
    /// An account, as written.
    Account(String),
    /// A document.
    Document(DocumentId),
}
