//! Where a value came from.

use crate::packed::{Packed, Packer};
use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, LazyLock};

/// Number of an input document within one run, in the order in which documents were taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub u32);

/// A range of the decoded text of one document, in bytes of UTF-8 without the byte order mark.
///
/// It is not a range of the file: [`Source::disk_range`](crate::Source::disk_range) gives that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The span as a range, for slicing.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Length in bytes of UTF-8.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// Line and column for people, both from 1; a column counts Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A place of a file as it lies on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Line and column of the first byte.
    pub position: Position,
    /// Line and column behind the last character.
    pub end: Position,
    /// Offset in the file of the first byte.
    pub byte_start: u64,
    /// Offset in the file of the byte after the last one.
    pub byte_end: u64,
}

/// The place that a value came from. Small and cheap to clone: a fleet has millions of them.
///
/// Equality and order look at document and bytes only.
#[derive(Clone)]
pub struct Origin {
    /// The document.
    pub document: DocumentId,
    /// Which of the places below, where they are many.
    number: u32,
    /// `None` for "this whole document", of which a schema has many.
    place: Option<Arc<Place>>,
}

/// One place, or those of many values together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place {
    One(Spot),
    Many(Packed),
}

/// Where an [`Origin`] stands within its document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spot {
    /// The place in it; absent where the format has no places (a whole file, a zip member's name).
    pub location: Option<Location>,
    /// What holds the value, for people: an element path, an attribute name of a directory entry, a property of an object.
    pub element: Arc<str>,
    /// Of the line that holds the place, the tag or property meant, every value masked that is not known to be harmless; absent where no
    /// excerpt may be shown.
    pub excerpt: Option<Arc<str>>,
}

/// What holds for a whole document.
static WHOLE: LazyLock<Spot> = LazyLock::new(|| Spot { location: None, element: Arc::from(""), excerpt: None });

/// A [`Spot`] that many values have, each in a document of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SharedSpot(Arc<Place>);

impl SharedSpot {
    /// A place that many values have.
    #[must_use]
    pub fn new(spot: Spot) -> Self {
        Self(Arc::new(Place::One(spot)))
    }

    /// The same number for all that share this one, and for no other that is alive.
    #[must_use]
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0).cast::<()>() as usize
    }
}

impl Deref for SharedSpot {
    type Target = Spot;
    fn deref(&self) -> &Spot {
        match &*self.0 {
            Place::One(spot) => spot,
            // None is made of these.
            Place::Many(_) => &WHOLE,
        }
    }
}

impl Origin {
    /// The origin "this whole document".
    #[must_use]
    pub const fn document(document: DocumentId) -> Self {
        Self { document, number: 0, place: None }
    }

    /// A place within a document.
    #[must_use]
    pub fn new(document: DocumentId, spot: Spot) -> Self {
        Self::from_parts(document, Some(SharedSpot::new(spot)))
    }

    /// The document and the place in it, for whoever keeps them without the gap that an origin has between the two.
    #[must_use]
    pub fn into_parts(self) -> (DocumentId, Option<SharedSpot>) {
        let spot = match self.place.as_deref() {
            Some(Place::Many(_)) => Some(SharedSpot::new(self.spot())),
            _ => self.place.map(SharedSpot),
        };
        (self.document, spot)
    }

    /// What [`Self::into_parts`] took apart.
    #[must_use]
    pub fn from_parts(document: DocumentId, spot: Option<SharedSpot>) -> Self {
        Self { document, number: 0, place: spot.map(|spot| spot.0) }
    }

    /// Puts the places of many values of one document together, which takes a fraction of the memory. They say what they said.
    pub fn pack<'o>(origins: impl IntoIterator<Item = &'o mut Self>) {
        let mut origins: Vec<&mut Self> = origins.into_iter().collect();
        let mut packer = Packer::default();
        let mut known: HashMap<*const Place, Option<u32>> = HashMap::with_capacity(origins.len());
        let one = |origin: &Self| origin.place.as_ref().filter(|place| matches!(***place, Place::One(_))).map(Arc::as_ptr);
        for origin in &origins {
            if let (Some(at), Some(Place::One(spot))) = (one(origin), origin.place.as_deref()) {
                known.entry(at).or_insert_with(|| packer.add(spot));
            }
        }
        let packed = Arc::new(Place::Many(packer.finish()));
        // Those that are known by an address are alive until all are changed.
        let numbers: Vec<Option<u32>> = origins.iter().map(|origin| known.get(&one(origin)?).copied().flatten()).collect();
        for (origin, number) in origins.iter_mut().zip(numbers) {
            if let Some(number) = number {
                (origin.number, origin.place) = (number, Some(Arc::clone(&packed)));
            }
        }
    }

    /// The place in the document; absent where the format has no places (a whole file, a zip member's name).
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        match self.place.as_deref()? {
            Place::One(spot) => spot.location,
            Place::Many(packed) => packed.location(self.number),
        }
    }

    /// What holds the value, for people: an element path, an attribute name of a directory entry, a property of an object.
    #[must_use]
    pub fn element(&self) -> &str {
        match self.place.as_deref() {
            None => "",
            Some(Place::One(spot)) => &spot.element,
            Some(Place::Many(packed)) => packed.element(self.number),
        }
    }

    /// Of the line that holds the place, the tag or property meant, every value masked that is not known to be harmless; absent where no
    /// excerpt may be shown.
    #[must_use]
    pub fn excerpt(&self) -> Option<&str> {
        match self.place.as_deref()? {
            Place::One(spot) => spot.excerpt.as_deref(),
            Place::Many(packed) => packed.excerpt(self.number),
        }
    }

    /// As [`Self::element`], with the letters that others have too, where they are kept so.
    #[must_use]
    pub fn shared_element(&self) -> Arc<str> {
        match self.place.as_deref() {
            None => Arc::clone(&WHOLE.element),
            Some(Place::One(spot)) => Arc::clone(&spot.element),
            Some(Place::Many(packed)) => packed.element(self.number).into(),
        }
    }

    /// As [`Self::excerpt`], with the letters that others have too, where they are kept so.
    #[must_use]
    pub fn shared_excerpt(&self) -> Option<Arc<str>> {
        match self.place.as_deref()? {
            Place::One(spot) => spot.excerpt.clone(),
            Place::Many(packed) => packed.excerpt(self.number).map(Arc::from),
        }
    }

    fn spot(&self) -> Spot {
        Spot { location: self.location(), element: self.shared_element(), excerpt: self.shared_excerpt() }
    }

    /// The same place with one of its parts changed.
    pub fn change(&mut self, change: impl FnOnce(&mut Spot)) {
        let mut spot = self.spot();
        change(&mut spot);
        *self = Self::new(self.document, spot);
    }

    /// The same place with another description of what holds the value.
    #[must_use]
    pub fn with_element(mut self, element: impl Into<Arc<str>>) -> Self {
        self.change(|spot| spot.element = element.into());
        self
    }

    /// The same place without its line.
    #[must_use]
    pub fn without_excerpt(mut self) -> Self {
        self.change(|spot| spot.excerpt = None);
        self
    }

    fn key(&self) -> (DocumentId, Option<Location>) {
        (self.document, self.location())
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin")
            .field("document", &self.document)
            .field("location", &self.location())
            .field("element", &self.element())
            .field("excerpt", &self.excerpt())
            .finish()
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Origin {}
impl PartialOrd for Origin {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Origin {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// A value with the place it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was read.
    pub origin: Origin,
}

impl<T> Spanned<T> {
    /// Joins a value and its origin.
    #[must_use]
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// The same place with a value computed from this one.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), origin: self.origin }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}
