//! The groups that an account is in: directly, by its primary group, and through other groups.

use super::by_name::ByName;
use kerbsync_inventory::directory::{Account, Directory, Group};
use kerbsync_source::{Origin, Spanned};
use std::collections::{HashMap, HashSet};

/// The groups of a directory export by who is in them.
#[derive(Debug, Default)]
pub(crate) struct Groups<'i> {
    by_name: HashMap<String, &'i Group>,
    by_sid: HashMap<&'i str, &'i Group>,
    /// By the distinguished name of the member in lower case.
    with_member: ByName<(&'i Group, &'i Spanned<String>)>,
}

/// A group that an account is in: its name, its identifier where the export holds it, and what shows the membership.
#[derive(Debug)]
pub(crate) struct Membership<'i> {
    pub(crate) name: String,
    pub(crate) sid: Option<&'i str>,
    pub(crate) origin: &'i Origin,
}

impl Membership<'_> {
    /// Whether it is a group of a domain with this relative identifier, or has this English name.
    pub(crate) fn is_domain_group(&self, rid: &str, name: &str) -> bool {
        match self.sid.and_then(|sid| sid.rsplit_once('-')) {
            Some((domain, own)) => own == rid && !domain.eq_ignore_ascii_case("S-1-5-32"),
            None => self.name.eq_ignore_ascii_case(name),
        }
    }
}

impl<'i> Groups<'i> {
    pub(crate) fn of(directory: Option<&'i Directory>) -> Self {
        let mut groups = Self::default();
        for group in directory.into_iter().flat_map(|d| &d.groups) {
            groups.by_name.entry(group.distinguished_name.to_lowercase()).or_insert(group);
            if let Some(sid) = &group.sid {
                groups.by_sid.entry(sid).or_insert(group);
            }
        }
        let all = directory.into_iter().flat_map(|d| &d.groups);
        let members = all.flat_map(|group| group.members.iter().flatten().chain(&group.shown_members).map(move |member| (group, member)));
        groups.with_member = ByName::new(members.map(|(group, member)| (member.value.to_lowercase(), (group, member))));
        groups
    }

    /// The groups that list a member, by its name in lower case, and where.
    fn listing<'s>(&'s self, key: &'s str) -> impl Iterator<Item = (&'i Group, &'i Origin)> + 's {
        self.with_member.of(key, move |(_, member)| member.value.to_lowercase() == key).map(|(group, member)| (*group, &member.origin))
    }

    /// The groups that the object is in, each once.
    pub(crate) fn containing(&self, object: &'i Account) -> Vec<Membership<'i>> {
        let mut found = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let mut open: Vec<(String, &'i str, &'i Origin)> = Vec::new();
        open.extend(
            object
                .member_of
                .iter()
                .flatten()
                .chain(&object.shown_member_of)
                .map(|dn| (dn.value.to_lowercase(), dn.value.as_str(), &dn.origin)),
        );
        let own = object.distinguished_name.value.to_lowercase();
        open.extend(self.listing(&own).map(|(g, o)| (g.distinguished_name.to_lowercase(), g.distinguished_name.as_str(), o)));
        open.extend(self.primary(object).map(|(g, o)| (g.distinguished_name.to_lowercase(), g.distinguished_name.as_str(), o)));
        open.reverse();
        while let Some((key, dn, origin)) = open.pop() {
            if !seen.insert(key.clone()) {
                continue;
            }
            let group = self.by_name.get(&key);
            let name = group.map_or_else(|| common_name(dn), |g| g.name.clone());
            found.push(Membership { name, sid: group.and_then(|g| g.sid.as_deref()), origin });
            for (parent, origin) in self.listing(&key) {
                open.push((parent.distinguished_name.to_lowercase(), &parent.distinguished_name, origin));
            }
            // The object of the group above it may be missing, or not tell its members.
            let own = group.into_iter().flat_map(|g| &g.shown_member_of);
            open.extend(own.map(|dn| (dn.value.to_lowercase(), dn.value.as_str(), &dn.origin)));
        }
        // The primary group of every computer; memberOf does not list it, but a group's own list may.
        found.retain(|m| !m.is_domain_group("515", "Domain Computers"));
        found
    }

    /// The object of the primary group, which neither memberOf nor the group's own list names. Its identifier is that of the account's
    /// domain with primaryGroupID behind it.
    fn primary(&self, object: &'i Account) -> Option<(&'i Group, &'i Origin)> {
        let primary = object.primary_group.as_ref()?;
        let (domain, _) = object.sid.as_deref()?.rsplit_once('-')?;
        let group = self.by_sid.get(format!("{domain}-{}", primary.value).as_str())?;
        Some((group, &primary.origin))
    }
}

fn common_name(dn: &str) -> String {
    dn.split(',').next().and_then(|rdn| rdn.split_once('=')).map_or_else(|| dn.to_owned(), |(_, name)| name.to_owned())
}
