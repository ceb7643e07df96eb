//! Configurations that were read, to know others again that differ from them in sealed values alone.
//!
//! Servers that were set up alike have configurations that are the same byte for byte, but for the sealed session keys of the machine and the
//! sealed passwords of the slots, each as long as on the others. Whatever else is read of such a configuration is what was read of the first
//! one: it is taken over, and held once for all of them. What may differ is read anew: the secrets, and the lines that slots show.

use super::origins::{Origins, ShownLine};
use super::{Context, discovery_context};
use kerbsync_credential::{SecretPlace, open_again};
use kerbsync_iis::ApplicationHost;
use kerbsync_iis::protection::KeyFile;
use kerbsync_inventory::citable::Kept;
use kerbsync_inventory::{Hardening, ServerConfiguration, Slot};
use kerbsync_secret::ProtectedValue;
use kerbsync_source::{Problem, Source, Spanned};
use kerbsync_xml::{Difference, Document, Element, NodeId};
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

/// So many are kept; where there are more kinds of servers, the oldest one goes.
const MOST: usize = 16;

/// A larger configuration is none to keep beside the one that is read, nor one of more elements: real ones have some thousands.
const LARGEST: usize = 1 << 20;
const MOST_ELEMENTS: usize = 1 << 15;

/// The configurations of one run. Shared between threads: what is read of a server is the same whether there was a model for it or none.
#[derive(Default)]
pub(crate) struct Models(RwLock<Vec<Arc<Model>>>);

/// A configuration, and what was read of it.
pub(super) struct Model {
    document: Document,
    server: ServerConfiguration,
    /// Of each slot, the place of its secret.
    secrets: Vec<SecretPlace>,
    problems: Vec<Problem>,
    /// Attributes with sealed values, which another server has otherwise.
    sealed: HashSet<(NodeId, &'static str)>,
    /// What others than slots show of the lines that such an element stands on.
    shown: Vec<ShownLine>,
}

/// The attributes whose values may differ. No reader asks for them but that of the slots and that of the providers, which read them anew.
const PASSWORD: &str = "password";
const SESSION_KEY: &str = "sessionKey";

impl Model {
    /// What was read of a configuration as a model for others; `None` where it cannot be one. `shown` is what others than
    /// slots show of it.
    pub(super) fn new(
        document: &Document,
        server: &ServerConfiguration,
        secrets: Vec<SecretPlace>,
        shown: &[ShownLine],
        problems: &[Problem],
    ) -> Option<Self> {
        let is_large = document.source().text().len() > LARGEST || document.root().descendants().count() > MOST_ELEMENTS;
        if is_large || secrets.contains(&SecretPlace::Other) {
            return None;
        }
        let of_slots = secrets.iter().filter_map(|place| match place {
            SecretPlace::Attribute { element, name } if name == PASSWORD => Some((*element, PASSWORD)),
            _ => None,
        });
        let of_providers = document.root().children_named("configProtectedData").flat_map(|data| {
            let providers = data.children_named("providers").flat_map(|providers| providers.children_named("add"));
            providers.map(|add| (add.id(), SESSION_KEY)).collect::<Vec<_>>()
        });
        let sealed: HashSet<_> = of_slots.chain(of_providers).collect();
        let lines = lines_of(document, sealed.iter().map(|(id, _)| *id));
        let shown = shown.iter().filter(|s| lines.contains(&s.line)).cloned().collect();
        Some(Self { document: document.clone(), server: server.clone(), secrets, problems: problems.to_vec(), sealed, shown })
    }

    /// Whether what is taken over from this configuration shows another one as it is: a line with a sealed value, which is masked.
    fn shows(&self, document: &Document) -> bool {
        let lines = lines_of(&self.document, document.differing().iter().copied());
        self.shown.iter().filter(|s| lines.contains(&s.line)).all(|s| document.masked_line(s.at) == *s.excerpt)
    }

    /// Whether another configuration may have another value there, and is still like this one.
    fn may_differ(&self, difference: Difference<'_>) -> bool {
        let Difference { element, attribute, other } = difference;
        let is_known = [PASSWORD, SESSION_KEY].iter().any(|name| *name == attribute.name() && self.sealed.contains(&(element.id(), *name)));
        let provider = |text: &str| ProtectedValue::parse(text).ok().map(|value| value.provider().to_owned());
        is_known
            && match attribute.name() {
                PASSWORD => provider(attribute.raw_value()).is_some_and(|name| provider(other) == Some(name)),
                // Sealed by the machine's key; an empty one says that there is none.
                _ => !attribute.raw_value().trim().is_empty() && !other.trim().is_empty(),
            }
    }

    /// Reads a configuration that is like this one, into a server of which nothing is known but its files.
    pub(super) fn read(
        &self,
        server: &mut ServerConfiguration,
        host: &ApplicationHost<'_>,
        keys: &[KeyFile],
        context: &Context<'_>,
        problems: &mut Vec<Problem>,
    ) {
        let document = host.document().source().document();
        let mut origins = Origins::new(host.document(), &context.interner);
        let slots = self.server.slots.iter();
        let slots: Vec<Slot> = slots
            .map(|slot| Slot {
                account: Spanned::new(slot.account.value.clone(), origins.again(&slot.account.origin)),
                secret_origin: slot.secret_origin.as_ref().map(|origin| origins.again(origin)),
                ..slot.clone()
            })
            .collect();
        let mut origin = |place, excerpt| origins.of(place, if excerpt { Kept::Excerpt } else { Kept::Place });
        let (secrets, providers) = open_again(host, &self.secrets, discovery_context(context, keys), &mut origin);
        server.slots = slots.into_iter().zip(secrets).map(|(slot, secret)| Slot { secret, ..slot }).collect();
        server.providers = context.interner.share_providers(providers);
        // Every field is named, so that none is forgotten: of a server's files, and of what its configuration says.
        let ServerConfiguration {
            computer: _,
            document: _,
            status,
            redirected_to: _,
            windows_authentication_module,
            web_sites,
            other_web_sites,
            web_site_count,
            application_pools,
            slots: _,
            providers: _,
            restrictions,
            history: _,
            hardening,
            besides: _,
        } = &self.server;
        server.status = status.clone();
        server.windows_authentication_module = *windows_authentication_module;
        server.web_sites = web_sites.clone();
        server.other_web_sites = other_web_sites.clone();
        server.web_site_count = *web_site_count;
        server.application_pools = application_pools.clone();
        server.restrictions = restrictions.clone();
        server.hardening = hardening.as_ref().map(|h| Hardening { document, facts: Arc::clone(&h.facts) });
        problems.extend(self.problems.iter().map(|problem| Problem { document, ..problem.clone() }));
    }
}

/// The lines that the start tags of some elements stand on.
fn lines_of(document: &Document, elements: impl Iterator<Item = NodeId>) -> HashSet<u32> {
    let lines = |element: Element<'_>| {
        let (tag, source) = (element.start_tag(), document.source());
        source.position(tag.start).line..=source.position(tag.end).line
    };
    elements.filter_map(|id| document.element(id)).flat_map(lines).collect()
}

impl Models {
    /// Reads a document that is like one that was read before.
    ///
    /// # Errors
    /// The text again, where it is like none of them.
    pub(crate) fn read(&self, mut source: Source) -> Result<Document, Box<Source>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        // Servers of one pool lie beside each other.
        for model in known.iter().rev() {
            match model.document.read_alike(source, &mut |difference| model.may_differ(difference)) {
                Ok(document) if model.shows(&document) => return Ok(document),
                Ok(document) => source = document.into_source(),
                Err(other) => source = *other,
            }
        }
        Err(source.into())
    }

    /// The model that a document is like.
    pub(super) fn of(&self, document: &Document) -> Option<Arc<Model>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|model| model.document.is_alike(document)).cloned()
    }

    pub(super) fn add(&self, model: Model) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.remove(0);
        }
        known.push(Arc::new(model));
    }
}

#[cfg(test)]
mod tests;
