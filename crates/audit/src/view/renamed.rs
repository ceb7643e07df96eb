//! Which object an assigned account may be that is not there under its name.

use super::{AccountView, Object, View};
use kerbsync_inventory::directory::{Account, ObjectClass};

impl<'i> View<'i> {
    /// Objects that hold names of the account's pools and look like no computer, where the account does not exist under its name: one of them
    /// may be it, renamed by hand or by replication. In the order in which the export holds them.
    pub(crate) fn perhaps_renamed(&self, account: &AccountView<'i>) -> Vec<&'i Account> {
        if !matches!(account.object, Object::Absent) {
            return Vec::new();
        }
        let pools = account.pools.iter().filter_map(|at| self.web_pools().get(*at));
        let names = pools.flat_map(|pool| [Some(pool.spn()), pool.override_spn()]).flatten();
        let mut found: Vec<&'i Account> = Vec::new();
        for name in names {
            for (object, _) in self.holders(&name) {
                if self.looks_like_an_account(object) && !found.iter().any(|known| std::ptr::eq(*known, object)) {
                    found.push(object);
                }
            }
        }
        found.sort_by(|a, b| a.origin.cmp(&b.origin));
        found
    }

    /// The assigned account that does not exist under its name and that the object may be.
    pub(crate) fn may_be(&self, object: &Account) -> Option<&AccountView<'i>> {
        self.accounts().iter().find(|account| self.perhaps_renamed(account).iter().any(|other| std::ptr::eq(*other, object)))
    }

    /// Whether an object is a computer object that shows nothing of a computer.
    fn looks_like_an_account(&self, object: &Account) -> bool {
        let is_host = object.spns.iter().flatten().any(|s| s.value.class().eq_ignore_ascii_case("HOST"));
        let is_server = || self.inventory.computers().filter_map(|(_, c)| self.machine(&c.fqdn.value)).any(|m| std::ptr::eq(m, object));
        object.class.as_ref().is_none_or(|c| c.value == ObjectClass::Computer) && object.dns_host_name.is_none() && !is_host && !is_server()
    }
}
