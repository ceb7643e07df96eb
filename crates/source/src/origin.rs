//! Where a value came from.

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
/// What it says beside the document is read as if it were its own: `origin.location`. Equality and order look at document and bytes only.
#[derive(Clone)]
pub struct Origin {
    /// The document.
    pub document: DocumentId,
    /// `None` for "this whole document", of which a schema has many.
    spot: Option<Arc<Spot>>,
}

/// Where an [`Origin`] stands within its document; shared by all values of one place.
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

impl Origin {
    /// The origin "this whole document".
    #[must_use]
    pub const fn document(document: DocumentId) -> Self {
        Self { document, spot: None }
    }

    /// A place within a document.
    #[must_use]
    pub fn new(document: DocumentId, spot: Spot) -> Self {
        Self::shared(document, Arc::new(spot))
    }

    /// A place that other origins have too.
    #[must_use]
    pub const fn shared(document: DocumentId, spot: Arc<Spot>) -> Self {
        Self { document, spot: Some(spot) }
    }

    /// The document and the place in it, for whoever keeps them without the gap that an origin has between the two.
    #[must_use]
    pub fn into_parts(self) -> (DocumentId, Option<Arc<Spot>>) {
        (self.document, self.spot)
    }

    /// What [`Self::into_parts`] took apart.
    #[must_use]
    pub const fn from_parts(document: DocumentId, spot: Option<Arc<Spot>>) -> Self {
        Self { document, spot }
    }

    /// The same place with one of its parts changed.
    pub fn change(&mut self, change: impl FnOnce(&mut Spot)) {
        change(Arc::make_mut(self.spot.get_or_insert_with(|| Arc::new(WHOLE.clone()))));
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
        (self.document, self.location)
    }
}

impl Deref for Origin {
    type Target = Spot;
    fn deref(&self) -> &Spot {
        self.spot.as_deref().unwrap_or(&WHOLE)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin")
            .field("document", &self.document)
            .field("location", &self.location)
            .field("element", &self.element)
            .field("excerpt", &self.excerpt)
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
