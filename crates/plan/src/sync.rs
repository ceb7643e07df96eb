//! Planning the copy of one server's credential to others.

use crate::assemble::{self, Changed, PlanBody, Request, follow_ups, list};
use crate::check::{Checks, Refused};
use crate::slots::{Wanted, changes, naming_slots, writable};
use crate::targets::{CopyTarget, expand, of_account, pair};
use crate::{FollowUp, Intent, Plan, Reason, SecretFrom, SlotAddress, Told, keys, operator, outage, restrictions, source_currency};
use kerbsync_inventory::resolve::{Resolved, resolve};
use kerbsync_inventory::state::{EqualityTag, Expectation, Expectations, State};
use kerbsync_inventory::{Inventory, SecretState, Slot};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_source::{Shown, Text, text};
use std::collections::BTreeMap;

/// A copy that is asked for.
#[derive(Debug, Clone)]
pub struct SyncRequest {
    /// FQDN of the server that holds the credential.
    pub from: String,
    /// To what.
    pub to: Vec<CopyTarget>,
    /// Servers that are left out, by FQDN.
    pub except: Vec<String>,
    /// Whether targets that cannot be done are left out and named, rather than refusing the whole plan.
    pub ready_only: bool,
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
    operator::check(inventory, request.common.operator.as_deref(), request.common.operator_unproved, &mut checks);
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
    checks.pass("server-name", &request.from, text!("{} is a web server of pool {}.", source.computer, source.pool));
    let account = expected(inventory, &source);
    let mut targets = expand(inventory, &source, account, &request.to, &mut checks);
    let mut left_out = except(inventory, &request.except, &mut targets, &mut checks);
    pairs(inventory, &source, &mut targets, request.ready_only, &mut left_out, &mut checks);
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
    let Some((tag, wanted)) = read_source(inventory, &source, account, &request.common, &mut checks) else {
        return Err(Refused { preconditions: checks.into_list() });
    };
    let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
    for computer in targets.keys() {
        let mut own = Checks::default();
        let found = writable(inventory, computer).map_err(|(reason, remedy)| own.fail("target-readable", computer, reason, remedy));
        let after = text!("(the secret of {}, encrypted for this server)", source.computer);
        let planned = found.as_ref().ok().map(|(server, ..)| changes(inventory, server, account, &wanted, Some(tag), &after));
        if let (Ok((server, ..)), Some(planned)) = (&found, &planned) {
            planned.check_creation(computer, &mut own);
            restrictions::check(inventory, server, &planned.changes, &mut own);
            if !planned.changes.is_empty() {
                keys::check(server, &planned.purposes, request.common.accept_inferred_protection, &mut own);
            }
        }
        if request.ready_only && !own.hold() {
            left_out.push(Reason { subject: text!("{computer}").into(), text: text!("Left out (--ready-only): {}", own.why_not()).into() });
            continue;
        }
        checks.extend(own);
        let (Ok((_, document, sha256)), Some(planned)) = (found, planned) else { continue };
        if planned.changes.is_empty() {
            let text = text!("It holds the secret of {} in every place already.", source.computer);
            unchanged.push(Reason { subject: text!("{computer}").into(), text: text.into() });
            continue;
        }
        let why = inventory.state_of(computer).map_or(Text::EMPTY, |s| s.reason.clone());
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
    let body = PlanBody {
        intent: Intent::Sync { from: source.computer.to_string(), to },
        account: account.to_string(),
        outage: if changed.is_empty() { Vec::new() } else { outage::of_sync(inventory, &scope, &source.computer, &steps) },
        changed,
        unchanged,
        directory: None,
        follow_ups,
        waiting_on: left_out,
        notes: notes(&source),
        also: vec![source.computer.clone()],
    };
    assemble::plan(inventory, &request.common, checks, body)
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
    resolved: &Resolved,
    account: &DownLevelName,
    request: &Request,
    checks: &mut Checks,
) -> Option<(EqualityTag, Vec<Wanted>)> {
    let source = &resolved.computer;
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
        let reason = text!("It holds no secret of {account}: an empty one is never copied.");
        checks.fail("source-configured", source, reason, "choose a server that is in sync, or set a new password");
        return None;
    }
    if let Some(slot) = slots.iter().find(|s| s.secret == SecretState::TakenOut) {
        let reason = text!("The secret of its {} was taken out of this copy of the bundle.", slot.label);
        checks.fail("source-readable", source, reason, "plan on the bundle itself, not on what `kerbsync redact` made of it");
        return None;
    }
    for slot in &slots {
        if let SecretState::Sealed { provider, reason, .. } = &slot.secret {
            let reason = text!("The secret of its {} is under {provider} and was not opened: {}.", slot.label, reason.without_end("."));
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
    checks.pass("source-readable", source, text!("Its secret of {account} was read."));
    source_currency::check(inventory, resolved, checks);
    keys::inferred(server, request.accept_inferred_protection, checks);
    let wanted = slots.iter().filter(|s| s.secret.tag().is_some()).map(|slot| {
        let secret = SecretFrom::Server {
            server: source.to_string(),
            path: document.path.to_string(),
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
        subject: list(left.iter().copied()).into(),
        reason: "These servers are to hold the same account, are not in this plan and are not known to be in sync.".into(),
        command: kerbsync_advice::commands::copy_password(source.as_str(), first.as_str()).line().ok(),
    })
}

fn notes(source: &Resolved) -> Vec<Told> {
    source.notes.iter().map(|n| text!("{}: {}.", source.computer, Shown::quoting(&n.to_string())).into()).collect()
}

/// Takes the servers out that are named, and tells so. A name that is no target is an error: it was meant to protect a server.
fn except(inventory: &Inventory, names: &[String], targets: &mut BTreeMap<HostName, Resolved>, checks: &mut Checks) -> Vec<Reason> {
    let mut left_out = Vec::new();
    for name in names {
        match resolve(inventory, name) {
            Ok(one) => match targets.remove(&one.computer) {
                Some(_) => left_out.push(Reason { subject: text!("{}", one.computer).into(), text: "Left out (--except).".into() }),
                None => checks.fail("except", name, "It is left out, and is no target.", "leave it out of --except"),
            },
            Err(refusal) => checks.refusal(name, &refusal),
        }
    }
    left_out
}

/// Checks source and targets in pairs.
fn pairs(
    inventory: &Inventory,
    source: &Resolved,
    targets: &mut BTreeMap<HostName, Resolved>,
    ready_only: bool,
    left_out: &mut Vec<Reason>,
    checks: &mut Checks,
) {
    let expectations = Expectations::of(inventory);
    targets.retain(|computer, target| {
        let mut own = Checks::default();
        pair(inventory, &expectations, source, target, &mut own);
        let ready = own.hold();
        if ready_only && !ready {
            left_out.push(Reason { subject: text!("{computer}").into(), text: text!("Left out (--ready-only): {}", own.why_not()).into() });
            return false;
        }
        checks.extend(own);
        true
    });
}
