//! The three readers, seen from outside.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod bounds;
mod clixml;
mod csv;
mod json;

use kerbsync_objects::{Object, Value};
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::{Document, Limits};
use std::fmt::Write as _;

fn source(text: &str) -> Source {
    Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap()
}

fn clixml(text: &str) -> (Vec<Object>, Vec<Problem>) {
    let document = Document::parse(source(text), &Limits::default()).unwrap();
    let mut problems = Vec::new();
    (kerbsync_objects::read_clixml(&document, &mut problems), problems)
}

fn json(text: &str) -> (Vec<Object>, Vec<Problem>) {
    let mut problems = Vec::new();
    (kerbsync_objects::read_json(&source(text), &mut problems), problems)
}

fn csv(text: &str) -> (Vec<Object>, Vec<Problem>) {
    let mut problems = Vec::new();
    (kerbsync_objects::read_csv(&source(text), &mut problems), problems)
}

/// Objects as an outline: `line:column name = value`.
fn show((objects, problems): (Vec<Object>, Vec<Problem>)) -> String {
    let mut out = String::new();
    for object in &objects {
        show_object(object, 0, &mut out);
    }
    for p in &problems {
        writeln!(out, "{:?} {}: {p}", p.level, p.code).unwrap();
    }
    out
}

fn show_object(object: &Object, depth: usize, out: &mut String) {
    let at = object.origin.location().map(|l| l.position.to_string()).unwrap_or_default();
    writeln!(out, "{}{at} {:?} {:?} <{}>", "  ".repeat(depth), object.type_names, object.to_string, object.origin.element()).unwrap();
    for p in &object.properties {
        let at = p.origin.location().map(|l| l.position.to_string()).unwrap_or_default();
        write!(out, "{}{at} {} = ", "  ".repeat(depth + 1), p.name).unwrap();
        show_value(&p.value, depth + 1, out);
    }
}

fn show_value(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(o) => {
            out.push('\n');
            show_object(o, depth + 1, out);
        }
        Value::List(items) if items.iter().any(|i| matches!(i, Value::Object(_) | Value::List(_))) => {
            out.push_str("list\n");
            for item in items {
                write!(out, "{}- ", "  ".repeat(depth)).unwrap();
                show_value(item, depth, out);
            }
        }
        other => writeln!(out, "{other:?}").unwrap(),
    }
}
