//! The credential slots of one configuration.

use super::{Input, Place, SLOTS, Tool};
use kerbsync_inventory::{Document, ProviderKey, SecretState, ServerConfiguration, ServerStatus, SlotRelevance};
use serde::{Deserialize, Serialize};

/// `kerbsync.slots/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotsReport {
    /// [`SLOTS`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// The configuration.
    pub input: Input,
    /// Web sites in it, the product's and others.
    pub web_sites: usize,
    /// The product's web sites that were recognised.
    pub product_web_sites: Vec<String>,
    /// Places that hold an account and a secret, in document order.
    pub slots: Vec<Slot>,
    /// Protection providers.
    pub providers: Vec<Provider>,
}

/// A place that holds an account and a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// For people.
    pub label: String,
    /// Id of the layout that found it.
    pub layout: String,
    /// How well established it is that the product uses such a place: `documented`, `declared`, `inferred` or `structural`.
    pub evidence: String,
    /// `expected` or `elsewhere`.
    pub place: String,
    /// Section path.
    pub section: String,
    /// `<location>` path.
    pub location_path: Option<String>,
    /// Whether it is in force.
    pub active: bool,
    /// The account as written.
    pub account: String,
    /// The account as `DOMAIN\name`, where that is clear.
    pub account_name: Option<String>,
    /// Name of the account's attribute or element.
    pub account_attribute: String,
    /// Name of the secret's attribute or element.
    pub secret_attribute: String,
    /// `empty`, `clear`, `opened` or `sealed`.
    pub secret: String,
    /// Provider of an encrypted secret.
    pub provider: Option<String>,
    /// Why a sealed secret was not opened.
    pub reason: Option<String>,
    /// The same letter for equal secrets in this configuration; null where no secret could be read.
    pub group: Option<String>,
    /// Where the account stands.
    pub location: Place,
    /// Where the secret stands.
    pub secret_location: Option<Place>,
}

/// A protection provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Name.
    pub name: String,
    /// Key container.
    pub key_container: Option<String>,
    /// `fits`, `none-fits`, `no-key`, `unsupported` or `unused`.
    pub key: String,
}

impl SlotsReport {
    /// Puts one configuration into the format.
    #[must_use]
    pub fn new(tool: Tool, document: &Document, server: &ServerConfiguration) -> Self {
        let mut input = Input::from(document);
        if let ServerStatus::Unreadable(problem) = &server.status {
            let problem = super::Problem::from(problem);
            if !input.problems.contains(&problem) {
                input.problems.push(problem);
            }
        }
        // Letters in the order of first appearance, so that equal inputs give equal outputs although tags are keyed anew.
        let mut tags = Vec::new();
        let mut group = |secret: &SecretState| {
            let tag = secret.tag()?;
            let index = tags.iter().position(|t| *t == tag).unwrap_or_else(|| {
                tags.push(tag);
                tags.len() - 1
            });
            Some(kerbsync_source::letters(index))
        };
        let slots = server.slots.iter().map(|slot| {
            let (secret, provider, reason) = match &slot.secret {
                SecretState::Empty => ("empty", None, None),
                SecretState::Clear(_) => ("clear", None, None),
                SecretState::TakenOut => ("taken-out", None, None),
                SecretState::Opened { provider, .. } => ("opened", Some(provider.clone()), None),
                SecretState::Sealed { provider, reason, .. } => ("sealed", Some(provider.clone()), Some(reason.to_string())),
            };
            Slot {
                label: slot.label.to_string(),
                layout: slot.layout.name().to_owned(),
                evidence: slot.evidence.name().to_owned(),
                place: match slot.relevance {
                    SlotRelevance::Expected => "expected",
                    SlotRelevance::Elsewhere => "elsewhere",
                }
                .to_owned(),
                section: slot.key.section().to_owned(),
                location_path: slot.key.location().map(str::to_owned),
                active: slot.active,
                account: slot.account.value.text.clone(),
                account_name: slot.account.value.name.as_ref().map(ToString::to_string),
                account_attribute: slot.account_attribute.clone(),
                secret_attribute: slot.secret_attribute.clone(),
                secret: secret.to_owned(),
                provider,
                reason,
                group: group(&slot.secret),
                location: Place::in_document(&slot.account.origin, "", document.path.clone()),
                secret_location: slot.secret_origin.as_ref().map(|o| Place::in_document(o, "", document.path.clone())),
            }
        });
        Self {
            schema: SLOTS.to_owned(),
            tool,
            input,
            web_sites: server.web_site_count,
            product_web_sites: server.web_sites.iter().map(|s| s.name.value.clone()).collect(),
            slots: slots.collect(),
            providers: server.providers.iter().map(Provider::from).collect(),
        }
    }
}

impl From<&kerbsync_inventory::Provider> for Provider {
    fn from(provider: &kerbsync_inventory::Provider) -> Self {
        Self {
            name: provider.name.value.to_string(),
            key_container: provider.key_container.as_deref().map(str::to_owned),
            key: match provider.key {
                ProviderKey::Fits(_) => "fits",
                ProviderKey::NoneFits => "none-fits",
                ProviderKey::NoKey => "no-key",
                ProviderKey::Unsupported => "unsupported",
                ProviderKey::Unused => "unused",
            }
            .to_owned(),
        }
    }
}
