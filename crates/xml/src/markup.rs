//! The pieces of markup: tags, text, comments and the rest, each read from its first byte to the offset behind its last.

use crate::ErrorKind;
use crate::escape::reference_end;
use crate::name::{BLANK, NAME, is, not_a_name_at, skip};
use crate::parse::{Fail, Scanner, StartTag, shortened};
use kerbsync_source::Span;
use std::collections::HashSet;

/// Text from `at` up to the next `<` at `end`.
#[inline]
pub(crate) fn text(s: &Scanner<'_>, at: usize, end: usize) -> Result<(), Fail> {
    let begin = skip(&s.bytes[..end], at, BLANK);
    if begin == end {
        return Ok(());
    }
    if !s.within_root() {
        return Err((ErrorKind::TextOutsideRoot, begin));
    }
    for i in memchr::memchr2_iter(b'&', b']', &s.bytes[begin..end]) {
        let at = begin + i;
        if s.bytes[at] == b'&' {
            reference(s, at)?;
        } else if s.bytes[at..end].starts_with(b"]]>") {
            return Err((ErrorKind::Syntax("']]>' in text: write ']]&gt;'".into()), at));
        }
    }
    Ok(())
}

/// The end of a reference that begins at `at`.
fn reference(s: &Scanner<'_>, at: usize) -> Result<usize, Fail> {
    match reference_end(s.bytes, at) {
        Some(end) => Ok(end),
        None if s.bytes[at + 1..].iter().all(|b| b.is_ascii_alphanumeric() || *b == b'#') => s.cut("a reference", at),
        None => Err((ErrorKind::Reference, at)),
    }
}

/// The end of a name that begins at `at`.
#[inline]
fn name(s: &Scanner<'_>, at: usize) -> Result<usize, Fail> {
    let end = skip(s.bytes, at, NAME);
    let name = &s.bytes[at..end];
    if name.len() > s.limits.name {
        return Err((ErrorKind::Limit { what: "bytes of a name", limit: s.limits.name }, at));
    }
    let plain = name.first().is_some_and(|&b| b.is_ascii_alphabetic() || b == b'_') && name.is_ascii();
    match if plain { None } else { not_a_name_at(&s.text[at..end]) } {
        None => Ok(end),
        Some(i) => Err((ErrorKind::Name, at + i)),
    }
}

/// A start tag or empty-element tag whose `<` stands at `start`.
pub(crate) fn start_tag(s: &mut Scanner<'_>, start: usize) -> Result<StartTag, Fail> {
    if start + 1 == s.bytes.len() {
        return s.cut("a tag", start);
    }
    let name_end = name(s, start + 1)?;
    s.names.clear();
    let mut many = None;
    let mut at = name_end;
    loop {
        let before = at;
        at = skip(s.bytes, at, BLANK);
        match s.bytes.get(at) {
            Some(b'>') => return Ok(StartTag { name_end, end: at + 1, empty: false }),
            Some(b'/') => match s.bytes.get(at + 1) {
                Some(b'>') => return Ok(StartTag { name_end, end: at + 2, empty: true }),
                None => return s.cut("a tag", start),
                Some(_) => return Err((ErrorKind::Attribute("'>' after '/'"), at)),
            },
            None => return s.cut("a tag", start),
            Some(_) if at == before && at == name_end => return Err((ErrorKind::Name, at)),
            Some(_) if at == before => return Err((ErrorKind::Attribute("a blank before an attribute"), at)),
            Some(_) => {
                let span = Span::new(at, name(s, at)?);
                at = value(s, start, span)?;
                distinct(s, span, &mut many)?;
            }
        }
    }
}

/// `= "value"` after the name of an attribute.
#[inline]
fn value(s: &Scanner<'_>, tag: usize, name: Span) -> Result<usize, Fail> {
    let mut at = name.end;
    if s.bytes.get(at) != Some(&b'=') {
        at = skip(s.bytes, at, BLANK);
        match s.bytes.get(at) {
            Some(b'=') => {}
            None => return s.cut("a tag", tag),
            Some(_) => return Err((ErrorKind::Attribute("'=' after the name of an attribute"), at)),
        }
    }
    at = skip(s.bytes, at + 1, BLANK);
    let quote = match s.bytes.get(at) {
        Some(&quote @ (b'"' | b'\'')) => quote,
        None => return s.cut("a tag", tag),
        Some(_) => return Err((ErrorKind::Attribute("a quoted value"), at)),
    };
    at += 1;
    loop {
        let Some(i) = memchr::memchr3(quote, b'<', b'&', &s.bytes[at..]) else { return s.cut("a tag", tag) };
        at += i;
        match s.bytes[at] {
            b'<' => return Err((ErrorKind::LessThanInValue(shortened(&s.text[name.range()])), at)),
            b'&' => at = reference(s, at)?,
            _ => return Ok(at + 1),
        }
    }
}

/// Refuses the second attribute of a name, and too many of them.
#[inline]
fn distinct<'s>(s: &mut Scanner<'s>, new: Span, many: &mut Option<HashSet<&'s [u8]>>) -> Result<(), Fail> {
    /// Up to here each name is compared with each; then a set takes over, so that a tag of thousands of attributes costs no quadratic time.
    const FEW: usize = 16;
    let bytes = s.bytes;
    let name = &bytes[new.range()];
    let twice = match many {
        Some(names) => !names.insert(name),
        None => s.names.iter().any(|n| bytes[n.range()] == *name),
    };
    if twice {
        return Err((ErrorKind::DuplicateAttribute(shortened(&s.text[new.range()])), new.start));
    }
    if s.names.len() >= s.limits.attributes {
        return Err((ErrorKind::Limit { what: "attributes of one element", limit: s.limits.attributes }, new.start));
    }
    s.names.push(new);
    if s.names.len() == FEW {
        *many = Some(s.names.iter().map(|n| &bytes[n.range()]).collect());
    }
    Ok(())
}

/// An end tag whose `<` stands at `start`. Its name need not fit.
#[inline]
pub(crate) fn end_tag(s: &Scanner<'_>, start: usize) -> Result<StartTag, Fail> {
    let name_end = skip(s.bytes, start + 2, NAME);
    let at = skip(s.bytes, name_end, BLANK);
    match s.bytes.get(at) {
        None => s.cut("an end tag", start),
        Some(b'>') if name_end > start + 2 => Ok(StartTag { name_end, end: at + 1, empty: false }),
        Some(_) if name_end == start + 2 => Err((ErrorKind::Name, name_end)),
        Some(_) => Err((ErrorKind::Syntax("an end tag holds a name and nothing else".into()), at)),
    }
}

/// What begins with `<!`.
pub(crate) fn comment_or_cdata(s: &Scanner<'_>, start: usize) -> Result<usize, Fail> {
    let rest = &s.bytes[start..];
    if rest.starts_with(b"<!--") {
        return comment(s, start);
    }
    if rest.starts_with(b"<![CDATA[") {
        let Some(end) = memchr::memmem::find(rest, b"]]>") else { return s.cut("a CDATA section", start) };
        return if s.within_root() { Ok(start + end + 3) } else { Err((ErrorKind::TextOutsideRoot, start)) };
    }
    if rest.get(..9).is_some_and(|r| r.eq_ignore_ascii_case(b"<!DOCTYPE")) {
        return Err((ErrorKind::Doctype, start));
    }
    let begun = [&b"<!--"[..], b"<![CDATA[", b"<!DOCTYPE"].iter().any(|whole| whole.starts_with(rest));
    if begun { s.cut("a comment or the like", start) } else { Err((ErrorKind::Syntax("'<!' without comment or CDATA".into()), start)) }
}

fn comment(s: &Scanner<'_>, start: usize) -> Result<usize, Fail> {
    let mut at = start + 4;
    while let Some(i) = memchr::memchr(b'-', &s.bytes[at..]) {
        at += i + 1;
        if s.bytes.get(at) == Some(&b'-') {
            return match s.bytes.get(at + 1) {
                Some(b'>') => Ok(at + 2),
                None => s.cut("a comment", start),
                Some(_) => Err((ErrorKind::CommentHyphens { line: s.line(start) }, at - 1)),
            };
        }
    }
    s.cut("a comment", start)
}

/// A processing instruction, which is skipped.
pub(crate) fn instruction(s: &Scanner<'_>, start: usize) -> Result<usize, Fail> {
    let Some(end) = memchr::memmem::find(&s.bytes[start + 2..], b"?>").map(|i| start + 2 + i) else {
        return s.cut("a processing instruction", start);
    };
    let name_end = name(s, start + 2)?;
    if s.bytes[start + 2..name_end].eq_ignore_ascii_case(b"xml") {
        return Err((ErrorKind::Declaration, start));
    }
    match s.bytes[name_end..].first() {
        _ if name_end == end => Ok(end + 2),
        Some(&b) if is(b, BLANK) => Ok(end + 2),
        _ => Err((ErrorKind::Name, name_end)),
    }
}

/// The XML declaration at the very start, where there is one: its end.
pub(crate) fn declaration(s: &Scanner<'_>) -> Result<Option<usize>, Fail> {
    let begins = s.bytes.starts_with(b"<?xml") && s.bytes.get(5).is_none_or(|&b| is(b, BLANK) || b == b'?');
    if !begins {
        return Ok(None);
    }
    let Some(close) = memchr::memmem::find(s.bytes, b"?>") else { return s.cut("the XML declaration", 0) };
    let mut at = 5;
    for (part, needed, fits) in
        [("version", true, version as fn(&[u8]) -> bool), ("encoding", false, encoding), ("standalone", false, standalone)]
    {
        let begin = skip(&s.bytes[..close], at, BLANK);
        if !s.bytes[begin..close].starts_with(part.as_bytes()) {
            if needed {
                return Err((ErrorKind::DeclarationSyntax("version=\"1.0\""), begin));
            }
            continue;
        }
        let fail = |at| Err((ErrorKind::DeclarationSyntax("version=\"1.0\" encoding=\"...\" standalone=\"yes or no\", in this order"), at));
        if begin == at {
            return fail(at);
        }
        let eq = skip(&s.bytes[..close], begin + part.len(), BLANK);
        let open = skip(&s.bytes[..close], eq + 1, BLANK);
        let Some(&quote @ (b'"' | b'\'')) = s.bytes[..close].get(open).filter(|_| s.bytes[eq] == b'=') else { return fail(eq) };
        let Some(len) = memchr::memchr(quote, &s.bytes[open + 1..close]) else { return fail(open) };
        if !fits(&s.bytes[open + 1..open + 1 + len]) {
            return fail(open + 1);
        }
        at = open + 1 + len + 1;
    }
    match skip(&s.bytes[..close], at, BLANK) {
        end if end == close => Ok(Some(close + 2)),
        odd => Err((ErrorKind::DeclarationSyntax("'?>'"), odd)),
    }
}

/// 1.x, which is to be read as 1.0.
fn version(v: &[u8]) -> bool {
    v.strip_prefix(b"1.").is_some_and(|minor| !minor.is_empty() && minor.iter().all(u8::is_ascii_digit))
}

fn encoding(v: &[u8]) -> bool {
    v.first().is_some_and(u8::is_ascii_alphabetic) && v.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

fn standalone(v: &[u8]) -> bool {
    matches!(v, b"yes" | b"no")
}
