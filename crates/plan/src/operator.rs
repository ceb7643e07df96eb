//! Whether the operator may do this by the product's own rule: membership of RTCUniversalServerAdmins (documented), nested groups counted.

use crate::Precondition;
use crate::check::Checks;
use kerbsync_inventory::Inventory;
use kerbsync_inventory::directory::{Completeness, Directory, Group};
use kerbsync_names::DownLevelName;
use kerbsync_source::{Shown, Text, text};
use std::collections::BTreeSet;

/// The group whose members may run the product's cmdlets for the Kerberos account.
const ADMINS: &str = "RTCUniversalServerAdmins";
const ID: &str = "operator";
const LIVE: &str = "Get-ADGroupMember RTCUniversalServerAdmins -Recursive";

/// Whether an operator, `DOMAIN\name`, may carry out a plan that another one made: the same precondition that a plan states of its own
/// operator. `accept_unproved` also accepts an operator of whom the directory leaves it open.
#[must_use]
pub fn check_operator(inventory: &Inventory, operator: &str, accept_unproved: bool) -> Option<Precondition> {
    let mut checks = Checks::default();
    check(inventory, Some(operator), accept_unproved, &mut checks);
    checks.into_list().pop()
}

pub(crate) fn check(inventory: &Inventory, operator: Option<&str>, accept_unproved: bool, checks: &mut Checks) {
    let Some(text) = operator else {
        return checks.unknown(ID, "the operator", "Nobody was named as the operator.", "name one with --operator or in kerbsync.toml");
    };
    let name = match DownLevelName::parse(text) {
        Ok(parsed) => parsed.name,
        Err(error) => return checks.fail(ID, Shown::naming(text), text!("This is no account name: {error}."), "give it as DOMAIN\\name"),
    };
    let Some(directory) = &inventory.directory else {
        return unproved(&name, text!("No directory export says whether {name} is a member of {ADMINS}."), accept_unproved, checks);
    };
    let Some(account) = directory.account(&name) else {
        let reason = text!("The directory export holds no account {name}.");
        return match directory.completeness {
            Completeness::Complete => checks.fail(ID, &name, reason, "name an account of the directory"),
            Completeness::Partial => unproved(&name, reason, accept_unproved, checks),
        };
    };
    if account.is_enabled() == Some(false) {
        return checks.fail(ID, &name, text!("The account {name} is disabled."), "name an account that is enabled");
    }
    let own = account.member_of.iter().flatten().chain(&account.shown_member_of).map(|s| s.value.to_lowercase());
    let (reached, chain) = groups_of(directory, &account.distinguished_name.value.to_lowercase(), own.collect());
    if chain {
        return checks.pass(ID, &name, text!("{name} is a member of {ADMINS}."));
    }
    let proved = account.member_of.is_some() || directory.completeness == Completeness::Complete;
    match directory.groups.iter().find(|g| is_admins(g)) {
        Some(group) if proved && closed(directory, group) => {
            let reason = text!("{name} is not a member of {ADMINS}, directly or through {} it belongs to.", count(reached));
            checks.fail(ID, &name, reason, "let a member run it, or name the member with --operator");
        }
        _ => {
            let reason = text!("The directory export does not tell whether {name} is a member of {ADMINS}.");
            unproved(&name, reason, accept_unproved, checks);
        }
    }
}

/// The directory leaves open whether the operator is a member.
fn unproved(name: &DownLevelName, reason: Text, accepted: bool, checks: &mut Checks) {
    if accepted {
        return checks.unknown(ID, name, text!("{reason} That was accepted (--operator-unproved)."), LIVE);
    }
    let remedy = text!("export the groups with their members; or look, and accept it with --operator-unproved\n{LIVE}");
    checks.fail(ID, name, reason, remedy);
}

fn count(groups: usize) -> Text {
    match groups {
        0 => "a group that".into(),
        1 => "the group that".into(),
        n => text!("the {n} groups that"),
    }
}

fn is_admins(group: &Group) -> bool {
    group.name.eq_ignore_ascii_case(ADMINS)
}

fn is_admins_name(name: &str) -> bool {
    name.split(',').next().and_then(|rdn| rdn.split_once('=')).is_some_and(|(_, v)| v.eq_ignore_ascii_case(ADMINS))
}

/// How many groups an object belongs to, nested ones counted, and whether the administrators' one is among them.
fn groups_of(directory: &Directory, object: &str, own: Vec<String>) -> (usize, bool) {
    let mut todo = vec![object.to_owned()];
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut extra = own;
    while let Some(member) = todo.pop() {
        let listed = directory
            .groups
            .iter()
            .filter(|g| g.members.iter().flatten().chain(&g.shown_members).any(|m| m.value.to_lowercase() == member));
        let of_itself = directory.groups.iter().find(|g| g.distinguished_name.to_lowercase() == member);
        let shown = of_itself.into_iter().flat_map(|g| &g.shown_member_of).map(|dn| dn.value.to_lowercase());
        for group in listed.map(|g| g.distinguished_name.to_lowercase()).chain(shown).chain(std::mem::take(&mut extra)) {
            // A circle of groups ends here.
            if seen.insert(group.clone()) {
                todo.push(group);
            }
        }
    }
    let named = |dn: &String| {
        let group = directory.groups.iter().find(|g| g.distinguished_name.to_lowercase() == *dn);
        group.map_or_else(|| is_admins_name(dn), is_admins)
    };
    (seen.len(), seen.iter().any(named))
}

/// Whether all members of a group are known, those of groups in it too.
fn closed(directory: &Directory, group: &Group) -> bool {
    let (mut todo, mut seen) = (vec![group], BTreeSet::new());
    while let Some(group) = todo.pop() {
        if !seen.insert(group.distinguished_name.to_lowercase()) {
            continue;
        }
        let Some(members) = &group.members else { return false };
        for member in members {
            let is = |dn: &str| dn.eq_ignore_ascii_case(&member.value);
            if let Some(inner) = directory.groups.iter().find(|g| is(&g.distinguished_name)) {
                todo.push(inner);
            } else if directory.completeness == Completeness::Partial && !directory.accounts.iter().any(|a| is(&a.distinguished_name.value))
            {
                // It may be a group.
                return false;
            }
        }
    }
    true
}
