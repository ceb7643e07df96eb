//! Input documents: what each was taken for, and whether it could be read.

use kerbsync_names::HostName;
use kerbsync_source::{DocumentId, Problem, Text};
use std::sync::Arc;

/// One input file, or one member of an archive.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its number: the index in [`Inventory::documents`](crate::Inventory::documents).
    pub id: DocumentId,
    /// Path as given and below it, `/` between parts; a member of an archive as `archive.zip!/member`.
    pub path: Arc<str>,
    /// How many bytes of the path are what the user gave: the folder or archive, or the folder of a file.
    pub root: usize,
    /// SHA-256 of the bytes, 64 hex digits in lower case; absent where the bytes could not be read.
    pub sha256: Option<Arc<str>>,
    /// Length in bytes.
    pub bytes: u64,
    /// What it was recognised as, by content.
    pub kind: DocumentKind,
    /// Whether it could be used.
    pub status: DocumentStatus,
    /// The server it belongs to, where its place in the bundle says so (`servers/<fqdn>/…`).
    pub computer: Option<HostName>,
    /// When its bytes were last changed where it was read, as manifest.json says. UTC.
    pub written: Option<jiff::Timestamp>,
    /// When it was read from the live system, as manifest.json says. UTC.
    pub read_at: Option<jiff::Timestamp>,
    /// When the file was last changed, where its store says so: a hint for people, which a copy changes, and which decides nothing. UTC.
    pub modified: Option<jiff::Timestamp>,
    /// What its reader noticed.
    pub problems: Vec<Problem>,
}

/// Bytes below which a document that is of no use may be nothing but a secret.
const SHORT: u64 = 256;

impl Document {
    /// Whether the digest must not be published: of a short text of no known use (a password in a file) it could be guessed against.
    #[must_use]
    pub fn is_too_short_to_publish(&self) -> bool {
        self.sha256.is_some() && self.bytes > 0 && self.bytes < SHORT && self.status != DocumentStatus::Used
    }

    /// The digest as it may be published.
    ///
    /// # Errors
    /// What stands in its place, in words.
    pub fn published_sha256(&self) -> Result<&Arc<str>, &'static str> {
        match &self.sha256 {
            Some(_) if self.is_too_short_to_publish() => Err("too short to publish"),
            Some(sha256) => Ok(sha256),
            None => Err("not read"),
        }
    }
}

impl Document {
    /// The path below what the user gave.
    #[must_use]
    pub fn below_root(&self) -> &str {
        self.path.get(self.root..).unwrap_or(&self.path)
    }
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the name of each variant says it; `name` prints it")]
pub enum DocumentKind {
    Topology,
    TopologyBuilder,
    DocItemSet,
    AnchoredXml,
    ManagementLog,
    ManagementLogHtml,
    Clixml,
    Json,
    Csv,
    FormatList,
    Ldif,
    Setspn,
    ApplicationHost,
    ApplicationHostHistory,
    Redirection,
    IisSchema,
    KeyContainer,
    ProjectConfiguration,
    TicketProof,
    Archive,
    Empty,
    Unrecognised,
}

impl DocumentKind {
    /// The kebab-case name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Topology => "topology",
            Self::TopologyBuilder => "topology-builder",
            Self::DocItemSet => "doc-item-set",
            Self::AnchoredXml => "anchored-xml",
            Self::ManagementLog => "management-log",
            Self::ManagementLogHtml => "management-log-html",
            Self::Clixml => "clixml",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::FormatList => "format-list",
            Self::Ldif => "ldif",
            Self::Setspn => "setspn",
            Self::ApplicationHost => "application-host",
            Self::ApplicationHostHistory => "application-host-history",
            Self::Redirection => "redirection",
            Self::IisSchema => "iis-schema",
            Self::KeyContainer => "key-container",
            Self::ProjectConfiguration => "project-configuration",
            Self::TicketProof => "ticket-proof",
            Self::Archive => "archive",
            Self::Empty => "empty",
            Self::Unrecognised => "unrecognised",
        }
    }
}

/// What became of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentStatus {
    /// Read, and its facts are in the inventory.
    Used,
    /// Recognised and read, but another document speaks for the same thing, or nothing in it matters; the text says which.
    SetAside(Text),
    /// Not one of the kinds that are read: noise, which never counts as a failure.
    Noise(Text),
    /// Recognised or expected, but it cannot be read, or not from the place of the problem on. What stands before that place is in the
    /// inventory all the same; what is not there proves nothing. Counts for exit code 4.
    Unreadable(Problem),
}
