//! Assigned accounts and their objects in the directory.

use super::by_name::ByName;
use super::{Holder, RealMachine};
use crate::Subject;
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::directory::{Account, Completeness, Directory, ObjectClass};
use kerbsync_inventory::state::account_key;
use kerbsync_inventory::{Assignment, Inventory};
use kerbsync_names::DownLevelName;
use kerbsync_source::Origin;
use std::collections::HashMap;

/// An account that is assigned to at least one site.
#[derive(Debug)]
pub struct AccountView<'i> {
    /// Its name, in the letters of the first assignment.
    pub name: &'i DownLevelName,
    /// The assignments that name it.
    pub assignments: Vec<&'i Assignment>,
    /// Indices of the pools of its sites in [`View::web_pools`](crate::View::web_pools).
    pub pools: Vec<usize>,
    /// Its object in the directory.
    pub object: Object<'i>,
    /// What shows that it is the account of a computer that exists.
    pub(crate) machine: Option<RealMachine<'i>>,
}

/// What a directory export says of an object.
#[derive(Debug, Clone, Copy)]
pub enum Object<'i> {
    /// It is there.
    Found(&'i Account),
    /// It is not there, and the export is known to hold every object of the account's domain.
    Absent,
    /// It is not there, but the export may not hold every object.
    NotInExport,
    /// There is no directory export.
    NoExport,
}

impl<'i> AccountView<'i> {
    /// The account as a subject.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::Account(self.name.to_string().into())
    }

    /// Where the account is first assigned.
    #[must_use]
    pub fn origin(&self) -> Option<&'i Origin> {
        self.assignments.first().map(|a| &a.account_text.origin)
    }

    /// The command that reads the whole object.
    pub(crate) fn get_all(&self) -> Advice {
        Advice::run(commands::show_computer(self.name.account(), "*"))
    }
}

pub(super) fn all(inventory: &Inventory) -> (Vec<AccountView<'_>>, HashMap<String, usize>) {
    let mut accounts: Vec<AccountView<'_>> = Vec::new();
    let mut account_of: HashMap<String, usize> = HashMap::new();
    for assignment in &inventory.assignments {
        let Ok(name) = &assignment.account else { continue };
        let at = *account_of.entry(account_key(name, inventory.domains())).or_insert(accounts.len());
        match accounts.get_mut(at) {
            Some(account) => account.assignments.push(assignment),
            None => accounts.push(AccountView {
                name,
                assignments: vec![assignment],
                pools: Vec::new(),
                object: look_up(inventory.directory.as_ref(), name),
                machine: None,
            }),
        }
    }
    (accounts, account_of)
}

fn look_up<'i>(directory: Option<&'i Directory>, name: &DownLevelName) -> Object<'i> {
    let Some(directory) = directory else { return Object::NoExport };
    match directory.account(name) {
        Some(account) => Object::Found(account),
        None if directory.completeness == Completeness::Complete && covers(directory, name) => Object::Absent,
        None => Object::NotInExport,
    }
}

/// Whether the export holds any object of the domain that the account belongs to.
fn covers(directory: &Directory, name: &DownLevelName) -> bool {
    let mapped = directory.domains.iter().find(|d| d.netbios.eq_ignore_ascii_case(name.domain()));
    directory.accounts.iter().filter_map(|a| a.domain.as_deref()).any(|own| match mapped {
        Some(domain) => domain.dns.eq_ignore_ascii_case(own),
        None => own.eq_ignore_ascii_case(name.domain()) || own.split('.').next().is_some_and(|l| l.eq_ignore_ascii_case(name.domain())),
    })
}

/// Every service principal name of the export, with who holds it.
pub(super) fn holders(inventory: &Inventory) -> ByName<Holder<'_>> {
    let accounts = inventory.directory.iter().flat_map(|d| &d.accounts);
    ByName::new(accounts.flat_map(|account| {
        let Account { spns, shown_spns, .. } = &**account;
        spns.iter().flatten().chain(shown_spns).map(move |spn| (&spn.value, (&**account, spn)))
    }))
}

/// Computer objects by their short name in lower case.
pub(super) fn machines(inventory: &Inventory) -> ByName<&Account> {
    let accounts = inventory.directory.iter().flat_map(|d| &d.accounts).map(|account| &**account);
    let machines = accounts.filter(|account| account.class.as_ref().is_none_or(|c| c.value == ObjectClass::Computer));
    ByName::new(machines.map(|machine| (machine.short_name().to_lowercase(), machine)))
}
