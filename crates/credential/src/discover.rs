//! From a configuration to its credential slots.

use crate::layouts::LAYOUTS;
use crate::view::{ConfigurationView, FoundSlot};
use crate::{DeclaredSlot, Product, Realms, parse_account};
use kerbsync_iis::protection::{DamageReason, KeyFile, OpenError, Opener, ProtectionProvider, ProviderKind};
use kerbsync_iis::{ApplicationHost, Place};
use kerbsync_inventory::{Provider, ProviderKey, Restriction, SecretState, Slot, SlotPlace, SlotRelevance};
use kerbsync_secret::{ProtectedValue, ProtectedValueError, Secret, Tagger};
use kerbsync_source::{Level, Origin, Problem, ProblemSink, Shown, Span, Spanned, text};
use kerbsync_xml::NodeId;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// What discovery goes by.
#[derive(Clone, Copy)]
pub struct DiscoveryContext<'a> {
    /// Slots that the administrator declared.
    pub declared: &'a [DeclaredSlot],
    /// DNS and NetBIOS names of domains.
    pub realms: &'a Realms,
    /// Exported keys of this server.
    pub keys: &'a [KeyFile],
    /// Makes the tags of this run.
    pub tagger: &'a Tagger,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Discovery {
    /// One slot per place, in document order.
    pub slots: Vec<Slot>,
    /// The protection providers that the configuration declares, and whether a key opened values of each.
    pub providers: Vec<Provider>,
    /// What the configuration says against edits.
    pub restrictions: Vec<Restriction>,
    /// Of each slot, the place of its secret.
    pub secrets: Vec<SecretPlace>,
}

/// Finds every slot of a configuration and opens the secrets that the keys open.
///
/// One slot per place: the first layout of [`LAYOUTS`] that knows a place has it. Keys are used only when there is a value to open.
#[must_use]
pub fn discover<'d>(
    host: &ApplicationHost<'d>,
    product: &Product<'d>,
    context: DiscoveryContext<'_>,
    problems: &mut dyn ProblemSink,
) -> Discovery {
    let document = host.document().source().document();
    let mut origin = |place: Place<'d>, excerpt| match excerpt {
        true => place.origin(document),
        false => place.origin_without_excerpt(document),
    };
    discover_with(host, product, context, &mut origin, problems)
}

/// As [`discover`], with origins made by the caller, who may know the places already: `origin(place, excerpt)` is asked for one with a masked
/// excerpt, or, where nothing of it is shown, for one that may lack it.
pub fn discover_with<'d>(
    host: &ApplicationHost<'d>,
    product: &Product<'d>,
    context: DiscoveryContext<'_>,
    origin: &mut dyn FnMut(Place<'d>, bool) -> Origin,
    problems: &mut dyn ProblemSink,
) -> Discovery {
    let view = ConfigurationView::new(host, product, context.declared);
    let found = find(&view);
    let document = host.document().source().document();
    let providers = host.providers();
    let mut opener = Opener::new(&providers, context.keys);
    let places = found.iter().map(SecretPlace::of).collect();
    let secrets: Vec<Judged> = found.iter().map(|f| judge(f.secret.as_ref().map(|s| &s.value), &mut opener, context.tagger)).collect();
    let slots = found
        .into_iter()
        .zip(secrets)
        .map(|(f, secret)| {
            let (account, guessed) = parse_account(&f.account.value, context.realms);
            if guessed {
                problems.report(Problem {
                    level: Level::Note,
                    code: "realm-guessed",
                    document,
                    location: f.account.place.location(),
                    message: text!("the NetBIOS name of the domain of '{}' is not known: its first label was taken.", account.text),
                    help: Some("Add an export of the crossRef objects, or a [domains] entry in kerbsync.toml.".into()),
                });
            }
            Slot {
                place: SlotPlace {
                    layout: f.layout.id(),
                    evidence: f.layout.evidence(),
                    purpose: f.layout.purpose(),
                    creation: f.layout.creation(),
                    relevance: if f.expected { SlotRelevance::Expected } else { SlotRelevance::Elsewhere },
                    label: f.key.label(),
                    key: f.key,
                    account_attribute: f.account_attribute,
                    secret_attribute: f.secret_attribute,
                    active: f.active,
                }
                .into(),
                account: Spanned::new(account.into(), origin(f.account.place, true)),
                secret_origin: f.secret.as_ref().map(|s| origin(s.place, true)),
                secret: secret.into_state(&opener),
            }
        })
        .collect();
    let providers = told(&providers, &opener, context.keys, origin);
    Discovery { slots, providers, restrictions: crate::restrictions::of(host, origin), secrets: places }
}

/// What is kept of the providers once the slots were opened.
fn told<'d>(
    providers: &[ProtectionProvider<'d>],
    opener: &Opener<'_>,
    keys: &[KeyFile],
    origin: &mut dyn FnMut(Place<'d>, bool) -> Origin,
) -> Vec<Provider> {
    providers
        .iter()
        .map(|p| Provider {
            name: Spanned::new(Arc::from(&*p.name().value), origin(p.name().place, false)),
            key_container: p.key_container().map(Arc::from),
            key: match (p.kind(), opener.fits(&p.name().value)) {
                (ProviderKind::Rsa | ProviderKind::Other, _) => ProviderKey::Unsupported,
                (_, Some(key)) => ProviderKey::Fits(key),
                (_, None) if keys.is_empty() => ProviderKey::NoKey,
                (_, None) if !opener.tried(&p.name().value) => ProviderKey::Unused,
                (_, None) => ProviderKey::NoneFits,
            },
            session_key: p.session_key().filter(|a| !a.value().is_empty()).map(|a| Sha256::digest(a.value().as_bytes()).into()),
        })
        .collect()
}

/// Where the secret of a slot stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretPlace {
    /// The slot has none.
    Nowhere,
    /// In an attribute.
    Attribute {
        /// The element.
        element: NodeId,
        /// Name of the attribute.
        name: String,
    },
    /// Elsewhere, such as between the tags of an element.
    Other,
}

impl SecretPlace {
    fn of(found: &FoundSlot<'_>) -> Self {
        let Some(secret) = &found.secret else { return Self::Nowhere };
        let holder = secret.place.holder();
        let attribute = holder.and_then(|e| Some((e, e.attribute(secret.place.attribute_name()?)?)));
        match attribute {
            Some((e, a)) if a.value() == secret.value => Self::Attribute { element: e.id(), name: a.name().to_owned() },
            _ => Self::Other,
        }
    }
}

/// Opens the secrets of a configuration whose slots are those of another one, in the same places: of each slot what its secret is, and the
/// providers. A slot whose secret is in no attribute is not known here; who asks knows that there is none.
pub fn open_again<'d>(
    host: &ApplicationHost<'d>,
    places: &[SecretPlace],
    context: DiscoveryContext<'_>,
    origin: &mut dyn FnMut(Place<'d>, bool) -> Origin,
) -> (Vec<SecretState>, Vec<Provider>) {
    let providers = host.providers();
    let mut opener = Opener::new(&providers, context.keys);
    let value = |place: &SecretPlace| match place {
        SecretPlace::Attribute { element, name } => Some(host.document().element(*element)?.attribute(name)?.value()),
        SecretPlace::Nowhere | SecretPlace::Other => None,
    };
    let judged: Vec<Judged> = places.iter().map(|place| judge(value(place).as_ref(), &mut opener, context.tagger)).collect();
    let states = judged.into_iter().map(|j| j.into_state(&opener)).collect();
    (states, told(&providers, &opener, context.keys, origin))
}

/// Every place once, in document order.
///
/// No more than one above [`MAX_SLOTS`].
pub(crate) fn find<'d>(view: &ConfigurationView<'d, '_>) -> Vec<FoundSlot<'d>> {
    let mut out: Vec<FoundSlot<'d>> = Vec::new();
    let mut known = Known::default();
    let mut batch = Vec::new();
    for layout in LAYOUTS {
        layout.read(view, &mut batch);
        for found in batch.drain(..) {
            match known.find(&found) {
                Some(at) => out[at].expected |= found.expected,
                None => {
                    known.add(&found, out.len());
                    out.push(found);
                    if out.len() > MAX_SLOTS {
                        return out;
                    }
                }
            }
        }
    }
    out.sort_by_key(|f| f.holder.span().start);
    out
}

/// The first slot of each place: a configuration may hold tens of thousands of them.
#[derive(Default)]
struct Known {
    /// By where the secret stands.
    secrets: HashMap<Option<Span>, usize>,
    /// By where the secret stands, and the element that holds the pair.
    held_secrets: HashMap<(Option<Span>, NodeId), usize>,
    /// By where the account stands, and the element that holds the pair: any, and those without a secret.
    accounts: HashMap<(Option<Span>, NodeId), usize>,
    without_secret: HashMap<(Option<Span>, NodeId), usize>,
}

impl Known {
    /// The first one that is the same place: the same secret, or, where one of both has none, the same account of the same element.
    fn find(&self, found: &FoundSlot<'_>) -> Option<usize> {
        let account = (found.account.place.span(), found.holder.id());
        let Some(secret) = &found.secret else { return self.accounts.get(&account).copied() };
        // A pool may take its password from the pool defaults: that place is shared, but both are slots.
        let by_secret = match found.layout.lends_its_secret() {
            true => self.held_secrets.get(&(secret.place.span(), found.holder.id())),
            false => self.secrets.get(&secret.place.span()),
        };
        by_secret.into_iter().chain(self.without_secret.get(&account)).min().copied()
    }

    fn add(&mut self, found: &FoundSlot<'_>, at: usize) {
        let account = (found.account.place.span(), found.holder.id());
        self.accounts.entry(account).or_insert(at);
        match &found.secret {
            Some(secret) => {
                self.secrets.entry(secret.place.span()).or_insert(at);
                self.held_secrets.entry((secret.place.span(), found.holder.id())).or_insert(at);
            }
            None => _ = self.without_secret.entry(account).or_insert(at),
        }
    }
}

/// A configuration with more slots is none of a server: real ones have some tens.
pub const MAX_SLOTS: usize = 32_768;

/// What a secret's text is.
enum Judged {
    Known(SecretState),
    Failed { provider: String, error: OpenError },
}

impl Judged {
    fn into_state(self, opener: &Opener<'_>) -> SecretState {
        match self {
            Self::Known(state) => state,
            Self::Failed { provider, error } => {
                let error = opener.refine(&provider, error);
                SecretState::Sealed { provider, damaged: error.is_damage(), reason: Shown::quoting(&error.to_string()).into() }
            }
        }
    }
}

fn judge(text: Option<&Cow<'_, str>>, opener: &mut Opener<'_>, tagger: &Tagger) -> Judged {
    let Some(text) = text.filter(|t| !t.is_empty()) else { return Judged::Known(SecretState::Empty) };
    match ProtectedValue::parse(text) {
        Ok(value) if value.is_empty() => Judged::Known(SecretState::Empty),
        Ok(value) => match opener.open(&value) {
            Ok(opened) if opened.secret.is_empty() => Judged::Known(SecretState::Empty),
            Ok(opened) => Judged::Known(SecretState::Opened {
                tag: tagger.tag(&opened.secret),
                provider: value.provider().to_owned(),
                inferred: opened.inferred,
            }),
            Err(error) => Judged::Failed { provider: value.provider().to_owned(), error },
        },
        // `[enc:AesProvider:enc]`: all that stands there is a provider's name.
        Err(ProtectedValueError::NoPayload) => {
            let text = text.trim();
            Judged::Failed {
                provider: text.get(5..text.len().saturating_sub(5)).unwrap_or("").to_owned(),
                error: OpenError::Damaged(DamageReason::NoPayload),
            }
        }
        Err(_) if text.trim() == kerbsync_source::TAKEN_OUT => Judged::Known(SecretState::TakenOut),
        // Anything else is taken at its word: IIS runs with a password in clear.
        Err(_) => Judged::Known(SecretState::Clear(tagger.tag(&Secret::new(text.clone().into_owned())))),
    }
}
