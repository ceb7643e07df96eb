//! A cheap look for elements that may hold an account or a secret, before any attribute is looked at.

use kerbsync_xml::{Document, Element};
use memchr::memmem;
use std::sync::LazyLock;

/// Elements whose start tag, or whose text, may name an account or a secret. In document order, each once.
///
/// A few passes over the bytes look for what every such place must hold: `userName`, `[enc:` and parts of words such as password.
/// On a file without slots nothing else is done.
pub(crate) fn find(document: &Document) -> Vec<Element<'_>> {
    let hits = hits(document.source().text().as_bytes());
    let mut out: Vec<Element<'_>> = Vec::new();
    let mut elements = document.root().descendants().peekable();
    let mut current: Option<Element<'_>> = None;
    for hit in hits {
        while let Some(next) = elements.next_if(|e| e.start_tag().start <= hit) {
            current = Some(next);
        }
        let Some(at) = current else { continue }; // before the root: a comment
        let holder = if hit < at.start_tag().end {
            Some(at)
        } else {
            // In the text of the innermost element around, or in a comment there. Only text of leaves can be a value.
            std::iter::once(at).chain(at.ancestors()).find(|e| hit < e.span().end).filter(|e| e.children().next().is_none())
        };
        if let Some(holder) = holder
            && !out.contains(&holder)
        {
            out.push(holder);
        }
    }
    out
}

/// Offsets of everything that looks like part of an account's or a secret's place, in order.
fn hits(text: &[u8]) -> Vec<usize> {
    static FINDERS: LazyLock<[memmem::Finder<'static>; 5]> =
        LazyLock::new(|| ["userName", "ecret", "redential", "ECRET", "REDENTIAL"].map(memmem::Finder::new));
    let mut hits: Vec<usize> = FINDERS.iter().flat_map(|f| f.find_iter(text)).collect();
    let is = |range: std::ops::Range<usize>, word: &[u8]| text.get(range).is_some_and(|t| t.eq_ignore_ascii_case(word));
    hits.extend(memchr::memchr_iter(b'[', text).filter(|&i| is(i + 1..i + 5, b"enc:")));
    // password, passwd, pwd in any letters: all of them have a w that is rare enough to look at each.
    hits.extend(memchr::memchr2_iter(b'w', b'W', text).filter(|&i| {
        let before = |n: usize, word: &[u8]| i.checked_sub(n).is_some_and(|from| is(from..i, word));
        before(4, b"pass") || (before(1, b"p") && is(i + 1..i + 2, b"d"))
    }));
    hits.sort_unstable();
    hits
}
