//! Laws of editing, over generated documents in every encoding and layout.

use kerbsync_source::{DocumentId, Source, Span};
use kerbsync_xml::{Document, Element, Limits, NodeId, is_char};
use kerbsync_xml_edit::{
    AttributePosition, ChildPosition, Edit, EditError, EditSet, NewElement, apply, insert_attribute, insert_child, remove_attribute,
    remove_element, set_attribute,
};
use proptest::prelude::*;
use std::fmt::Write as _;

fn read(bytes: Vec<u8>) -> Document {
    let source = Source::decode(DocumentId(0), bytes).expect("text");
    Document::parse(source, &Limits::default()).expect("well-formed")
}

/// The looks of a file.
#[derive(Debug, Clone)]
struct Look {
    newline: &'static str,
    step: &'static str,
    quote: char,
    close: &'static str,
    final_newline: bool,
    encoding: u8,
}

fn look() -> impl Strategy<Value = Look> {
    let newline = prop_oneof![Just("\r\n"), Just("\n"), Just("\r"), Just("")];
    let step = prop_oneof![Just("    "), Just("\t"), Just("  "), Just("")];
    let close = prop_oneof![Just(" />"), Just("/>")];
    (newline, step, any::<bool>(), close, any::<bool>(), 0..5_u8).prop_map(|(newline, step, single, close, final_newline, encoding)| Look {
        newline,
        step: if newline.is_empty() { "" } else { step },
        quote: if single { '\'' } else { '"' },
        close,
        final_newline,
        encoding,
    })
}

/// Name, attribute values, children.
#[derive(Debug, Clone)]
struct Tree(String, Vec<String>, Vec<Tree>);

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = ("[a-d]", proptest::collection::vec("[a-z\u{E9} ]{0,5}", 0..3)).prop_map(|(n, a)| Tree(n, a, Vec::new()));
    leaf.prop_recursive(4, 16, 4, |inner| {
        ("[a-d]", proptest::collection::vec("[a-z]{0,3}", 0..3), proptest::collection::vec(inner, 0..4)).prop_map(|(n, a, c)| Tree(n, a, c))
    })
}

fn write(t: &Tree, look: &Look, depth: usize, out: &mut String) {
    let line = |out: &mut String, depth: usize| {
        out.push_str(look.newline);
        out.push_str(&look.step.repeat(depth));
    };
    let _ = write!(out, "<{}", t.0);
    for (i, value) in t.1.iter().enumerate() {
        let _ = write!(out, " k{i}={q}{value}{q}", q = look.quote);
    }
    if t.2.is_empty() {
        out.push_str(look.close);
        return;
    }
    out.push('>');
    for child in &t.2 {
        line(out, depth + 1);
        write(child, look, depth + 1, out);
    }
    line(out, depth);
    let _ = write!(out, "</{}>", t.0);
}

/// A file; none of the encodings but Windows-1252 is in doubt, and that one is made certain by a comment.
fn file(t: &Tree, look: &Look) -> Vec<u8> {
    let mut text = String::new();
    write(t, look, 0, &mut text);
    if look.final_newline {
        text.push_str(look.newline);
    }
    let utf16 = |unit: fn(u16) -> [u8; 2]| [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(unit).collect();
    match look.encoding {
        0 => text.into_bytes(),
        1 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        2 => utf16(u16::to_le_bytes),
        3 => utf16(u16::to_be_bytes),
        _ => {
            let mut bytes = b"<!--\xE9 -->".to_vec();
            bytes.extend(text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")));
            bytes
        }
    }
}

fn nth<'d>(d: &'d Document, index: usize) -> Element<'d> {
    let count = d.root().descendants().count();
    d.root().descendants().nth(index % count).expect("an element")
}

fn value() -> impl Strategy<Value = String> {
    let any = any::<char>().prop_filter("legal in XML", |c| is_char(*c));
    proptest::collection::vec(prop_oneof![any, Just('"'), Just('\''), Just('\n'), Just('&'), Just('<')], 0..10).prop_map(String::from_iter)
}

/// Applies one edit, checks what must hold of every edit, and gives the new document.
fn change(d: &Document, edit: Edit) -> Document {
    let edits = EditSet::try_from(edit).expect("one edit");
    let applied = apply(d, &edits).expect("applied");
    assert_eq!(applied.document.source().bytes(), applied.bytes);
    for (old, new) in edits.iter().zip(&applied.inverse) {
        // Everything before and behind the planned span is there as it was.
        let (old, new) = (d.source().disk_range(old.span), applied.document.source().disk_range(new.span));
        assert_eq!(d.source().bytes()[..old.start], applied.bytes[..new.start]);
        assert_eq!(d.source().bytes()[old.end..], applied.bytes[new.end..]);
    }
    let back = apply(&applied.document, &applied.inverse).expect("taken back");
    assert_eq!(back.bytes, *d.source().bytes());
    assert!(back.inverse.iter().eq(&edits_as_spelled(&edits, &applied.inverse, applied.document.source().text())));
    applied.document
}

/// The edits with the text that really stands in the new document.
fn edits_as_spelled(edits: &EditSet, inverse: &EditSet, new: &str) -> EditSet {
    let mut out = EditSet::new();
    for (e, i) in edits.iter().zip(inverse) {
        out.add_after(Edit::replace(e.span, &new[i.span.range()])).expect("in order");
    }
    out
}

proptest! {
    #[test]
    fn no_edit_is_no_change(t in tree(), look in look()) {
        let bytes = file(&t, &look);
        let applied = apply(&read(bytes.clone()), &EditSet::new()).unwrap();
        prop_assert_eq!(applied.bytes, bytes);
        prop_assert!(applied.inverse.is_empty());
    }

    #[test]
    fn the_re_read_shows_the_value(t in tree(), look in look(), index: usize, name in "k[0-3]", value in value()) {
        let d = read(file(&t, &look));
        let element = nth(&d, index);
        let (id, others) = (element.id(), element.attributes().filter(|a| a.name() != name).count());
        let new = change(&d, set_attribute(element, &name, &value).unwrap());
        let again = new.element(id).unwrap();
        prop_assert_eq!(again.attribute(&name).unwrap().value(), value.as_str());
        prop_assert_eq!(again.attributes().count(), others + 1);
        prop_assert_eq!(new.root().descendants().count(), d.root().descendants().count());
    }

    #[test]
    fn an_attribute_inserted_and_removed_leaves_no_trace(t in tree(), look in look(), index: usize, value in value(), place in 0..4) {
        let d = read(file(&t, &look));
        let element = nth(&d, index);
        let first = element.attributes().next().map(|a| a.name().to_owned());
        let place = match (place, &first) {
            (0, _) | (_, None) => AttributePosition::Last,
            (1, _) => AttributePosition::First,
            (2, Some(name)) => AttributePosition::Before(name),
            (_, Some(name)) => AttributePosition::After(name),
        };
        let new = change(&d, insert_attribute(element, "new", &value, place).unwrap());
        let gone = change(&new, remove_attribute(new.element(element.id()).unwrap(), "new").unwrap());
        prop_assert_eq!(gone.source().bytes(), d.source().bytes());
    }

    #[test]
    fn an_element_inserted_and_removed_leaves_no_trace(t in tree(), look in look(), index: usize, value in value(), place in 0..4, deep: bool) {
        let d = read(file(&t, &look));
        let parent = nth(&d, index);
        let children: Vec<_> = parent.children().collect();
        let place = match place {
            _ if children.is_empty() => ChildPosition::Last,
            0 => ChildPosition::Last,
            1 => ChildPosition::AfterLast("b"),
            2 => ChildPosition::Before(children[index % children.len()]),
            _ => ChildPosition::After(children[index % children.len()]),
        };
        let mut element = NewElement::new("new").attribute("k", value.clone());
        if deep {
            element = element.child(NewElement::new("x")).child(NewElement::new("y").child(NewElement::new("z").attribute("k", "v")));
        }
        let new = change(&d, insert_child(parent, &element, place).unwrap());
        let inserted = new.root().descendants().find(|e| e.name() == "new").unwrap();
        prop_assert_eq!(inserted.parent().map(|p| p.id()), Some(parent.id()));
        prop_assert_eq!(inserted.attribute("k").unwrap().value(), value.as_str());
        prop_assert_eq!(inserted.descendants().count(), if deep { 4 } else { 1 });
        let gone = change(&new, remove_element(inserted).unwrap());
        // An element whose tag was written otherwise than most is closed as most are.
        prop_assert_eq!(gone.source().text(), d.source().text());
        prop_assert_eq!(gone.source().bytes(), d.source().bytes());
    }

    #[test]
    fn any_raw_edits_are_applied_and_taken_back_or_refused(t in tree(), look in look(), raw in proptest::collection::vec((0..400_usize, 0..12_usize, "[<>/a\"'= \u{E9}\u{20AC}\u{10000}]{0,4}"), 0..5)) {
        let d = read(file(&t, &look));
        let mut edits = EditSet::new();
        for (start, len, text) in raw {
            let edit = Edit::replace(Span::new(start, start + len), text);
            match edits.add_after(edit.clone()) {
                Ok(()) => {}
                Err(e) => {
                    let overlap = matches!(e, EditError::Overlap { .. });
                    prop_assert!(overlap);
                    prop_assert!(edits.iter().any(|o| o.span.start < edit.span.end.max(edit.span.start + 1) && edit.span.start < o.span.end.max(o.span.start + 1)));
                }
            }
        }
        if let Ok(applied) = apply(&d, &edits) {
            prop_assert_eq!(apply(&applied.document, &applied.inverse).unwrap().bytes, d.source().bytes().to_vec());
        }
    }
}

#[test]
fn characters_that_the_file_cannot_hold_become_numbers() {
    let set = |bytes: &[u8], value: &str| {
        let d = read(bytes.to_vec());
        let new = change(&d, set_attribute(d.root(), "b", value).unwrap());
        assert_eq!(new.root().attribute("b").unwrap().value(), value);
        new.source().bytes().escape_ascii().to_string()
    };
    let value = "\u{E9}\u{20AC}\u{10000}";
    let spelled = |file: &[u8]| set(file, value).split_once("<a b=").unwrap().1.to_owned();
    assert_eq!(spelled(b"<a b=''/>"), r"\'\xc3\xa9\xe2\x82\xac\xf0\x90\x80\x80\'/>");
    assert_eq!(spelled(b"<?xml version='1.0' encoding='us-ascii'?><a b=''/>"), r"\'&#xE9;&#x20AC;&#x10000;\'/>");
    assert_eq!(spelled(b"<!--\xFC--><a b=''/>"), r"\'\xe9&#x20AC;&#x10000;\'/>");
    assert_eq!(spelled(b"<?xml version='1.0' encoding='Windows-1252'?><!--\xFC--><a b=''/>"), r"\'\xe9\x80&#x10000;\'/>");
    assert_eq!(spelled(b"<?xml version='1.0' encoding='windows-1251'?><!--\xFC--><a b=''/>"), r"\'&#xE9;&#x20AC;&#x10000;\'/>");
}

#[test]
fn what_stood_in_a_file_comes_back_in_the_same_bytes() {
    // The declaration is wrong, and bytes 93 and 94 are quotes in Windows-1252 only: new text would be spelled in numbers, old text is not.
    let d = read(b"<?xml version='1.0' encoding='UTF-8'?><!--\xFC--><a b='\x93\xE9\x94'/>".to_vec());
    let new = change(&d, set_attribute(d.root(), "b", "\u{201C}").unwrap());
    assert!(new.source().text().ends_with("<a b='&#x201C;'/>"));
}

#[test]
fn an_edit_that_would_change_how_the_file_is_read_is_refused() {
    // Without its only byte that is not UTF-8 the rest would be read as UTF-8: as other text, or as the same text to be spelled otherwise.
    for file in [&b"<a b='\xC3\xA9' c='\xFF'/>"[..], b"<a c='\xFF'/>"] {
        let d = read(file.to_vec());
        let c = d.root().attribute("c").unwrap().value_span();
        let refused = apply(&d, &EditSet::try_from(Edit::remove(c)).unwrap());
        assert_eq!(refused.unwrap_err(), EditError::Encoding);
    }
}

#[test]
fn spans_that_are_none_and_results_that_are_no_xml_are_refused() {
    let d = read("<a>\u{E9}</a>".as_bytes().to_vec());
    let one = |edit| apply(&d, &EditSet::try_from(edit).unwrap()).unwrap_err().to_string();
    let said = [one(Edit::remove(Span::new(4, 5))), one(Edit::insert(99, "x")), one(Edit::insert(3, "<b>")), one(Edit::insert(0, "x"))];
    insta::assert_snapshot!(said.join("\n"), @r"
    bytes 4..5 are no span of a text of 9 bytes: make the edit from the document that it is applied to
    bytes 99..99 are no span of a text of 9 bytes: make the edit from the document that it is applied to
    the edited document would not be well-formed: line 1, column 8 (byte 8): end tag </a> where </b> for line 1 was expected
    the edited document would not be well-formed: line 1, column 1 (byte 0): text outside the root element
    ");
    assert!(d.element(NodeId::clone(&d.root().id())).is_some());
}
