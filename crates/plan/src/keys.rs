//! Whether a secret can be encrypted for a server.

use crate::check::Checks;
use kerbsync_inventory::{ProviderKey, ProviderPurpose, SecretState, ServerConfiguration};
use kerbsync_names::HostName;
use kerbsync_source::{Shown, text};
use std::collections::BTreeSet;

const ID: &str = "keys";
const REMEDY: &str =
    "export the server's key containers with aspnet_regiis -px <container> <file> -pri and put the files below servers/<fqdn>/keys/";

pub(crate) fn check(server: &ServerConfiguration, purposes: &BTreeSet<ProviderPurpose>, accept_inferred: bool, checks: &mut Checks) {
    let computer: &HostName = &server.computer;
    let names: BTreeSet<&'static str> = purposes.iter().map(|p| p.provider()).collect();
    for name in names {
        let provider = server.providers.iter().find(|p| p.name.value.eq_ignore_ascii_case(name));
        let container = Shown::naming(provider.and_then(|p| p.key_container.as_deref()).unwrap_or("?"));
        match provider.map(|p| &p.key) {
            Some(ProviderKey::Fits(_)) => checks.pass(ID, computer, text!("A key of {name} (container {container}) opens its values.")),
            Some(ProviderKey::Unused) => {
                let reason = text!("No value of this server uses {name}, so no key of container {container} could be tried.");
                checks.unknown(ID, computer, reason, "applying refuses this server when no key of it fits");
            }
            Some(ProviderKey::NoneFits) => {
                checks.fail(ID, computer, text!("None of the keys at hand fits {name} (container {container})."), REMEDY);
            }
            Some(ProviderKey::NoKey) => checks.fail(ID, computer, text!("No key of {name} (container {container}) is at hand."), REMEDY),
            Some(ProviderKey::Unsupported) => {
                checks.fail(
                    ID,
                    computer,
                    text!("Values under {name} cannot be written by this program."),
                    "use the product's cmdlet for this server",
                );
            }
            // Another provider takes its place when the plan is applied, or the step is refused there.
            None => {
                let reason = text!("Its configuration declares no provider {name}; another one would have to serve.");
                checks.unknown(ID, computer, reason, "applying refuses this server when none does");
            }
        }
    }
    inferred(server, accept_inferred, checks);
}

/// Values in a layout that is inferred are only trusted, and only written, when the administrator says so.
pub(crate) fn inferred(server: &ServerConfiguration, accept: bool, checks: &mut Checks) {
    let rests = server.slots.iter().any(|s| matches!(s.secret, SecretState::Opened { inferred: true, .. }));
    if !rests {
        return;
    }
    let reason = "Its secrets are in a layout that is inferred, not verified.";
    if accept {
        checks.pass("inferred-protection", &server.computer, text!("{reason} That was accepted."));
    } else {
        let remedy = "accept it with --accept-inferred-protection or accept_inferred_protection = true in kerbsync.toml";
        checks.fail("inferred-protection", &server.computer, reason, remedy);
    }
}
