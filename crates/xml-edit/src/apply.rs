//! From a document and edits to the new file.

use crate::{Edit, EditError, EditSet, spell};
use kerbsync_source::{Source, Span};
use kerbsync_xml::{Document, Limits};
use std::borrow::Cow;

/// A file after its edits.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The new file as it belongs on disk.
    pub bytes: Vec<u8>,
    /// The new file, read again from `bytes`.
    pub document: Document,
    /// The edits that turn `document` into the old file again, byte for byte.
    pub inverse: EditSet,
}

/// Makes the new file: every byte outside the edited spans is copied from the old file as it lies on disk, with its byte order mark, line ends
/// and encoding. A character that the file's encoding, or the encoding that its XML declaration names, cannot spell becomes a numeric reference.
/// The result is read again; what was read must be exactly the planned text.
///
/// # Errors
/// [`EditError::NoSpan`] for a span outside the document or within a character; [`EditError::NotWellFormed`]; [`EditError::Encoding`].
pub fn apply(document: &Document, edits: &EditSet) -> Result<Applied, EditError> {
    let source = document.source();
    let (old, disk) = (source.text(), source.bytes());
    let mut bytes = Vec::with_capacity(disk.len() + edits.iter().map(|e| e.replacement.len()).sum::<usize>());
    let mut text = String::with_capacity(old.len());
    let mut inverse = EditSet::verbatim();
    let (mut from, mut disk_from) = (0, 0);
    for edit in edits {
        let no_span = EditError::NoSpan { span: edit.span, len: old.len() };
        let (Some(gap), Some(replaced)) = (old.get(from..edit.span.start), old.get(edit.span.range())) else { return Err(no_span) };
        let range = source.disk_range(edit.span);
        let new =
            if edits.is_verbatim() { Cow::Borrowed(edit.replacement.as_str()) } else { spell::spellable(document, &edit.replacement) };
        let Some(spelled) = spell::bytes(source, &new) else { return Err(EditError::Encoding) };
        text.push_str(gap);
        bytes.extend_from_slice(&disk[disk_from..range.start]);
        inverse.add_after(Edit::replace(Span::new(text.len(), text.len() + new.len()), replaced))?;
        text.push_str(&new);
        bytes.extend_from_slice(&spelled);
        (from, disk_from) = (edit.span.end, range.end);
    }
    text.push_str(&old[from..]);
    bytes.extend_from_slice(&disk[disk_from..]);
    let again = Source::decode(source.document(), bytes.clone()).map_err(|_| EditError::Encoding)?;
    // A file in no named encoding may lose the one byte that told it from UTF-8; the way back would then be spelled otherwise.
    if again.text() != text || again.encoding() != source.encoding() || again.bom() != source.bom() {
        return Err(EditError::Encoding);
    }
    // The limits guard against foreign input; an edit must not fail because the document was read with wider ones.
    let wide = Limits { bytes: usize::MAX, depth: usize::MAX, attributes: usize::MAX, name: usize::MAX, elements: usize::MAX };
    let document = Document::parse(again, &wide)?;
    Ok(Applied { bytes, document, inverse })
}
