//! Attributes, found again in the start tag.

use crate::escape;
use crate::name::{BLANK, NAME, skip};
use kerbsync_source::Span;
use std::borrow::Cow;

/// One attribute of one element.
#[derive(Clone, Copy)]
pub struct Attribute<'d> {
    pub(crate) text: &'d str,
    pub(crate) name: Span,
    pub(crate) value: Span,
}

impl<'d> Attribute<'d> {
    /// The name as written, with prefix.
    #[must_use]
    pub fn name(&self) -> &'d str {
        &self.text[self.name.range()]
    }

    /// The name without prefix.
    #[must_use]
    pub fn local_name(&self) -> &'d str {
        self.name().rsplit(':').next().unwrap_or("")
    }

    /// The value with references decoded and literal white space normalised.
    #[must_use]
    pub fn value(&self) -> Cow<'d, str> {
        escape::decode(self.raw_value(), true)
    }

    /// The value as written between the quotes.
    #[must_use]
    pub fn raw_value(&self) -> &'d str {
        &self.text[self.value.range()]
    }

    /// Where the name stands.
    #[must_use]
    pub const fn name_span(&self) -> Span {
        self.name
    }

    /// Where the value stands, without the quotes.
    #[must_use]
    pub const fn value_span(&self) -> Span {
        self.value
    }

    /// From the first letter of the name to the closing quote.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span::new(self.name.start, self.value.end + 1)
    }

    /// The quote around the value: `"` or `'`.
    #[must_use]
    pub fn quote(&self) -> char {
        char::from(self.text.as_bytes()[self.value.end])
    }
}

impl std::fmt::Debug for Attribute<'_> {
    /// Shows no value: it may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attribute").field("name", &self.name()).field("value_span", &self.value).finish()
    }
}

/// The attributes of an element in document order.
#[derive(Clone)]
pub struct Attributes<'d> {
    pub(crate) text: &'d str,
    /// Where to look on.
    pub(crate) at: usize,
    /// End of the start tag, at or before `/>` or `>`.
    pub(crate) end: usize,
}

impl<'d> Iterator for Attributes<'d> {
    type Item = Attribute<'d>;

    /// The start tag was checked when the document was read, so this only finds what is there.
    fn next(&mut self) -> Option<Attribute<'d>> {
        let bytes = self.text.as_bytes().get(..self.end)?;
        let start = skip(bytes, self.at, BLANK);
        let name_end = skip(bytes, start, NAME);
        if name_end == start {
            return None;
        }
        let open = skip(bytes, skip(bytes, name_end, BLANK) + 1, BLANK);
        let close = open + 1 + memchr::memchr(*bytes.get(open)?, &bytes[open + 1..])?;
        self.at = close + 1;
        Some(Attribute { text: self.text, name: Span::new(start, name_end), value: Span::new(open + 1, close) })
    }
}
