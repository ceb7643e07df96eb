//! What a verdict is about.

use kerbsync_names::{HostName, SiteId};
use kerbsync_source::DocumentId;
use std::borrow::Cow;
use std::sync::Arc;

/// Kind of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SubjectKind {
    Estate,
    Site,
    Pool,
    Server,
    Account,
    Slot,
    Assignment,
    Document,
    Waiver,
}

impl SubjectKind {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Estate => "estate",
            Self::Site => "site",
            Self::Pool => "pool",
            Self::Server => "server",
            Self::Account => "account",
            Self::Slot => "slot",
            Self::Assignment => "assignment",
            Self::Document => "document",
            Self::Waiver => "waiver",
        }
    }
}

/// One subject.
/// Within one rule, no two subjects have the same text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The whole estate.
    Estate,
    /// A site: id and name.
    Site(SiteId, Arc<str>),
    /// A pool.
    Pool(HostName),
    /// A server.
    Server(HostName),
    /// An account, as `DOMAIN\name` or as written.
    Account(Arc<str>),
    /// A slot of a server: server, text of the slot's key.
    Slot(HostName, Arc<str>),
    /// An assignment: site as written, account as written.
    Assignment(Arc<str>, Arc<str>),
    /// A document: its number and path.
    Document(DocumentId, Arc<str>),
    /// A waiver: what it says it covers.
    Waiver(Arc<str>),
}

impl Subject {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        match self {
            Self::Estate => SubjectKind::Estate,
            Self::Site(..) => SubjectKind::Site,
            Self::Pool(_) => SubjectKind::Pool,
            Self::Server(_) => SubjectKind::Server,
            Self::Account(_) => SubjectKind::Account,
            Self::Slot(..) => SubjectKind::Slot,
            Self::Assignment(..) => SubjectKind::Assignment,
            Self::Document(..) => SubjectKind::Document,
            Self::Waiver(_) => SubjectKind::Waiver,
        }
    }

    /// How it is written; its own letters where it is nothing else, which other verdicts have too.
    #[must_use]
    pub fn letters(&self) -> Cow<'_, str> {
        match self {
            Self::Pool(host) | Self::Server(host) => host.as_str().into(),
            Self::Account(text) | Self::Document(_, text) | Self::Waiver(text) => (&**text).into(),
            Self::Estate | Self::Site(..) | Self::Slot(..) | Self::Assignment(..) => self.to_string().into(),
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Estate => f.write_str("the estate"),
            Self::Site(_, name) => write!(f, "site:{name}"),
            Self::Pool(host) | Self::Server(host) => write!(f, "{host}"),
            Self::Account(text) | Self::Waiver(text) => f.write_str(text),
            Self::Slot(host, key) => write!(f, "{host}: {key}"),
            Self::Assignment(site, account) => write!(f, "{site} -> {account}"),
            Self::Document(_, path) => f.write_str(path),
        }
    }
}
