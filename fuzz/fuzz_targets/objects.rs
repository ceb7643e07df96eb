//! Any bytes as Clixml, JSON or CSV (the first byte chooses): no panic, no endless work, and places that lie in the file.
#![no_main]

use kerbsync_objects::{Object, Value, is_secret_property, looks_like_csv, read_clixml, read_csv, read_json};
use kerbsync_source::{DocumentId, Origin, Source};
use kerbsync_xml::{Document, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((form, data)) = data.split_first() else { return };
    let Ok(source) = Source::decode(DocumentId(0), data.to_vec()) else { return };
    let mut problems = Vec::new();
    let objects = match form % 3 {
        0 => match Document::parse(source, &Limits::default()) {
            Ok(document) => read_clixml(&document, &mut problems),
            Err(_) => return,
        },
        1 => read_json(&source, &mut problems),
        _ => {
            let _ = looks_like_csv(source.text());
            read_csv(&source, &mut problems)
        }
    };
    for object in &objects {
        walk(object, data.len() as u64);
    }
    for problem in &problems {
        assert!(problem.location.is_none_or(|l| l.byte_start <= l.byte_end && l.byte_end <= data.len() as u64), "{problem}");
    }
});

fn place(origin: &Origin, length: u64) {
    let Some(l) = origin.location() else { return };
    assert!(l.byte_start <= l.byte_end && l.byte_end <= length);
}

fn walk(object: &Object, length: u64) {
    place(&object.origin, length);
    for property in &object.properties {
        place(&property.origin, length);
        if is_secret_property(&property.name) {
            assert!(matches!(property.value, Value::Null | Value::Lost(_)), "a secret was kept");
            assert!(property.origin.excerpt().is_none() || property.value.as_text().is_none());
        }
        value(&property.value, length);
    }
}

fn value(v: &Value, length: u64) {
    let _ = (v.as_text(), v.as_list());
    match v {
        Value::Object(o) => walk(o, length),
        Value::List(items) => items.iter().for_each(|i| value(i, length)),
        _ => {}
    }
}
