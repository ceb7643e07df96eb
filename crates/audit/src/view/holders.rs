//! Who holds a service principal name.

use super::Holder;
use kerbsync_inventory::Inventory;
use kerbsync_inventory::directory::Account;
use kerbsync_names::ServicePrincipalName;
use std::hash::{BuildHasher as _, RandomState};

/// Every name of the export with its holders. There are several for each server of a fleet, of which rules ask for few: so they are a list in
/// the order of their hashes, and not a table with room for more.
#[derive(Debug, Default)]
pub(super) struct Holders<'i> {
    hashes: RandomState,
    /// Names that are the same stand side by side, in the order of the export.
    all: Vec<Holder<'i>>,
}

impl<'i> Holders<'i> {
    pub(super) fn of(inventory: &'i Inventory) -> Self {
        let accounts = inventory.directory.iter().flat_map(|d| &d.accounts);
        let names = accounts.flat_map(|account| {
            let Account { spns, shown_spns, .. } = &**account;
            spns.iter().flatten().chain(shown_spns).map(move |spn| (&**account, spn))
        });
        let mut all: Vec<Holder<'i>> = Vec::with_capacity(names.clone().count());
        all.extend(names);
        let hashes = RandomState::new();
        all.sort_by_cached_key(|(_, spn)| hashes.hash_one(&spn.value));
        // Two names of one hash are hardly ever seen.
        for same in all.chunk_by_mut(|a, b| hashes.hash_one(&a.1.value) == hashes.hash_one(&b.1.value)).filter(|same| same.len() > 1) {
            same.sort_by(|a, b| a.1.value.cmp(&b.1.value));
        }
        // One object that lists a name twice is one holder.
        all.dedup_by(|b, a| std::ptr::eq(a.0, b.0) && a.1.value == b.1.value);
        Self { hashes, all }
    }

    /// The holders of a name.
    pub(super) fn of_name(&self, spn: &ServicePrincipalName) -> &[Holder<'i>] {
        let wanted = self.hashes.hash_one(spn);
        let order = |(_, held): &Holder<'i>| self.hashes.hash_one(&held.value).cmp(&wanted).then_with(|| held.value.cmp(spn));
        let start = self.all.partition_point(|held| order(held).is_lt());
        let length = self.all[start..].partition_point(|held| order(held).is_eq());
        &self.all[start..start + length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_inventory::directory::Directory;
    use kerbsync_source::{DocumentId, Origin, Spanned};

    fn account(name: &str, spns: &[&str]) -> Box<Account> {
        let origin = Origin::document(DocumentId(0));
        let mut account = Account::named(Spanned::new(format!("CN={name}"), origin.clone()), None);
        account.spns = Some(spns.iter().map(|s| Spanned::new(ServicePrincipalName::parse(s).unwrap(), origin.clone())).collect());
        Box::new(account)
    }

    #[test]
    fn a_name_has_its_holders_in_the_order_of_the_export_and_each_once() {
        let many: Vec<String> = (0..200).map(|n| format!("http/fe{n}.contoso.com")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut accounts = vec![
            account("c", &["http/web.contoso.com", "HOST/c"]),
            account("a", &["HTTP/WEB.contoso.com", "http/web.contoso.com", "host/a"]),
            account("d", &many),
        ];
        accounts[0].shown_spns = vec![Spanned::new(ServicePrincipalName::parse("host/a").unwrap(), Origin::document(DocumentId(0)))];
        let inventory = Inventory { directory: Some(Directory { accounts, ..Directory::default() }), ..Inventory::default() };
        let holders = Holders::of(&inventory);
        let of = |name: &str| -> Vec<&str> {
            holders.of_name(&ServicePrincipalName::parse(name).unwrap()).iter().map(|(a, _)| a.short_name()).collect()
        };
        assert_eq!((of("http/Web.contoso.com"), of("host/A"), of("host/c")), (vec!["c", "a"], vec!["c", "a"], vec!["c"]));
        assert!(many.iter().all(|name| of(name) == ["d"]) && of("http/nobody").is_empty());
        assert!(Holders::default().of_name(&ServicePrincipalName::parse("host/a").unwrap()).is_empty());
    }
}
