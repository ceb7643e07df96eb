//! Secrets for a target: protected under its own provider, and proved to open.

use super::place::resolve;
use super::refuse;
use crate::layouts::layout;
use crate::view::ConfigurationView;
use kerbsync_iis::protection::{KeyFile, Opener, ProtectionProvider, ProviderKind, protect};
use kerbsync_iis::same_name;
use kerbsync_inventory::ProviderPurpose;
use kerbsync_plan::SlotAddress;
use kerbsync_plan::lower::LowerError;
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
        .map_err(|e| refuse(format!("the secret of {} cannot be protected under {}: {e}", address.label(), provider.name().value)))?;
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
    named.or_else(other).ok_or_else(|| {
        refuse(format!(
            "the configuration declares no protection provider {usual}, so the secret of {} cannot be protected",
            address.label()
        ))
    })
}

/// The text that stands in the secret's place, when it opens to `secret` with the target's keys.
pub(super) fn proved(
    view: &ConfigurationView<'_, '_>,
    address: &SlotAddress,
    keys: &[KeyFile],
    secret: &Secret,
) -> Result<String, LowerError> {
    let label = address.label();
    let target = resolve(view, address)?.ok_or_else(|| refuse(format!("{label} is not there after writing")))?;
    let text = target.secret.value().ok_or_else(|| refuse(format!("{label} has no secret after writing")))?;
    let value = ProtectedValue::parse(&text).map_err(|_| refuse(format!("the secret of {label} is not protected after writing")))?;
    let providers = view.host.providers();
    let opened = Opener::new(&providers, keys).open(&value);
    let opened = opened.map_err(|e| refuse(format!("the secret of {label} does not open after writing: {e}")))?;
    if opened.secret.expose() != secret.expose() {
        return Err(refuse(format!("the secret of {label} opens to another one than was to be written")));
    }
    Ok(text.into_owned())
}
