//! Which server may be copied to which (N10 to N12).

use super::candidates::Candidates;
use super::refusal::Side;
use super::{Refusal, Resolved, resolve};
use crate::state::{Expectation, Expectations, Naming, State, naming};
use crate::{Inventory, Pool};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_source::Text;

/// The two servers that two names stand for, which must not be the same (N10).
///
/// # Errors
/// What is wrong with the first name, then with the second, then with the pair.
pub fn resolve_pair(inventory: &Inventory, from: &str, to: &str) -> Result<(Resolved, Resolved), Vec<Refusal>> {
    match (resolve(inventory, from), resolve(inventory, to)) {
        (Ok(from), Ok(to)) => match same(inventory, &from, &to) {
            Some(refusal) => Err(vec![refusal]),
            None => Ok((from, to)),
        },
        (from, to) => Err(from.err().into_iter().chain(to.err()).collect()),
    }
}

fn same(inventory: &Inventory, from: &Resolved, to: &Resolved) -> Option<Refusal> {
    (from.computer == to.computer).then(|| {
        let mut servers = Candidates::of(inventory).of_site(from.site.as_ref());
        servers.retain(|s| *s != from.computer);
        Refusal::SameServer { computer: from.computer.clone(), servers }
    })
}

/// Everything that forbids to copy the account from one server to another: the same server (N10), no account or different ones (N11), a source
/// that does not hold the account's password or holds an outdated one (N12). Empty where nothing forbids it.
///
/// The states must have been computed ([`crate::state::compute`]). `expectations` are those of the inventory: a fleet is many pairs.
#[must_use]
pub fn check_pair(inventory: &Inventory, expectations: &Expectations<'_>, from: &Resolved, to: &Resolved) -> Vec<Refusal> {
    if let Some(refusal) = same(inventory, from, to) {
        return vec![refusal];
    }
    let expected = |server: &Resolved| match pool_of(inventory, server).map(|p| expectations.of_pool(p)) {
        Some(Expectation::Account(account)) => Ok(account),
        Some(Expectation::NoAccount(reason)) => Err(no_account(server, reason, true)),
        Some(Expectation::Unknown(reason)) => Err(no_account(server, reason, false)),
        None => Err(no_account(server, "Its pool is not in the topology.".into(), false)),
    };
    let mut refusals = Vec::new();
    match (expected(from), expected(to)) {
        (Ok(a), Ok(b)) if a == b => refusals.extend(source(inventory, expectations, from, a)),
        (Ok(a), Ok(b)) => {
            let side = |s: &Resolved, account: &DownLevelName| Side {
                computer: s.computer.clone(),
                site: s.site_name.clone(),
                account: account.to_string(),
            };
            let mut sources = in_sync(inventory, expectations, b);
            sources.retain(|s| *s != to.computer);
            refusals.push(Refusal::DifferentAccounts { sides: Box::new([side(from, a), side(to, b)]), sources });
        }
        (a, b) => {
            refusals.extend(a.as_ref().err().cloned());
            // One sentence is enough where both servers belong to one site.
            if a.is_ok() || from.site != to.site {
                refusals.extend(b.err());
            }
            if let Ok(account) = a {
                refusals.extend(source(inventory, expectations, from, account));
            }
        }
    }
    refusals
}

fn no_account(server: &Resolved, reason: Text, proved: bool) -> Refusal {
    Refusal::NoAccount { computer: server.computer.clone(), site: server.site_name.clone(), reason, proved }
}

fn pool_of<'i>(inventory: &'i Inventory, server: &Resolved) -> Option<&'i Pool> {
    inventory.web_servers().find(|(p, c)| c.fqdn.value == server.computer && p.fqdn.value == server.pool).map(|(p, _)| p)
}

/// N12: the source must be configured with the account, and should be in sync (that an outdated source is refused is inferred).
fn source(inventory: &Inventory, expectations: &Expectations<'_>, from: &Resolved, account: &DownLevelName) -> Option<Refusal> {
    let refused = |reason: Text| {
        let mut sources = in_sync(inventory, expectations, account);
        sources.retain(|s| *s != from.computer);
        Some(Refusal::SourceNotConfigured { computer: from.computer.clone(), account: account.to_string(), reason, sources })
    };
    let state = inventory.state_of(&from.computer);
    match state.map(|s| s.state) {
        Some(State::InSync) => None,
        Some(State::Stale | State::DifferentAccount | State::NotConfigured | State::NotApplicable) => {
            refused(state.map_or(Text::EMPTY, |s| s.reason.clone()))
        }
        // Nothing to compare it with: it is enough that a secret of the account is there.
        Some(State::Unknown) | None => {
            let holds = inventory.server(&from.computer).is_some_and(|server| {
                let named = |text| naming(text, account, inventory.domains()) == Naming::Expected;
                server.in_force().is_ok_and(|c| c.slots.iter().any(|slot| slot.counts() && named(&slot.account.value)))
            });
            if holds {
                return None;
            }
            refused(state.map_or_else(|| "No configuration of this server is among the inputs.".into(), |s| s.reason.clone()))
        }
    }
}

/// The servers that are in sync with this account, sorted.
fn in_sync(inventory: &Inventory, expectations: &Expectations<'_>, account: &DownLevelName) -> Vec<HostName> {
    let mut found: Vec<HostName> = inventory
        .web_servers()
        .filter(|(p, c)| {
            matches!(expectations.of_pool(p), Expectation::Account(a) if a == account)
                && inventory.state_of(&c.fqdn.value).is_some_and(|s| s.state == State::InSync)
        })
        .map(|(_, c)| c.fqdn.value.clone())
        .collect();
    found.sort();
    found.dedup();
    found
}
