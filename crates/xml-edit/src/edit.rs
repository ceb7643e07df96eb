//! Edits and sets of them.

use crate::EditError;
use kerbsync_source::Span;

/// One replacement within a document's decoded text.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The markup that stands there afterwards, already escaped; empty for a removal.
    pub replacement: String,
}

impl Edit {
    /// Replaces a span.
    #[must_use]
    pub fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self { span, replacement: replacement.into() }
    }

    /// Inserts at an offset.
    #[must_use]
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::new(at, at), text)
    }

    /// Removes a span.
    #[must_use]
    pub fn remove(span: Span) -> Self {
        Self::replace(span, "")
    }
}

impl std::fmt::Debug for Edit {
    /// Shows no text: it may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Edit({}..{} -> {} bytes)", self.span.start, self.span.end, self.replacement.len())
    }
}

/// Edits of one document that do not overlap, in document order.
///
/// Edits may touch. An insertion at the start of a replaced span goes before it, one at its end after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditSet {
    /// In the order of their starts; insertions before the replacement that begins at the same place.
    edits: Vec<Edit>,
    /// Whether the replacements were in the file before, so that its bytes can hold every character of them.
    verbatim: bool,
}

impl EditSet {
    /// No edit.
    #[must_use]
    pub const fn new() -> Self {
        Self { edits: Vec::new(), verbatim: false }
    }

    /// A set for text that the file held before, in the same bytes.
    pub(crate) const fn verbatim() -> Self {
        Self { edits: Vec::new(), verbatim: true }
    }

    pub(crate) const fn is_verbatim(&self) -> bool {
        self.verbatim
    }

    /// Adds an edit.
    ///
    /// # Errors
    /// [`EditError::Overlap`]; [`EditError::SamePlace`] for a second insertion at one place; [`EditError::NoSpan`] for a span that ends before it begins.
    pub fn add(&mut self, edit: Edit) -> Result<(), EditError> {
        let twice = edit.span.is_empty() && self.edits.iter().any(|e| e.span == edit.span);
        if twice { Err(EditError::SamePlace { at: edit.span.start }) } else { self.add_after(edit) }
    }

    /// Adds an edit; an insertion where there is one already goes behind it.
    ///
    /// # Errors
    /// [`EditError::Overlap`]; [`EditError::NoSpan`] for a span that ends before it begins.
    pub fn add_after(&mut self, edit: Edit) -> Result<(), EditError> {
        let Span { start, end } = edit.span;
        if start > end {
            return Err(EditError::NoSpan { span: edit.span, len: 0 });
        }
        let at = self.edits.partition_point(|e| (e.span.start, e.span.end) <= (start, end));
        let before = at.checked_sub(1).map(|i| self.edits[i].span).filter(|b| b.end > start || (b.start == start && !b.is_empty()));
        let after = self.edits.get(at).map(|e| e.span).filter(|a| a.start < end);
        if let Some(first) = before.or(after) {
            return Err(EditError::Overlap { first, second: edit.span });
        }
        self.edits.insert(at, edit);
        Ok(())
    }

    /// Adds edits one by one.
    ///
    /// # Errors
    /// As [`EditSet::add`]; the edits before the refused one stay.
    pub fn extend(&mut self, edits: impl IntoIterator<Item = Edit>) -> Result<(), EditError> {
        edits.into_iter().try_for_each(|e| self.add(e))
    }

    /// The edits in document order.
    pub fn iter(&self) -> std::slice::Iter<'_, Edit> {
        self.edits.iter()
    }

    /// How many edits.
    #[must_use]
    pub fn len(&self) -> usize {
        self.edits.len()
    }

    /// Whether there is no edit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }
}

impl<'a> IntoIterator for &'a EditSet {
    type Item = &'a Edit;
    type IntoIter = std::slice::Iter<'a, Edit>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl TryFrom<Edit> for EditSet {
    type Error = EditError;
    fn try_from(edit: Edit) -> Result<Self, EditError> {
        let mut set = Self::new();
        set.add(edit)?;
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(spans: &[(usize, usize)]) -> Result<EditSet, EditError> {
        let mut s = EditSet::new();
        s.extend(spans.iter().map(|&(a, b)| Edit::replace(Span::new(a, b), "x")))?;
        Ok(s)
    }

    #[test]
    fn overlap_is_refused_in_every_order_and_touching_is_not() {
        for (a, b) in [((2, 5), (4, 6)), ((2, 5), (3, 4)), ((2, 5), (2, 3)), ((2, 5), (4, 5)), ((2, 5), (2, 5)), ((2, 5), (3, 3))] {
            assert!(matches!(set(&[a, b]), Err(EditError::Overlap { .. })), "{a:?} {b:?}");
            assert!(matches!(set(&[b, a]), Err(EditError::Overlap { .. })), "{b:?} {a:?}");
        }
        for (a, b) in [((2, 5), (5, 7)), ((2, 5), (5, 5)), ((2, 5), (2, 2)), ((2, 5), (0, 2))] {
            let spans = |s: EditSet| s.iter().map(|e| e.span).collect::<Vec<_>>();
            let one = spans(set(&[a, b]).unwrap());
            assert_eq!(one, spans(set(&[b, a]).unwrap()));
            assert!(one.is_sorted());
        }
    }

    #[test]
    fn two_insertions_at_one_place_need_an_order() {
        assert_eq!(set(&[(3, 3), (3, 3)]), Err(EditError::SamePlace { at: 3 }));
        let mut s = EditSet::new();
        s.add(Edit::insert(3, "a")).unwrap();
        s.add_after(Edit::insert(3, "b")).unwrap();
        assert_eq!(s.iter().map(|e| e.replacement.as_str()).collect::<String>(), "ab");
    }

    #[test]
    fn a_span_that_ends_before_it_begins_is_refused() {
        assert!(matches!(set(&[(3, 2)]), Err(EditError::NoSpan { .. })));
    }

    #[test]
    fn debug_shows_no_text() {
        assert_eq!(format!("{:?}", Edit::insert(1, "Passw0rd!")), "Edit(1..1 -> 9 bytes)");
    }
}
