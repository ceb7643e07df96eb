//! Puts a plan together from what its kind decides.

use crate::check::{Checks, Refused};
use crate::{Change, DirectoryStep, FollowUp, Intent, OutageWindow, Plan, PlanInput, PlanReport, Reason, SCHEMA, SecretFrom, Step, Told};
use kerbsync_advice::commands;
use kerbsync_inventory::state::{Naming, naming};
use kerbsync_inventory::{Document, DocumentStatus, Inventory};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_source::{Shown, Text, text};
use std::collections::BTreeSet;

/// What is common to every kind of plan.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Who asks, `DOMAIN\name`.
    pub operator: Option<String>,
    /// Whether an operator is accepted whom the directory does not show to be a member of the administrators' group.
    pub operator_unproved: bool,
    /// Whether protection whose layout is inferred is accepted.
    pub accept_inferred_protection: bool,
    /// Version of the program, for the document.
    pub tool: String,
}

/// A server whose configuration changes.
pub(crate) struct Changed<'i> {
    pub(crate) computer: HostName,
    pub(crate) document: &'i Document,
    pub(crate) sha256: &'i str,
    pub(crate) changes: Vec<Change>,
    pub(crate) why: Text,
}

/// What its kind decides of a plan.
pub(crate) struct PlanBody<'i> {
    pub(crate) intent: Intent,
    pub(crate) account: String,
    pub(crate) changed: Vec<Changed<'i>>,
    pub(crate) unchanged: Vec<Reason>,
    pub(crate) directory: Option<DirectoryStep>,
    pub(crate) follow_ups: Vec<FollowUp>,
    pub(crate) outage: Vec<OutageWindow>,
    pub(crate) waiting_on: Vec<Reason>,
    pub(crate) notes: Vec<Told>,
    /// Servers other than the changed ones whose files the plan rests on.
    pub(crate) also: Vec<HostName>,
}

pub(crate) fn plan(inventory: &Inventory, request: &Request, checks: Checks, body: PlanBody<'_>) -> Result<Plan, Refused> {
    let mut computers: BTreeSet<&HostName> = body.changed.iter().map(|c| &c.computer).collect();
    computers.extend(&body.also);
    let inputs = if body.changed.is_empty() { Vec::new() } else { inputs(inventory, |c| computers.contains(c)) };
    let planned = body.changed.iter().map(|c| Reason { subject: text!("{}", c.computer).into(), text: c.why.clone().into() }).collect();
    let steps = body.changed.into_iter().zip(1u32..).map(|(c, number)| Step {
        number,
        stage: 1,
        server: c.computer.to_string(),
        path: c.document.path.to_string(),
        sha256: c.sha256.to_owned(),
        bytes: c.document.bytes,
        changes: c.changes,
    });
    let mut plan = Plan {
        schema: SCHEMA.to_owned(),
        tool: request.tool.clone(),
        digest: String::new(),
        bundle: None,
        intent: body.intent,
        operator: request.operator.clone(),
        account: body.account,
        accept_inferred_protection: request.accept_inferred_protection,
        inputs,
        preconditions: checks.into_list(),
        steps: steps.collect(),
        directory: body.directory,
        follow_ups: body.follow_ups,
        outage: body.outage,
        report: PlanReport { planned, unchanged: body.unchanged, waiting_on: body.waiting_on, notes: body.notes },
    };
    // Every field has a JSON form; a plan without a digest would be refused by whoever reads it.
    plan.digest = plan.compute_digest().unwrap_or_default();
    crate::verify(&plan).map(|()| plan).map_err(|fault| {
        let mut checks = Checks::default();
        checks.fail("plan", "the plan", Shown::quoting(&fault.to_string()), "look at the named file; two servers must not share one");
        Refused { preconditions: checks.into_list() }
    })
}

/// The documents that were used and speak for the whole estate, or for one of some servers.
fn inputs(inventory: &Inventory, is_one: impl Fn(&HostName) -> bool) -> Vec<PlanInput> {
    let rests = |d: &&Document| d.status == DocumentStatus::Used && d.computer.as_ref().is_none_or(&is_one);
    let input = |d: &Document| Some(PlanInput { path: d.path.to_string(), sha256: d.sha256.as_deref()?.to_owned(), bytes: d.bytes });
    let inputs: BTreeSet<PlanInput> = inventory.documents.iter().filter(rests).filter_map(input).collect();
    inputs.into_iter().collect()
}

/// The inputs that a plan of the same servers would rest on now, in the order of paths. A plan without steps names no server and rests on
/// none.
#[must_use]
pub fn inputs_now(inventory: &Inventory, plan: &Plan) -> Vec<PlanInput> {
    if plan.steps.is_empty() {
        return Vec::new();
    }
    let mut servers: BTreeSet<&str> = plan.steps.iter().map(|s| s.server.as_str()).collect();
    servers.extend(plan.steps.iter().flat_map(|s| &s.changes).filter_map(|change| match &change.secret {
        SecretFrom::Server { server, .. } => Some(server.as_str()),
        SecretFrom::Generated => None,
    }));
    inputs(inventory, |computer| servers.iter().any(|s| s.eq_ignore_ascii_case(computer.as_str())))
}

/// What is to be done after any plan that changes servers.
pub(crate) fn follow_ups(inventory: &Inventory, account: &DownLevelName, changed: &[Changed<'_>]) -> Vec<FollowUp> {
    let mut out = Vec::new();
    if changed.is_empty() {
        return out;
    }
    let replaced = |c: &&Changed<'_>| {
        let slots = inventory.server(&c.computer).map_or(&[][..], |s| &s.slots);
        let sets = |slot: &&kerbsync_inventory::Slot| c.changes.iter().any(|ch| ch.slot.key == slot.key);
        let another = |slot: &kerbsync_inventory::Slot| {
            !slot.account.value.text.is_empty() && naming(&slot.account.value, account, inventory.domains()) == Naming::Another
        };
        slots.iter().filter(sets).any(another)
    };
    let names: Vec<Text> = changed.iter().filter(replaced).map(|c| text!("{}", c.computer)).collect();
    if !names.is_empty() {
        out.push(FollowUp {
            id: "enable-topology".to_owned(),
            subject: Text::join(names, ", ").into(),
            reason: text!(
                "These servers named another account, so the assignment was changed: the SPNs of {account} exist only after Enable-CsTopology."
            )
            .into(),
            command: commands::enable_topology().line().ok(),
        });
    }
    out.push(FollowUp {
        id: "recycle".to_owned(),
        subject: list(changed.iter().map(|c| &c.computer)).into(),
        reason: "Worker processes may go on with what they read at their start (what the product does here is unknown).".into(),
        command: None,
    });
    for site in sites(inventory, |computer| changed.iter().any(|c| c.computer == *computer)) {
        // A name that a shell could run gives a sentence in place of the command.
        let test = commands::test_assignment(Some(site)).line();
        let hostile = test.as_ref().err().map_or(Text::EMPTY, |why| text!(" {}", why.sentence()));
        out.push(FollowUp {
            id: "test-assignment".to_owned(),
            subject: text!("site {}", Shown::naming(site)).into(),
            reason: text!("Only a live test proves that the password is that of Active Directory.{hostile}").into(),
            command: test.ok(),
        });
    }
    out
}

/// Names of the sites whose web servers a plan changes, in order: those that a test should follow for.
#[must_use]
pub fn changed_sites(inventory: &Inventory, plan: &Plan) -> Vec<String> {
    let changed = |computer: &HostName| plan.steps.iter().any(|s| s.server.eq_ignore_ascii_case(computer.as_str()));
    sites(inventory, changed).into_iter().map(str::to_owned).collect()
}

/// Names of the sites of some web servers, in order.
fn sites(inventory: &Inventory, of: impl Fn(&HostName) -> bool) -> BTreeSet<&str> {
    let servers = inventory.web_servers().filter(|(_, computer)| of(&computer.fqdn.value));
    let sites = servers.filter_map(|(pool, _)| inventory.site(pool.site.as_ref()?));
    sites.map(|site| site.name.value.as_str()).collect()
}

/// Names for a sentence; many are counted.
pub(crate) fn list<'n>(names: impl Iterator<Item = &'n HostName>) -> Text {
    let names: Vec<Text> = names.map(|name| text!("{name}")).collect();
    match names.split_at_checked(8) {
        Some((shown, rest)) if !rest.is_empty() => text!("{} and {} others", Text::join(shown, ", "), rest.len()),
        _ => Text::join(names, ", "),
    }
}
