//! Planning a new password: on every server of the account first, in Active Directory last.

use crate::assemble::{self, Changed, PlanBody, Request, follow_ups};
use crate::check::{Checks, Refused};
use crate::slots::{Wanted, changes, naming_slots, writable};
use crate::targets::of_account;
use crate::{DirectoryStep, Intent, Plan, SecretFrom, SlotAddress, Told, keys, operator, outage, restrictions};
use kerbsync_inventory::resolve::check_account;
use kerbsync_inventory::state::{Expectation, Expectations, account_key};
use kerbsync_inventory::{Assignment, Inventory, Pool, SecretState, ServerConfiguration, Slot};
use kerbsync_names::{AccountNote, DownLevelName, HostName};
use kerbsync_source::{Shown, text};
use std::collections::{BTreeMap, HashMap};

/// Plans a new password for an account. The secret is made when the plan is applied; the plan holds none.
///
/// # Errors
/// A precondition does not hold; all of them are listed. One server that cannot be written is enough: it would refuse every client after
/// the step in the directory.
pub fn plan_set_password(inventory: &Inventory, account: &str, request: &Request) -> Result<Plan, Refused> {
    let mut checks = Checks::default();
    operator::check(inventory, request.operator.as_deref(), request.operator_unproved, &mut checks);
    let parsed = match check_account(account) {
        Ok(parsed) => parsed,
        Err(refusal) => {
            checks.refusal(Shown::naming(account), &refusal);
            return Err(Refused { preconditions: checks.into_list() });
        }
    };
    let name = parsed.name;
    checks.pass("account-name", &name, "It is of the form DOMAIN\\name with at most 15 characters.");
    let servers = of_account(inventory, &name);
    if servers.is_empty() {
        let reason = if inventory.assignments_known {
            "No site with web servers has this account."
        } else {
            "No input says which sites have this account."
        };
        let remedy = "Get-CsKerberosAccountAssignment lists the assignments; export them into the bundle";
        checks.fail("account-assigned", &name, reason, remedy);
        return Err(Refused { preconditions: checks.into_list() });
    }
    checks.pass("account-assigned", &name, text!("{} web servers are to hold it.", servers.len()));
    held_elsewhere(inventory, &name, &servers, &mut checks);
    in_directory(inventory, &name, &mut checks);
    let pattern = pattern(inventory, &name, &servers);
    if pattern.is_empty() {
        let reason = "No server holds it yet, and where the product keeps it is not public.";
        checks.fail(
            "slot-known",
            &name,
            reason,
            "run Set-CsKerberosAccountPassword once, or declare the places as [[slots]] in kerbsync.toml",
        );
    }
    let mut changed = Vec::new();
    for computer in servers.keys() {
        let (server, document, sha256) = match writable(inventory, computer) {
            Ok(found) => found,
            Err((reason, remedy)) => {
                checks.fail("target-readable", computer, reason, remedy);
                continue;
            }
        };
        let planned = changes(inventory, server, &name, &pattern, None, "(the new password, encrypted for this server)");
        planned.check_creation(computer, &mut checks);
        restrictions::check(inventory, server, &planned.changes, &mut checks);
        keys::check(server, &planned.purposes, request.accept_inferred_protection, &mut checks);
        if !planned.changes.is_empty() {
            let why = "Every server of the account gets the new password.".into();
            changed.push(Changed { computer: computer.clone(), document, sha256, changes: planned.changes, why });
        }
    }
    if !checks.hold() {
        return Err(Refused { preconditions: checks.into_list() });
    }
    let scope: Vec<HostName> = servers.into_keys().collect();
    let steps: Vec<HostName> = changed.iter().map(|c| c.computer.clone()).collect();
    let mut notes: Vec<Told> = vec![
        "While the servers are done one by one, and until the new password has reached every domain controller, clients can be refused (inferred)."
            .into(),
        "Tickets issued before the change need the old key for up to 10 hours (inferred).".into(),
    ];
    notes.extend(parsed.notes.iter().filter(|n| **n == AccountNote::DnsDomain).map(|_| {
        "The domain part looks like a DNS name; every documented example has a NetBIOS name (what the product does is unknown).".into()
    }));
    let body = PlanBody {
        intent: Intent::SetPassword,
        account: name.to_string(),
        follow_ups: follow_ups(inventory, &name, &changed),
        outage: outage::of_password(inventory, &scope, &steps),
        changed,
        unchanged: Vec::new(),
        directory: Some(DirectoryStep { account: name.to_string() }),
        waiting_on: Vec::new(),
        notes,
        also: Vec::new(),
    };
    assemble::plan(inventory, request, checks, body)
}

/// Servers that hold the account and are not to get its new password: they hold the old one then.
fn held_elsewhere(inventory: &Inventory, name: &DownLevelName, servers: &BTreeMap<HostName, &Pool>, checks: &mut Checks) {
    const ID: &str = "account-elsewhere";
    let expectations = Expectations::of(inventory);
    let pools: HashMap<&HostName, &Pool> = inventory.web_servers().map(|(pool, c)| (&c.fqdn.value, pool)).collect();
    let holds = |server: &&ServerConfiguration| {
        !servers.contains_key(&server.computer) && naming_slots(server, name, inventory).any(|s| s.secret != SecretState::Empty)
    };
    let remedy = || text!("compare with what is there now: {}", kerbsync_advice::commands::assignments(None));
    if !inventory.topologies.iter().any(|t| t.used && t.complete) {
        let reason =
            "The inputs do not hold the topology of the whole deployment: servers that are not in it would go on with the old password.";
        checks.unknown(ID, name, reason, text!("export it: {}", kerbsync_advice::commands::export_topology()));
    }
    if !inventory.assignments_known {
        let reason =
            "The inputs do not hold every assignment: servers of a site whose assignment is missing would go on with the old password.";
        checks.unknown(ID, name, reason, text!("export them: {}", kerbsync_advice::commands::export_assignments()));
    }
    let key = account_key(name, inventory.domains());
    let same = |a: &&Assignment| a.account.as_ref().is_ok_and(|own| account_key(own, inventory.domains()) == key);
    for assignment in inventory.assignments.iter().filter(|a| a.site_id.is_none()).filter(same) {
        let reason = text!("It has {name} too, and no site of the topology is called so: servers of it would go on with the old password.");
        checks.unknown(ID, Shown::naming(&assignment.site_text.value), reason, remedy());
    }
    let mut others: Vec<&ServerConfiguration> = inventory.servers.iter().filter(holds).collect();
    others.sort_by_key(|server| &server.computer);
    for server in others {
        let computer = &server.computer;
        match pools.get(computer).map(|pool| expectations.of_server(pool, computer)) {
            Some(Expectation::Unknown(why)) => {
                checks.fail(ID, computer, text!("It holds {name} too, and would go on with the old password. {why}"), remedy());
            }
            Some(Expectation::NoAccount(why)) => {
                checks.unknown(ID, computer, text!("It holds {name} too, and would go on with the old password. {why}"), remedy());
            }
            Some(Expectation::Account(other)) => {
                let reason = text!("It holds {name} too, and would go on with the old password. The account of its site is {other}.");
                checks.unknown(ID, computer, reason, remedy());
            }
            None => {
                let reason = text!("It holds {name} too, and would go on with the old password. It is no web server of the topology.");
                checks.unknown(ID, computer, reason, remedy());
            }
        }
    }
}

fn in_directory(inventory: &Inventory, name: &DownLevelName, checks: &mut Checks) {
    const ID: &str = "account-in-directory";
    let live = kerbsync_advice::commands::show_computer(&format!("{}$", name.account()), "Enabled");
    let Some(directory) = &inventory.directory else {
        return checks.unknown(ID, name, "No directory export is among the inputs.", text!("{live}"));
    };
    match directory.account(name) {
        Some(account) if account.is_enabled() == Some(false) => {
            checks.fail(
                ID,
                name,
                "The account is disabled.",
                text!("{}", kerbsync_advice::commands::enable_account(&format!("{}$", name.account()))),
            );
        }
        Some(_) => checks.pass(ID, name, "The directory holds it."),
        None if directory.completeness == kerbsync_inventory::directory::Completeness::Complete => {
            checks.fail(ID, name, "The directory holds no such account.", "it may have been deleted or renamed: account-missing of `kerbsync audit` tells what to look at before New-CsKerberosAccount creates a new one");
        }
        None => checks.unknown(ID, name, "The directory export does not hold it.", text!("{live}")),
    }
}

/// The places of the server that holds the account in most places; among equals, of the first by name.
fn pattern(inventory: &Inventory, name: &DownLevelName, servers: &BTreeMap<HostName, &Pool>) -> Vec<Wanted> {
    let mut best: Vec<&Slot> = Vec::new();
    for computer in servers.keys() {
        let Some(server) = inventory.server(computer) else { continue };
        let mut own: Vec<&Slot> = naming_slots(server, name, inventory).collect();
        own.sort_by_key(|slot| SlotAddress::of(slot));
        if own.len() > best.len() {
            best = own;
        }
    }
    best.into_iter().map(|slot| Wanted::like(slot, SecretFrom::Generated)).collect()
}
