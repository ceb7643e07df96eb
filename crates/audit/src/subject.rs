//! What a verdict is about.

use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{DocumentId, Words};
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
    /// A site: its id, and its name.
    Site(Arc<Within<SiteId>>),
    /// A pool.
    Pool(HostName),
    /// A server.
    Server(HostName),
    /// An account, as `DOMAIN\name` or as written.
    Account(Arc<str>),
    /// A slot: its server, and the text of its key.
    Slot(Arc<Within<HostName>>),
    /// An assignment: the site and the account, both as written.
    Assignment(Arc<Within<Arc<str>>>),
    /// A document: its number and path.
    Document(DocumentId, Arc<str>),
    /// A waiver: what it says it covers.
    Waiver(Arc<str>),
}

/// What only two parts name together. Many verdicts are about the same, so that they share it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Within<H> {
    /// What holds it, or by what it is told apart.
    pub holder: H,
    /// Its own name.
    pub name: Arc<str>,
    letters: Arc<str>,
}

impl Subject {
    /// A site.
    #[must_use]
    pub fn site(id: SiteId, name: &str) -> Self {
        Self::Site(Arc::new(Within { holder: id, name: name.into(), letters: format!("site:{name}").into() }))
    }

    /// A slot of a server.
    #[must_use]
    pub fn slot(server: HostName, key: Arc<str>) -> Self {
        let letters = format!("{server}: {key}").into();
        Self::Slot(Arc::new(Within { holder: server, name: key, letters }))
    }

    /// An assignment.
    #[must_use]
    pub fn assignment(site: &str, account: &str) -> Self {
        Self::Assignment(Arc::new(Within { holder: site.into(), name: account.into(), letters: format!("{site} -> {account}").into() }))
    }

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

    /// How it is written.
    #[must_use]
    pub fn letters(&self) -> &str {
        match self {
            Self::Estate => ESTATE,
            Self::Pool(host) | Self::Server(host) => host.as_str(),
            Self::Account(text) | Self::Document(_, text) | Self::Waiver(text) => text,
            Self::Site(site) => &site.letters,
            Self::Slot(slot) => &slot.letters,
            Self::Assignment(assignment) => &assignment.letters,
        }
    }

    /// The same, for whoever keeps it: with the letters that other verdicts have.
    #[must_use]
    pub fn words(&self) -> Words {
        Words::Shared(match self {
            Self::Estate => return Words::OfSource(ESTATE),
            Self::Pool(host) | Self::Server(host) => host.to_shared(),
            Self::Account(text) | Self::Document(_, text) | Self::Waiver(text) => Arc::clone(text),
            Self::Site(site) => Arc::clone(&site.letters),
            Self::Slot(slot) => Arc::clone(&slot.letters),
            Self::Assignment(assignment) => Arc::clone(&assignment.letters),
        })
    }
}

const ESTATE: &str = "the estate";

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.letters())
    }
}
