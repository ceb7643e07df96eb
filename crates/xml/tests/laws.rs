//! Laws of the tree, over arbitrary and over generated documents.

use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::{Document, Element, Limits, escape_attribute, escape_text, is_char};
use proptest::prelude::*;
use quick_xml::events::Event;
use std::fmt::Write as _;

fn read(bytes: Vec<u8>) -> Option<Document> {
    Document::parse(Source::decode(DocumentId(0), bytes).ok()?, &Limits::default()).ok()
}

/// Uses everything that a document offers; every span must slice to what it says.
fn walk(d: &Document) {
    let text = d.source().text();
    let _ = (d.declared_encoding(), d.declaration());
    for (i, e) in d.root().descendants().enumerate() {
        let (span, tag) = (e.span(), e.start_tag());
        assert_eq!(&text[e.name_span().range()], e.name());
        assert!(text[tag.range()].starts_with(&format!("<{}", e.name())));
        assert!(text[tag.range()].ends_with(if e.end_tag().is_some() { ">" } else { "/>" }));
        if let (Some(end), Some(content)) = (e.end_tag(), e.content_span()) {
            assert!(text[end.range()].starts_with(&format!("</{}", e.name())) && text[end.range()].ends_with('>'));
            assert_eq!((tag.end, content.end, end.end), (content.start, end.start, span.end));
        } else {
            assert_eq!(span, tag);
        }
        let mut at = e.name_span().end;
        for a in e.attributes() {
            assert_eq!((&text[a.name_span().range()], &text[a.value_span().range()]), (a.name(), a.raw_value()));
            assert!(text[at..a.span().start].chars().all(char::is_whitespace) && at < a.span().start);
            assert!(text[a.span().range()].ends_with(a.quote()) && text[..a.value_span().start].ends_with(a.quote()));
            assert_eq!(e.attribute(a.name()).map(|a| a.value()), Some(a.value()));
            at = a.span().end;
        }
        assert!(["/>", ">"].contains(&text[at..tag.end].trim_start()));
        for child in e.children() {
            assert_eq!(child.parent(), Some(e));
            assert!(span.start < child.span().start && child.span().end < span.end);
        }
        assert_eq!(e.descendants().count(), 1 + e.children().map(|c| c.descendants().count()).sum::<usize>());
        if i < 50 {
            let _ = (e.text(), e.namespace(), e.path_from_root(), e.attribute_origin("name"), format!("{e:?}"));
            for at in [span.start, tag.end, span.end, span.end + 1] {
                assert!(d.masked_line(at).len() <= text.len() + 100);
            }
        }
    }
}

/// Pieces of which documents are made that are nearly XML.
fn nearly_xml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => Just("<a>".to_owned()),
        3 => Just("</a>".to_owned()),
        2 => Just("<b c='1' d=\"&#xA;\"/>".to_owned()),
        1 => Just("<!-- x -->".to_owned()),
        1 => Just("<![CDATA[<&]]>".to_owned()),
        1 => Just("<?p q?>".to_owned()),
        1 => Just("&amp;".to_owned()),
        1 => Just("\r\n\t".to_owned()),
        1 => Just("\u{E9}\u{20AC}".to_owned()),
        1 => "[<>&'\"=/!?a \\-\\[\\]]{1,3}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|p| format!("<a>{}</a>", p.concat()))
}

/// Name and attributes, values as written.
type Tag = (String, Vec<(String, String)>);

/// Start tags as quick-xml sees them, or `None` where it refuses.
fn second_opinion(text: &str) -> Option<Vec<Tag>> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut out = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => {
                let mut attributes = Vec::new();
                for a in tag.attributes() {
                    let a = a.ok()?;
                    let raw = a.value.to_string();
                    attributes.push((a.key.as_ref().to_owned(), raw));
                }
                out.push((tag.name().as_ref().to_owned(), attributes));
            }
            Event::Eof => return Some(out),
            _ => {}
        }
    }
}

fn ours(d: &Document) -> Vec<Tag> {
    let attributes = |e: Element<'_>| e.attributes().map(|a| (a.name().to_owned(), a.raw_value().to_owned())).collect();
    d.root().descendants().map(|e| (e.name().to_owned(), attributes(e))).collect()
}

/// A tree to be written: name, attributes, text, children.
#[derive(Debug, Clone)]
struct Tree(String, Vec<(String, String)>, String, Vec<Tree>);

fn tree() -> impl Strategy<Value = Tree> {
    let name = "[a-zé_][a-z.0-9é-]{0,6}";
    let value = proptest::collection::vec(any::<char>().prop_filter("legal in XML", |c| is_char(*c)), 0..8).prop_map(String::from_iter);
    let attributes = proptest::collection::btree_map(name, value.clone(), 0..4).prop_map(|m| m.into_iter().collect::<Vec<_>>());
    let leaf = (name, attributes.clone(), value.clone()).prop_map(|(n, a, t)| Tree(n, a, t, Vec::new()));
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (name, attributes.clone(), value.clone(), proptest::collection::vec(inner, 0..4)).prop_map(|(n, a, t, c)| Tree(n, a, t, c))
    })
}

fn write(t: &Tree, quote: char, out: &mut String) {
    let _ = write!(out, "<{}", t.0);
    for (name, value) in &t.1 {
        let _ = write!(out, "\n {name} = {quote}{}{quote}", escape_attribute(value, quote));
    }
    out.push('>');
    out.push_str(&escape_text(&t.2));
    for child in &t.3 {
        out.push_str("<!-- <x> -->");
        write(child, quote, out);
    }
    let _ = write!(out, "</{}>", t.0);
}

fn same(t: &Tree, e: Element<'_>) {
    assert_eq!((t.0.as_str(), t.2.as_str()), (e.name(), &*e.text()));
    let attributes: Vec<_> = e.attributes().map(|a| (a.name().to_owned(), a.value().into_owned())).collect();
    assert_eq!(t.1, attributes);
    assert_eq!(t.3.len(), e.children().count());
    t.3.iter().zip(e.children()).for_each(|(t, e)| same(t, e));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        if let Some(d) = read(bytes) { walk(&d); }
    }

    #[test]
    fn any_text_is_read_or_refused_within_its_bounds(text in "\\PC{0,40}", markup in nearly_xml()) {
        for text in [text, markup] {
            match Document::parse(Source::decode(DocumentId(0), text.clone().into_bytes()).unwrap(), &Limits::default()) {
                Ok(d) => walk(&d),
                Err(e) => prop_assert!(e.location.byte_start <= text.len() as u64),
            }
        }
    }

    /// What we accept, quick-xml accepts, with the same elements and attributes.
    #[test]
    fn a_second_opinion_agrees(text in nearly_xml()) {
        if let Some(d) = read(text.clone().into_bytes()) {
            prop_assert_eq!(Some(ours(&d)), second_opinion(&text));
        }
    }

    #[test]
    fn what_is_written_is_read(t in tree(), double: bool, encoding in 0..4) {
        let mut text = String::new();
        write(&t, if double { '"' } else { '\'' }, &mut text);
        let bytes: Vec<u8> = match encoding {
            0 => text.clone().into_bytes(),
            1 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            2 => [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
            _ => [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        };
        let d = read(bytes).expect("well-formed");
        walk(&d);
        same(&t, d.root());
        // Spans lead to the bytes on disk: these decode to the same text again.
        for e in d.root().descendants() {
            let disk = &d.source().bytes()[d.source().disk_range(e.span())];
            prop_assert_eq!(&*d.source().encode(&d.source().text()[e.span().range()]).unwrap(), disk);
        }
    }

    /// A well-formed document cut anywhere within its root is refused at or before the cut.
    #[test]
    fn a_cut_file_is_refused(t in tree(), cut in 0.0..1.0) {
        let mut text = String::new();
        write(&t, '"', &mut text);
        let at = (text.len() as f64 * cut) as usize;
        let at = (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap();
        let e = Document::parse(Source::decode(DocumentId(0), text.as_bytes()[..at].to_vec()).unwrap(), &Limits::default()).unwrap_err();
        prop_assert!(e.location.byte_start <= at as u64);
        prop_assert!(e.to_string().contains("cut") || at == 0, "{}", e);
    }
}
