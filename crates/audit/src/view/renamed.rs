//! Which object an assigned account may be that is not there under its name.

use super::{AccountView, Object, View};
use kerbsync_inventory::directory::{Account, ObjectClass};
use std::collections::{HashMap, HashSet};

/// What was found of all assigned accounts that do not exist under their names, once for all who ask.
#[derive(Debug, Default)]
pub(super) struct Renamed<'i> {
    /// By index of the account: objects that it may be, in the order in which the export holds them.
    objects: HashMap<usize, Vec<&'i Account>>,
    /// By address of the object: index of the first account that it may be.
    accounts: HashMap<usize, usize>,
}

impl<'i> Renamed<'i> {
    pub(super) fn of(view: &View<'i>) -> Self {
        let mut renamed = Self::default();
        let absent = || view.accounts().iter().enumerate().filter(|(_, account)| matches!(account.object, Object::Absent));
        if absent().next().is_none() {
            return renamed;
        }
        let machines: HashSet<usize> = view.inventory.computers().filter_map(|(_, c)| view.machine(&c.fqdn.value)).map(address).collect();
        for (index, account) in absent() {
            let pools = account.pools.iter().filter_map(|at| view.web_pools().get(*at));
            let names = pools.flat_map(|pool| [Some(pool.spn()), pool.override_spn()]).flatten();
            let mut seen = HashSet::new();
            let is_it = |object: &&Account| looks_like_an_account(object) && !machines.contains(&address(object));
            let holders = names.flat_map(|name| view.holders(&name)).map(|(object, _)| object);
            let mut found: Vec<&'i Account> = holders.filter(|object| seen.insert(address(object))).filter(is_it).collect();
            found.sort_by(|a, b| a.origin.cmp(&b.origin));
            for object in &found {
                renamed.accounts.entry(address(object)).or_insert(index);
            }
            renamed.objects.insert(index, found);
        }
        renamed
    }
}

impl<'i> View<'i> {
    /// Objects that hold names of the account's pools and look like no computer, where the account does not exist under its name: one of them
    /// may be it, renamed by hand or by replication. In the order in which the export holds them.
    pub(crate) fn perhaps_renamed(&self, account: &AccountView<'i>) -> &[&'i Account] {
        let index = self.accounts().iter().position(|known| std::ptr::eq(known, account));
        index.and_then(|index| self.renamed.objects.get(&index)).map_or(&[], Vec::as_slice)
    }

    /// The assigned account that does not exist under its name and that the object may be.
    pub(crate) fn may_be(&self, object: &Account) -> Option<&AccountView<'i>> {
        self.accounts().get(*self.renamed.accounts.get(&address(object))?)
    }
}

fn address(object: &Account) -> usize {
    std::ptr::from_ref(object) as usize
}

/// Whether an object is a computer object that shows nothing of a computer.
fn looks_like_an_account(object: &Account) -> bool {
    let is_host = object.spns.iter().flatten().any(|s| s.value.class().eq_ignore_ascii_case("HOST"));
    object.class.as_ref().is_none_or(|c| c.value == ObjectClass::Computer) && object.dns_host_name.is_none() && !is_host
}
