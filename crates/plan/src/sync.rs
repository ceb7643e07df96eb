//! Planning the copy of one server's credential to others.

use crate::assemble::{self, Changed, Parts, Request, follow_ups, list};
use crate::check::{Checks, Refused};
use crate::slots::{Wanted, changes, naming_slots, writable};
use crate::targets::{CopyTarget, expand, of_account};
use crate::{FollowUp, Intent, Plan, Reason, SecretFrom, SlotAddress, keys, operator, outage};
use kerbsync_inventory::resolve::{Resolved, resolve};
use kerbsync_inventory::state::{EqualityTag, Expectation, Expectations, State};
use kerbsync_inventory::{Inventory, SecretState, Slot};
use kerbsync_names::{DownLevelName, HostName};

/// A copy that is asked for.
#[derive(Debug, Clone)]
pub struct SyncRequest {
    /// FQDN of the server that holds the credential.
    pub from: String,
    /// To what.
    pub to: Vec<CopyTarget>,
    /// What is common to all plans.
    pub common: Request,
}

/// Plans the copy. The states of the inventory must have been computed ([`kerbsync_inventory::state::compute`]).
///
/// The same inventory in any order of its parts gives the same steps. A target that holds the secret already gets no step, and an empty
/// secret is never copied.
///
/// # Errors
/// A precondition does not hold; all of them are listed.
pub fn plan_sync(inventory: &Inventory, request: &SyncRequest) -> Result<Plan, Refused> {
    let mut checks = Checks::default();
    operator::check(inventory, request.common.operator.as_deref(), &mut checks);
    let source = match resolve(inventory, &request.from) {
        Ok(source) => source,
        Err(refusal) => {
            checks.refusal(&request.from, &refusal);
            // The other names are judged too, so that one run tells everything.
            for target in &request.to {
                if let CopyTarget::Computer(name) = target
                    && let Err(refusal) = resolve(inventory, name)
                {
                    checks.refusal(name, &refusal);
                }
            }
            return Err(Refused { preconditions: checks.into_list() });
        }
    };
    checks.pass("server-name", &request.from, format!("{} is a web server of pool {}.", source.computer, source.pool));
    let account = expected(inventory, &source);
    let targets = expand(inventory, &source, account, &request.to, &mut checks);
    let Some(account) = account else {
        if checks.hold() {
            checks.fail(
                "same-account",
                &source.computer,
                "Its site has no Kerberos account.",
                "assign one with New-CsKerberosAccountAssignment",
            );
        }
        return Err(Refused { preconditions: checks.into_list() });
    };
    let Some((tag, wanted)) = read_source(inventory, &source.computer, account, &request.common, &mut checks) else {
        return Err(Refused { preconditions: checks.into_list() });
    };
    let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
    for computer in targets.keys() {
        let (server, document, sha256) = match writable(inventory, computer) {
            Ok(found) => found,
            Err((reason, remedy)) => {
                checks.fail("target-readable", computer, reason, remedy);
                continue;
            }
        };
        let after = format!("(the secret of {}, encrypted for this server)", source.computer);
        let planned = changes(inventory, server, account, &wanted, Some(tag), &after);
        planned.check_creation(computer, &mut checks);
        if planned.changes.is_empty() {
            let text = format!("It holds the secret of {} in every place already.", source.computer);
            unchanged.push(Reason { subject: computer.to_string(), text });
            continue;
        }
        keys::check(server, &planned.purposes, request.common.accept_inferred_protection, &mut checks);
        let why = inventory.state_of(computer).map_or_else(String::new, |s| s.reason.clone());
        changed.push(Changed { computer: computer.clone(), document, sha256, changes: planned.changes, why });
    }
    if !checks.hold() {
        return Err(Refused { preconditions: checks.into_list() });
    }
    let scope: Vec<HostName> = of_account(inventory, account).into_keys().collect();
    let steps: Vec<HostName> = changed.iter().map(|c| c.computer.clone()).collect();
    let mut follow_ups = follow_ups(inventory, account, &changed);
    follow_ups.extend(further(inventory, &scope, &source.computer, &steps, &unchanged));
    let named = |target: &CopyTarget| match target {
        // One server has one name, however it was written.
        CopyTarget::Computer(name) => resolve(inventory, name).map_or_else(|_| name.clone(), |r| r.computer.to_string()),
        other => other.to_string(),
    };
    let mut to: Vec<String> = request.to.iter().map(named).collect();
    to.sort();
    to.dedup();
    let parts = Parts {
        intent: Intent::Sync { from: source.computer.to_string(), to },
        account: account.to_string(),
        outage: if changed.is_empty() { Vec::new() } else { outage::of_sync(inventory, &scope, &source.computer, &steps) },
        changed,
        unchanged,
        directory: None,
        follow_ups,
        waiting_on: Vec::new(),
        notes: notes(inventory, &source),
        also: vec![source.computer.clone()],
    };
    assemble::plan(inventory, &request.common, checks, parts)
}

fn expected<'i>(inventory: &'i Inventory, source: &Resolved) -> Option<&'i DownLevelName> {
    let site = source.site.as_ref()?;
    match Expectations::of(inventory).of_site(site) {
        Expectation::Account(account) => Some(account),
        Expectation::NoAccount(_) | Expectation::Unknown(_) => None,
    }
}

/// The one secret of the source, and the places that hold it.
fn read_source(
    inventory: &Inventory,
    source: &HostName,
    account: &DownLevelName,
    request: &Request,
    checks: &mut Checks,
) -> Option<(EqualityTag, Vec<Wanted>)> {
    let (server, document, sha256) = match writable(inventory, source) {
        Ok(found) => found,
        Err((reason, remedy)) => {
            checks.fail("source-configured", source, reason, remedy);
            return None;
        }
    };
    let mut slots: Vec<&Slot> = naming_slots(server, account, inventory).collect();
    slots.sort_by_key(|s| SlotAddress::of(s));
    if slots.iter().all(|s| s.secret == SecretState::Empty) {
        let reason = format!("It holds no secret of {account}: an empty one is never copied.");
        checks.fail("source-configured", source, reason, "choose a server that is in sync, or set a new password");
        return None;
    }
    for slot in &slots {
        if let SecretState::Sealed { provider, reason, .. } = &slot.secret {
            let reason =
                format!("The secret of its {} is under {provider} and was not opened: {}.", slot.label, reason.trim_end_matches('.'));
            checks.fail("source-readable", source, reason, "export the source's key containers below servers/<fqdn>/keys/");
            return None;
        }
    }
    let mut tags: Vec<EqualityTag> = slots.iter().filter_map(|s| s.secret.tag()).collect();
    tags.sort_unstable();
    tags.dedup();
    let [tag] = tags[..] else {
        checks.fail(
            "source-readable",
            source,
            "Its places hold different secrets, so none of them can be chosen.",
            "choose another source",
        );
        return None;
    };
    checks.pass("source-readable", source, format!("Its secret of {account} was read."));
    keys::inferred(server, request.accept_inferred_protection, checks);
    let wanted = slots.iter().filter(|s| s.secret.tag().is_some()).map(|slot| {
        let secret = SecretFrom::Server {
            server: source.to_string(),
            path: document.path.clone(),
            sha256: sha256.to_owned(),
            slot: Box::new(SlotAddress::of(slot)),
        };
        Wanted::like(slot, secret)
    });
    Some((tag, wanted.collect()))
}

/// Servers of the account that the plan does not reach and that are not known to be in sync.
fn further(inventory: &Inventory, scope: &[HostName], source: &HostName, steps: &[HostName], unchanged: &[Reason]) -> Option<FollowUp> {
    let left: Vec<&HostName> = scope
        .iter()
        .filter(|s| *s != source && !steps.contains(s) && !unchanged.iter().any(|u| u.subject == s.as_str()))
        .filter(|s| inventory.state_of(s).is_none_or(|s| s.state != State::InSync))
        .collect();
    let first = left.first()?;
    Some(FollowUp {
        id: "sync-further".to_owned(),
        subject: list(left.iter().copied()),
        reason: "These servers are to hold the same account, are not in this plan and are not known to be in sync.".to_owned(),
        command: Some(format!("Set-CsKerberosAccountPassword -FromComputer {source} -ToComputer {first}")),
    })
}

fn notes(inventory: &Inventory, source: &Resolved) -> Vec<String> {
    let mut notes: Vec<String> = source.notes.iter().map(|n| format!("{}: {n}.", source.computer)).collect();
    let state = inventory.state_of(&source.computer);
    if let Some(state) = state.filter(|s| s.state != State::InSync) {
        notes.push(format!("That {} holds the current password is not proved: {}", source.computer, state.reason));
    }
    notes
}
