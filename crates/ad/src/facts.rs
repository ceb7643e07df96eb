//! What one document says.

use crate::filter::AskedFor;
use jiff::Timestamp;
use kerbsync_inventory::directory::{Account, Deleted, Domain, Group};
use kerbsync_source::{DocumentId, Level, Origin, Problem, Shown, Text, text};
use std::collections::BTreeMap;

/// Accounts whose places are put together: most of their lines are the same.
const PACKED: usize = 64;

/// The directory facts of one document, in document order. The same object may come more than once.
#[derive(Debug, Clone, Default)]
pub struct DirectoryFacts {
    /// Users and computers.
    pub accounts: Vec<Dated<Box<Account>>>,
    /// Groups.
    pub groups: Vec<Dated<Group>>,
    /// Domains: NetBIOS and DNS names.
    pub domains: Vec<Domain>,
    /// Objects that are shown as deleted.
    pub deleted: Vec<Deleted>,
    /// What the export says that it was asked for, where it says it for all of its objects.
    pub asked_for: Option<AskedFor>,
    /// Whether the export is known to be cut (a size or time limit, a damaged file): what it does not hold proves nothing.
    pub cut: bool,
    /// Whether it is no export but a list of names: it tells nothing else of its objects.
    pub names_only: bool,
}

impl DirectoryFacts {
    /// About how many bytes of memory it takes, with what is made of it.
    #[must_use]
    pub fn weight(&self) -> usize {
        let values = |a: &Account| {
            a.spns.as_ref().map_or(0, Vec::len) + a.member_of.as_ref().map_or(0, Vec::len) + a.delegates_to.as_ref().map_or(0, Vec::len)
        };
        let accounts: usize = self.accounts.iter().map(|a| 1500 + 300 * values(&a.object)).sum();
        let groups: usize = self.groups.iter().map(|g| 600 + 300 * g.object.members.as_ref().map_or(0, Vec::len)).sum();
        accounts + groups + 400 * (self.domains.len() + self.deleted.len())
    }

    /// Puts the places of accounts together, where there are enough.
    pub(crate) fn pack_full(&mut self) {
        if self.accounts.len().is_multiple_of(PACKED) {
            self.pack_last(PACKED);
        }
    }

    /// Puts the places of the last accounts together, of which there are no more.
    pub(crate) fn pack_rest(&mut self) {
        self.pack_last(self.accounts.len() % PACKED);
    }

    fn pack_last(&mut self, count: usize) {
        let start = self.accounts.len().saturating_sub(count);
        Origin::pack(self.accounts[start..].iter_mut().flat_map(|account| account.object.origins_mut()));
    }

    /// Whether the document said nothing that matters here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.groups.is_empty() && self.domains.is_empty() && self.deleted.is_empty()
    }
}

/// An object together with when it was last changed: of two exports that disagree, the later one holds.
#[derive(Debug, Clone)]
pub struct Dated<T> {
    /// The object.
    pub object: T,
    /// whenChanged, where the export holds it. UTC. It is not the same on every domain controller.
    pub changed: Option<Timestamp>,
}

/// Tells once that an export holds secrets, by the names of the attributes.
pub(crate) fn report_secrets(problems: &mut Vec<Problem>, document: DocumentId, secrets: &BTreeMap<String, (usize, Origin)>) {
    let Some((_, (_, first))) = secrets.iter().min_by(|a, b| a.1.1.cmp(&b.1.1)) else { return };
    let names = secrets.iter().map(|(name, (count, _))| text!("{} ({count})", Shown::naming(name)));
    let names = Text::join(names, ", ");
    problems.push(Problem {
        level: Level::Warning,
        code: "ad-secret",
        document,
        location: first.location(),
        message: text!("the export holds attributes with secrets: {names}. Their values were not kept"),
        help: Some("Export again without these attributes, and guard or delete this file.".into()),
    });
}
