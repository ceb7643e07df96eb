//! Origins, made once per place, with texts that servers share.

use kerbsync_iis::{Place, Setting};
use kerbsync_inventory::ServerConfiguration;
use kerbsync_source::{Origin, Span, Spanned};
use kerbsync_xml::Document;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Texts that occur on many servers, kept once per run: element paths and masked lines are nearly the same everywhere.
#[derive(Default)]
pub(crate) struct Strings(Mutex<HashSet<Arc<str>>>);

impl Strings {
    fn share(&self, text: &mut Arc<str>) {
        // Nothing can panic while the lock is held, so a poisoned one would still hold a sound set.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(text) {
            Some(same) => *text = Arc::clone(same),
            None => drop(known.insert(Arc::clone(text))),
        }
    }

    fn share_origin(&self, origin: &mut Origin) {
        self.share(&mut origin.element);
        if let Some(excerpt) = &mut origin.excerpt {
            self.share(excerpt);
        }
    }
}

/// Makes the origins of one document.
pub(crate) struct Origins<'a> {
    document: &'a Document,
    strings: &'a Strings,
    made: HashMap<Span, Origin>,
    /// The whole document: the origin of schema defaults.
    whole: Origin,
}

impl<'a> Origins<'a> {
    pub(crate) fn new(document: &'a Document, strings: &'a Strings) -> Self {
        let mut whole = Origin::document(document.source().document());
        strings.share_origin(&mut whole);
        Self { document, strings, made: HashMap::new(), whole }
    }

    /// The origin of a place.
    pub(crate) fn of(&mut self, place: Place<'_>) -> Origin {
        let Some(span) = place.span() else { return self.whole.clone() };
        self.made
            .entry(span)
            .or_insert_with(|| {
                let mut origin = place.origin(self.document.source().document());
                self.strings.share_origin(&mut origin);
                origin
            })
            .clone()
    }

    /// A value with its origin.
    pub(crate) fn value<T>(&mut self, setting: Setting<'_, T>) -> Spanned<T> {
        Spanned::new(setting.value, self.of(setting.place))
    }

    /// A text with its origin.
    pub(crate) fn text(&mut self, setting: &Setting<'_, Cow<'_, str>>) -> Spanned<String> {
        Spanned::new(setting.value.clone().into_owned(), self.of(setting.place))
    }

    /// Shares the texts of slots and providers with other servers.
    pub(crate) fn share(&self, server: &mut ServerConfiguration) {
        for slot in &mut server.slots {
            self.strings.share_origin(&mut slot.account.origin);
            if let Some(origin) = &mut slot.secret_origin {
                self.strings.share_origin(origin);
            }
        }
        for provider in &mut server.providers {
            self.strings.share_origin(&mut provider.name.origin);
        }
    }
}
