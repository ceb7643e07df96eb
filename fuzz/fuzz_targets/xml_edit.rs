//! The first bytes choose an edit, the rest is the document: apply, read again, take back, compare.
#![no_main]

use kerbsync_source::{DocumentId, Encoding, Source, Span};
use kerbsync_xml::{Document, Limits};
use kerbsync_xml_edit::{
    Assignment, AttributePosition, ChildPosition, Edit, EditSet, NewElement, apply, insert_attribute, insert_child, remove_attribute,
    remove_element, set_attribute,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [kind, which, start, len, value_len, rest @ ..] = data else { return };
    let (value, file) = rest.split_at(usize::from(*value_len).min(rest.len()));
    let Ok(source) = Source::decode(DocumentId(0), file.to_vec()) else { return };
    let Ok(d) = Document::parse(source, &Limits::default()) else { return };
    let value = String::from_utf8_lossy(value);
    let count = d.root().descendants().count();
    let Some(e) = d.root().descendants().nth(usize::from(*which) % count) else { return };
    let (first, child) = (e.attributes().next(), e.children().next());
    let element = NewElement::new("new").attribute("a", &*value).child(NewElement::new("x"));
    let edit = match kind % 10 {
        0 => set_attribute(e, first.map_or("new", |a| a.name()), &value),
        1 => insert_attribute(e, "new", &value, AttributePosition::Last),
        2 => insert_attribute(e, "new", &value, first.map_or(AttributePosition::First, |a| AttributePosition::Before(a.name()))),
        3 => remove_attribute(e, first.map_or("new", |a| a.name())),
        4 => insert_child(e, &element, ChildPosition::Last),
        5 => insert_child(e, &element, child.map_or(ChildPosition::Last, ChildPosition::Before)),
        6 => insert_child(e, &element, child.map_or(ChildPosition::Last, ChildPosition::After)),
        7 => remove_element(e),
        8 => match value.parse::<Assignment>() {
            Ok(assignment) => assignment.edit(&d),
            Err(error) => {
                assert!(error.column <= value.chars().count() + 1);
                return;
            }
        },
        _ => Ok(Edit::replace(Span::new(usize::from(*start), usize::from(*start) + usize::from(*len)), &*value)),
    };
    let raw = kind % 10 == 9;
    let in_doubt =
        d.source().encoding() == Encoding::Windows1252 || d.declared_encoding().is_some_and(|e| !e.eq_ignore_ascii_case("UTF-8"));
    let Ok(edit) = edit else { return };
    let Ok(edits) = EditSet::try_from(edit) else { return };
    match apply(&d, &edits) {
        Ok(applied) => {
            let back = apply(&applied.document, &applied.inverse).expect("what was done can be taken back");
            assert_eq!(back.bytes, file);
            if kind % 10 < 3 {
                let name = if kind % 10 == 0 { first.map_or("new", |a| a.name()) } else { "new" };
                let again = applied.document.element(e.id()).and_then(|e| e.attribute(name)).expect("the attribute");
                assert_eq!(again.value(), value);
            }
        }
        // Only a raw edit may make the document ill-formed. A file in doubt about its encoding may refuse any edit, also because the name of
        // an element cannot be spelled in numbers.
        Err(kerbsync_xml_edit::EditError::Encoding) => {}
        Err(error) => assert!(raw || in_doubt, "{error}"),
    }
});
