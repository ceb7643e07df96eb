//! Origins, made once per place, with texts that servers share.
//!
//! There are hundreds of places on one server, and thousands of servers: a masked excerpt, which costs most, is made only where
//! something may have to be shown.

use kerbsync_iis::{Place, Setting};
use kerbsync_inventory::citable::{Cited, Kept};
use kerbsync_inventory::{HardeningFact, Provider};
use kerbsync_source::{DocumentId, Location, Origin, SharedSpot, Span, Spot};
use kerbsync_xml::{Document, Element, NodeId};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Texts and places that occur on many servers, kept once per run: paths, masked lines and often whole places are the same everywhere.
///
/// Split by something that is at hand, so that threads seldom wait for each other.
#[derive(Default)]
pub(crate) struct Interner {
    texts: [Mutex<HashSet<Arc<str>>>; SHARDS],
    spots: [Mutex<HashMap<SpotKey, SharedSpot>>; SHARDS],
    facts: Mutex<HashSet<SharedFacts>>,
}

/// Facts about the hardening of servers, known again by the addresses of their texts and places, which were shared before.
struct SharedFacts(Arc<[HardeningFact]>);

impl PartialEq for SharedFacts {
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&HardeningFact, &HardeningFact)| {
            // Every field is named, so that none is forgotten.
            let HardeningFact { setting, scope, value, is_default, spot, doubt } = a;
            let is_same_place = match (spot, &b.spot) {
                (Some(spot), Some(other)) => spot.address() == other.address(),
                (spot, other) => spot.is_none() && other.is_none(),
            };
            is_same_place
                && Arc::ptr_eq(value, &b.value)
                && (*setting, *is_default, *doubt) == (b.setting, b.is_default, b.doubt)
                && *scope == b.scope
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&*other.0).all(is_same)
    }
}
impl Eq for SharedFacts {}
impl Hash for SharedFacts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for fact in &*self.0 {
            (fact.value.as_ptr() as usize, fact.spot.as_ref().map(SharedSpot::address)).hash(state);
        }
    }
}

const SHARDS: usize = 16;

/// A place, and the addresses of its texts, which are shared and stay as long as the place does.
type SpotKey = (Option<Location>, usize, usize);

impl Interner {
    pub(super) fn share(&self, text: &str) -> Arc<str> {
        let mut known = lock(&self.texts[text.len() % SHARDS]);
        if let Some(same) = known.get(text) {
            return Arc::clone(same);
        }
        let new: Arc<str> = Arc::from(text);
        known.insert(Arc::clone(&new));
        new
    }

    /// The providers with names that servers share.
    pub(super) fn share_providers(&self, mut providers: Vec<Provider>) -> Vec<Provider> {
        for Provider { name, key_container, .. } in &mut providers {
            for text in std::iter::once(&mut name.value).chain(key_container) {
                *text = self.share(text);
            }
        }
        providers
    }

    /// The place, whose texts were shared before.
    fn share_spot(&self, spot: Spot) -> SharedSpot {
        let address = |text: &Arc<str>| text.as_ptr() as usize;
        let key = (spot.location, address(&spot.element), spot.excerpt.as_ref().map_or(0, address));
        let at = spot.location.map_or(0, |l| l.byte_start);
        let mut known = lock(&self.spots[(at % SHARDS as u64) as usize]);
        known.entry(key).or_insert_with(|| SharedSpot::new(spot)).clone()
    }

    fn share_facts(&self, facts: Vec<HardeningFact>) -> Arc<[HardeningFact]> {
        let facts = SharedFacts(facts.into());
        let mut known = lock(&self.facts);
        if let Some(same) = known.get(&facts) {
            return Arc::clone(&same.0);
        }
        let shared = Arc::clone(&facts.0);
        known.insert(facts);
        shared
    }
}

/// Nothing can panic while a lock is held, so a poisoned one would still hold a sound set.
fn lock<T>(shard: &Mutex<T>) -> MutexGuard<'_, T> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An excerpt of a line.
#[derive(Clone)]
pub(super) struct ShownLine {
    /// Number of the line.
    pub(super) line: u32,
    /// The offset in the text that it was made for.
    pub(super) at: usize,
    pub(super) excerpt: Arc<str>,
}

/// The offset in the text of a place of a document in UTF-8, of which only a byte order mark is not text.
fn text_offset(document: &Document, location: &Location) -> usize {
    usize::try_from(location.byte_start).unwrap_or(usize::MAX).saturating_sub(document.source().disk_offset(0))
}

/// Lines below this length, in bytes, are shown as a whole in every excerpt.
const SHORT_LINE: usize = 512;

/// Makes the origins of one document.
pub(super) struct Origins<'a> {
    document: &'a Document,
    interner: &'a Interner,
    made: HashMap<Span, Origin>,
    /// Paths of elements with many places below them.
    paths: HashMap<NodeId, String>,
    /// The element whose path was asked for last: often another of its attributes comes next.
    last: Option<(NodeId, String)>,
    /// The line whose excerpt was asked for last, where it is short.
    last_line: Option<(Span, Arc<str>)>,
    /// Where a path is put together.
    buffer: String,
    /// The whole document: the origin of schema defaults.
    whole: Origin,
    /// What was shown since [`Self::note_excerpts`].
    shown: Option<Vec<ShownLine>>,
}

impl<'a> Origins<'a> {
    pub(super) fn new(document: &'a Document, interner: &'a Interner) -> Self {
        let whole = Origin::document(document.source().document());
        Self {
            document,
            interner,
            made: HashMap::with_capacity(256),
            paths: HashMap::new(),
            last: None,
            last_line: None,
            buffer: String::new(),
            whole,
            shown: None,
        }
    }

    /// From here on, notes the excerpts that are given.
    pub(super) fn note_excerpts(&mut self) {
        self.shown = Some(Vec::new());
    }

    /// The excerpts that were given since [`Self::note_excerpts`].
    pub(super) fn into_excerpts(self) -> Vec<ShownLine> {
        self.shown.unwrap_or_default()
    }

    /// The origin of a place.
    pub(super) fn of(&mut self, place: Place<'_>, kept: Kept) -> Origin {
        let origin = self.made_or_known(place, kept);
        if let Some(shown) = &mut self.shown
            && let (Some(location), Some(excerpt)) = (origin.location(), origin.shared_excerpt())
        {
            shown.push(ShownLine { line: location.position.line, at: text_offset(self.document, &location), excerpt });
        }
        origin
    }

    /// The origin of a place of another document that this one is like, byte for byte up to values of the same length.
    pub(super) fn again(&mut self, other: &Origin) -> Origin {
        let (_, spot) = other.clone().into_parts();
        let shown = spot.as_ref().and_then(|spot| spot.location.filter(|_| spot.excerpt.is_some()));
        let (Some(spot), Some(location)) = (&spot, shown) else { return Origin::from_parts(self.whole.document, spot) };
        let excerpt = Some(self.excerpt(text_offset(self.document, &location)));
        let spot = self.interner.share_spot(Spot { location: Some(location), element: Arc::clone(&spot.element), excerpt });
        Origin::from_parts(self.whole.document, Some(spot))
    }

    fn made_or_known(&mut self, place: Place<'_>, kept: Kept) -> Origin {
        if matches!(kept, Kept::Dropped(_)) {
            return self.whole.clone();
        }
        let (Some(span), Some(element)) = (place.span(), place.holder()) else { return self.whole.clone() };
        let made = self.made.get(&span);
        if let Some(origin) = made.filter(|o| o.excerpt().is_some() || kept == Kept::Place) {
            return origin.clone();
        }
        let (location, text) = match made {
            Some(origin) => (origin.location(), origin.shared_element()),
            None => (place.location(), self.element(element, place.attribute_name())),
        };
        let excerpt = (kept == Kept::Excerpt).then(|| self.excerpt(span.start));
        let spot = self.interner.share_spot(Spot { location, element: text, excerpt });
        let origin = Origin::from_parts(self.whole.document, Some(spot));
        self.made.insert(span, origin.clone());
        origin
    }

    /// The path of an element and its attribute.
    fn element(&mut self, element: Element<'_>, attribute: Option<&str>) -> Arc<str> {
        self.buffer.clear();
        match &self.last {
            Some((id, path)) if *id == element.id() => self.buffer.push_str(path),
            _ => {
                self.push_path(element);
                let (id, path) = self.last.get_or_insert_with(|| (element.id(), String::new()));
                *id = element.id();
                path.clone_from(&self.buffer);
            }
        }
        if let Some(name) = attribute {
            self.buffer.push_str("/@");
            self.buffer.push_str(name);
        }
        self.interner.share(&self.buffer)
    }

    /// The masked line of an offset. Settings of one element stand on one line most often, and are asked for one after the other.
    fn excerpt(&mut self, at: usize) -> Arc<str> {
        let line = self.document.source().line_span(at, SHORT_LINE);
        if let Some((_, excerpt)) = self.last_line.as_ref().filter(|(known, _)| *known == line) {
            return Arc::clone(excerpt);
        }
        let excerpt = self.interner.share(&self.document.masked_line(at));
        // Of a long line an excerpt shows the neighbourhood of the offset only, which is another one for each place.
        self.last_line = (line.len() < SHORT_LINE).then(|| (line, Arc::clone(&excerpt)));
        excerpt
    }

    /// Appends the path of an element from the root, as [`Element::path_from_root`] gives it.
    fn push_path(&mut self, element: Element<'_>) {
        let has_many = matches!(element.local_name(), "location" | "authentication" | "site" | "applicationPools");
        if has_many && let Some(path) = self.paths.get(&element.id()) {
            self.buffer.push_str(path);
            return;
        }
        // As deep as the document, which is limited.
        if let Some(parent) = element.parent() {
            self.push_path(parent);
            self.buffer.push('/');
        }
        element.push_path_step(&mut self.buffer);
        if has_many {
            self.paths.insert(element.id(), self.buffer.clone());
        }
    }

    /// A value with as much of its place as is kept.
    pub(super) fn cited<T>(&mut self, value: T, place: Place<'_>, kept: Kept) -> Cited<T> {
        match kept {
            Kept::Dropped(why) => Cited::dropped(value, why),
            _ => Cited::new(value, self.of(place, kept).into_parts().1),
        }
    }

    /// A setting with as much of its place as is kept.
    pub(super) fn value<T>(&mut self, setting: Setting<'_, T>, kept: Kept) -> Cited<T> {
        self.cited(setting.value, setting.place, kept)
    }

    /// The same of a text.
    pub(super) fn cited_text(&mut self, setting: &Setting<'_, Cow<'_, str>>, kept: Kept) -> Cited<String> {
        self.cited(setting.value.clone().into_owned(), setting.place, kept)
    }

    /// The same of a text that other servers have too.
    pub(super) fn cited_shared(&mut self, setting: &Setting<'_, Cow<'_, str>>, kept: Kept) -> Cited<Arc<str>> {
        self.cited(self.shared(&setting.value), setting.place, kept)
    }

    /// The document that all of them are in.
    pub(super) fn document(&self) -> DocumentId {
        self.whole.document
    }

    /// Facts whose texts and places were shared before, and that other servers may have too.
    pub(super) fn shared_facts(&self, facts: Vec<HardeningFact>) -> Arc<[HardeningFact]> {
        self.interner.share_facts(facts)
    }

    /// A text that other servers have too.
    pub(super) fn shared(&self, text: &str) -> Arc<str> {
        self.interner.share(text)
    }
}
