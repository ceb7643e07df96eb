//! `DocItemSet`: the set of documents within an Export-CsConfiguration archive.
//!
//! That the archive holds such a set was seen in scripts that edit it; its exact shape (`DocItem/Data/AnchoredXml`) is inferred, so
//! `AnchoredXml` is taken at any depth, and text that holds XML is read too.

use crate::context::{Context, plain};
use crate::model::Form;
use crate::reading::{Reading, read_within};
use crate::{anchored, assignment, published, simple_url};
use kerbsync_source::text;
use kerbsync_xml::Element;

/// Reads the set. A set of user data (`urn:lcd:…`) is refused without repeating anything of it: it holds personal data.
pub(crate) fn read(root: Element<'_>, context: &mut Context<'_>, into: &mut Reading) {
    let (users, items): (Vec<Element<'_>>, Vec<Element<'_>>) = root.children().partition(|i| user_items(*i) > 0);
    if let Some(first) = users.first() {
        let origin = context.origin(*first);
        context.warn(
            "user-data",
            &origin,
            text!(
                "This is an export of user data (entries: {}), not of the configuration: it is not read.",
                users.iter().map(|u| user_items(*u)).sum::<usize>()
            ),
            "Remove the file, it holds personal data. The configuration is exported with Export-CsConfiguration -FileName config.zip.",
        );
    }
    let mut documents = 0usize;
    for item in &items {
        for anchored in item.descendants().filter(|e| e.local_name() == "AnchoredXml") {
            documents += 1;
            anchored::read(anchored, context, into);
        }
        documents += escaped(*item, context, into);
    }
    if documents == 0 {
        documents = bare(&items, context, into);
    }
    // A set without the document of the assignments says nothing of them: it may have been edited, or made by another tool.
    if documents == 0 && users.is_empty() {
        let origin = context.origin(root);
        context.error(
            "empty-doc-item-set",
            &origin,
            "The DocItemSet holds no configuration document: AnchoredXml elements were expected.",
            "Export the configuration again with Export-CsConfiguration -FileName config.zip.",
        );
    }
}

/// How many entries of user data an element holds, itself included.
fn user_items(item: Element<'_>) -> usize {
    item.descendants().filter(|e| plain(*e, "Name").is_some_and(|n| n.to_ascii_lowercase().starts_with("urn:lcd:"))).count()
}

/// Documents that stand as text: `<Data>&lt;AnchoredXml …`.
fn escaped(item: Element<'_>, context: &mut Context<'_>, into: &mut Reading) -> usize {
    let mut count = 0;
    for holder in item.descendants().filter(|e| e.children().next().is_none()) {
        let text = holder.text();
        if !text.trim_start().starts_with('<') {
            continue;
        }
        let origin = context.origin(holder);
        let mut inner = context.within(&origin);
        let Some(document) = inner.parse_text(&text, &origin) else { continue };
        let Some(reading) = read_within(&document, &mut inner) else { continue };
        count += 1;
        if let Some(deployment) = reading.deployment {
            let deployment = crate::Deployment { form: Form::ConfigurationExport, ..deployment };
            anchored::set_deployment(into, deployment, context);
        }
        into.assignments.extend(reading.assignments);
        into.assignments_exported |= reading.assignments_exported;
        into.assignments_left_out |= reading.assignments_left_out;
        into.simple_urls.extend(reading.simple_urls);
    }
    count
}

/// A set without envelopes: payloads by their names.
fn bare(items: &[Element<'_>], context: &mut Context<'_>, into: &mut Reading) -> usize {
    let mut count = 0;
    for element in items.iter().flat_map(|i| i.descendants()) {
        match element.local_name() {
            "Topology" => {
                let deployment = published::read(element, Form::ConfigurationExport, context);
                anchored::set_deployment(into, deployment, context);
            }
            "KerberosAccountAssignment" => {
                into.assignments_exported = true;
                match assignment::read_alone(element, context) {
                    Some(assignment) => into.assignments.push(assignment),
                    None => into.assignments_left_out = true,
                }
            }
            "SimpleUrlConfiguration" => into.simple_urls.extend(simple_url::read(element, context)),
            _ => continue,
        }
        count += 1;
    }
    assignment::check_twice(&into.assignments, context);
    count
}
