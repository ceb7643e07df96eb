//! Whether the source of a copy holds the account's current password.

use crate::check::Checks;
use kerbsync_inventory::Inventory;
use kerbsync_inventory::resolve::Resolved;
use kerbsync_inventory::state::{Basis, State};
use kerbsync_source::text;

const ID: &str = "source-current";

/// A source is refused where a proof or dated evidence says that its password is an old one: copying it would stop servers that work. A
/// source without a proof is told, with the test that proves it.
pub(crate) fn check(inventory: &Inventory, source: &Resolved, checks: &mut Checks) {
    let computer = &source.computer;
    let site = source.site.as_ref().and_then(|id| inventory.site(id));
    let test = kerbsync_advice::commands::test_assignment(site.map(|s| s.name.value.as_str()));
    let Some(state) = inventory.state_of(computer) else {
        return checks.unknown(ID, computer, "No input proves that it holds the current password.", text!("before this, run\n{test}"));
    };
    let proved = matches!(state.basis, Basis::Directory | Basis::ProductReport);
    let against = state.contradiction.as_ref().map(|why| (why, "It is contradicted that it holds the current password"));
    let stale = (proved && state.state == State::Stale).then_some((&state.reason, "It does not hold the current password"));
    if let Some((why, what)) = stale.or(against) {
        let remedy = text!("copy from a server that is in sync; the test that tells which is\n{test}");
        return checks.fail(ID, computer, text!("{what}: {why}"), &remedy);
    }
    match state.state {
        State::InSync if proved => checks.pass(ID, computer, state.reason.clone()),
        _ => {
            let reason = text!("No input proves that it holds the current password: {}", state.reason);
            checks.unknown(ID, computer, reason, text!("before this, run\n{test}"));
        }
    }
}
