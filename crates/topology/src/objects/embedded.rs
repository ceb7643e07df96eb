//! XML that stands as text in a property: `Get-CsTopology -AsXml | Export-Clixml`, or the `Element` of a settings object (inferred).

use crate::anchored::set_deployment;
use crate::context::Context;
use crate::reading::{Reading, read_within};
use kerbsync_objects::{Object, Value};
use kerbsync_source::Origin;

/// Reads every text of an object that holds a document of this crate. Returns whether there was one.
pub(super) fn read(object: &Object, context: &mut Context<'_>, reading: &mut Reading) -> bool {
    let mut found = false;
    if let Some(text) = &object.to_string {
        found |= read_text(text, &object.origin, context, reading);
    }
    // The text and its property usually say the same; one document is enough.
    for property in &object.properties {
        if !found {
            found = read_value(&property.value, &property.origin, context, reading);
        }
    }
    found
}

fn read_value(value: &Value, origin: &Origin, context: &mut Context<'_>, reading: &mut Reading) -> bool {
    match value {
        Value::Text(text) => read_text(text, origin, context, reading),
        Value::List(items) => items.iter().any(|v| read_value(v, origin, context, reading)),
        Value::Object(o) => o.to_string.as_ref().is_some_and(|t| read_text(t, &o.origin, context, reading)),
        _ => false,
    }
}

fn read_text(text: &str, origin: &Origin, context: &mut Context<'_>, reading: &mut Reading) -> bool {
    const ROOTS: &[&str] = &["<Topology", "<AnchoredXml", "<DocItemSet"];
    let head = text.trim_start();
    if !head.starts_with('<') || !ROOTS.iter().any(|r| head.contains(r)) {
        return false;
    }
    let mut inner = context.within(origin);
    let Some(document) = inner.parse_text(text, origin) else { return false };
    let Some(inside) = read_within(&document, &mut inner) else { return false };
    if let Some(deployment) = inside.deployment {
        set_deployment(reading, deployment, context);
    }
    reading.assignments.extend(inside.assignments);
    reading.assignments_exported |= inside.assignments_exported;
    reading.simple_urls.extend(inside.simple_urls);
    true
}
