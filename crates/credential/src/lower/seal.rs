//! Secrets for a target: protected under its own provider, and proved to open.

use super::place::resolve;
use crate::layouts::layout;
use crate::view::ConfigurationView;
use kerbsync_iis::protection::{KeyFile, Opener, ProtectionProvider, ProviderKind, protect};
use kerbsync_iis::same_name;
use kerbsync_inventory::ProviderPurpose;
use kerbsync_plan::SlotAddress;
use kerbsync_plan::lower::{LowerError, ReadBackFault, SlotFault};
use kerbsync_secret::{ProtectedValue, Secret};

/// The text that goes into the secret's place.
pub(super) fn protect_for(
    view: &ConfigurationView<'_, '_>,
    address: &SlotAddress,
    keys: &[KeyFile],
    secret: &Secret,
    accept_inferred: bool,
) -> Result<String, LowerError> {
    let providers = view.host.providers();
    let provider = provider(&providers, address)?;
    let value = protect(provider, keys, secret, accept_inferred)
        .map_err(|e| SlotFault::NotProtectable { provider: provider.name().value.to_string(), cause: e.to_string() }.of(address))?;
    Ok(format!("[enc:{}:{}:enc]", value.provider(), value.payload()))
}

/// Only the activation service reads the identities of pools, with a key of its own; everything else is under the general provider. That
/// is what the real schemas say, for AES. On servers with CNG the AES providers stay in the file, and IIS goes by the name in the value.
fn provider<'p, 'd>(providers: &'p [ProtectionProvider<'d>], address: &SlotAddress) -> Result<&'p ProtectionProvider<'d>, LowerError> {
    let purpose = layout(address.layout).purpose();
    let (was, usual) = (purpose == ProviderPurpose::WorkerProcesses, purpose.provider());
    let named = providers.iter().find(|p| same_name(&p.name().value, usual));
    // Another name with the same purpose still tells what IIS would use, and why it cannot be written.
    let other = || {
        let of_was = |p: &&ProtectionProvider<'_>| p.name().value.to_ascii_lowercase().starts_with("iiswasonly");
        let fits = |p: &&ProtectionProvider<'_>| of_was(p) == was;
        let kind = |kind| providers.iter().filter(fits).find(move |p| p.kind() == kind);
        kind(ProviderKind::Aes).or_else(|| kind(ProviderKind::Cng))
    };
    named.or_else(other).ok_or_else(|| SlotFault::NoProvider { provider: usual.to_owned() }.of(address))
}

/// The text that stands in the secret's place, when it opens to `secret` with the target's keys.
pub(super) fn proved(
    view: &ConfigurationView<'_, '_>,
    address: &SlotAddress,
    keys: &[KeyFile],
    secret: &Secret,
) -> Result<String, LowerError> {
    let fault = |fault| SlotFault::ReadBack(fault).of(address);
    let target = resolve(view, address)?.ok_or_else(|| fault(ReadBackFault::Missing))?;
    let text = target.secret.value().ok_or_else(|| fault(ReadBackFault::NoSecret))?;
    let value = ProtectedValue::parse(&text).map_err(|_| fault(ReadBackFault::NotProtected))?;
    let providers = view.host.providers();
    let opened = Opener::new(&providers, keys).open(&value);
    let opened = opened.map_err(|e| fault(ReadBackFault::DoesNotOpen { cause: e.to_string() }))?;
    if opened.secret.expose() != secret.expose() {
        return Err(fault(ReadBackFault::OtherSecret));
    }
    Ok(text.into_owned())
}
