//! Settings of IIS beyond those of the Kerberos account, kept only where an audit of the hardening asks for them.

use kerbsync_source::{DocumentId, Origin, SharedSpot, Tell, Teller};
use std::sync::Arc;

/// What holds on one server.
#[derive(Debug, Clone)]
pub struct Hardening {
    /// The configuration that says so.
    pub document: DocumentId,
    /// Values in force, in the order of the table of settings and of the document. There are hundreds, and most servers of a deployment have
    /// the same in the same places, so they are shared.
    pub facts: Arc<[HardeningFact]>,
}

impl Hardening {
    /// The values of one setting: `directoryBrowse@enabled`.
    pub fn of<'h>(&'h self, setting: &'h str) -> impl Iterator<Item = &'h HardeningFact> {
        self.facts.iter().filter(move |f| f.setting == setting)
    }

    /// What decided a value of this server.
    #[must_use]
    pub fn origin_of(&self, fact: &HardeningFact) -> Origin {
        Origin::from_parts(self.document, fact.spot.clone())
    }
}

/// A value in force at one place, as far as one file tells.
#[derive(Debug, Clone)]
pub struct HardeningFact {
    /// The setting: the section, elements below it, and after `@` the attribute; without one it is a collection.
    pub setting: &'static str,
    /// Where it holds.
    pub scope: HardeningScope,
    /// The value as written, or the schema's default; of a collection its keys, joined by a line end. It may hold anything: it is shown
    /// through the gate alone.
    pub value: Arc<str>,
    /// Whether nothing in the file says so, and the schema's default holds.
    pub is_default: bool,
    /// What decided it, in the configuration of the server; absent for the whole document, where the schema's default holds.
    pub spot: Option<SharedSpot>,
    /// Why it need not be the value in force.
    pub doubt: Option<HardeningDoubt>,
}

/// Where a setting holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HardeningScope {
    /// The whole server: defaults, and what stands outside of every site.
    Server,
    /// A web site.
    Site(Arc<str>),
    /// A path below a web site that has a location of its own for the section.
    Path(Arc<str>),
    /// An application pool that serves a web site.
    Pool(Arc<str>),
}

impl Tell for HardeningScope {
    fn tell(&self, to: &mut Teller<'_, '_>) -> std::fmt::Result {
        let (what, name) = match self {
            Self::Server => return to.words("the server"),
            Self::Site(name) => ("web site", name),
            Self::Path(path) => ("path", path),
            Self::Pool(name) => ("application pool", name),
        };
        to.words(what)?;
        to.words(" '")?;
        to.naming(name)?;
        to.words("'")
    }
}

/// Why the value of a file need not be the one in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HardeningDoubt {
    /// Nothing in the file locks it: a web.config, which is not among the inputs, may say otherwise.
    WebConfig,
    /// It is not handed down to the applications below.
    ChildApplications,
    /// The file does not say it, and versions of IIS differ in what holds then.
    Version,
    /// It stands in another file, or is sealed: its value is not known at all.
    NotHere,
}
