//! `AnchoredXml`: one configuration document of the Central Management store.

use crate::context::{Context, EXPORT_AGAIN, child, children, plain};
use crate::model::{Deployment, Form};
use crate::reading::Reading;
use crate::{Assignment, assignment, published, simple_url};
use kerbsync_source::text;
use kerbsync_xml::Element;

const ASSIGNMENT: &str = "KerberosAccountAssignment";

/// Reads one document into what is already there.
pub(crate) fn read(root: Element<'_>, context: &mut Context<'_>, into: &mut Reading) {
    let schema = child(root, "Key").and_then(|k| child(k, "SchemaId"));
    let named = schema.and_then(|s| plain(s, "ElementName")).unwrap_or_default();
    if named.eq_ignore_ascii_case(ASSIGNMENT) {
        // A document of this schema without any item says that no site has an account.
        into.assignments_exported = true;
        let scope = child(root, "Key").and_then(|k| plain(k, "ScopeClass"));
        if let Some(scope) = scope.filter(|s| !s.eq_ignore_ascii_case("Site")) {
            let origin = context.origin(root);
            context.warn("assignment-scope", &origin, text!("Kerberos account assignments of scope {scope}: only sites have any."), "");
        }
    }
    let before = into.assignments.len();
    let items: Vec<Element<'_>> = child(root, "Dictionary").into_iter().flat_map(|d| children(d, "Item")).collect();
    for item in items {
        let Some(payload) = child(item, "Value").and_then(|v| v.children().next()) else { continue };
        match payload.local_name() {
            "Topology" => {
                let deployment = published::read(payload, Form::ConfigurationExport, context);
                set_deployment(into, deployment, context);
            }
            "SimpleUrlConfiguration" => into.simple_urls.extend(simple_url::read(payload, context)),
            name if name.eq_ignore_ascii_case(ASSIGNMENT) => {
                into.assignments_exported = true;
                match item_assignment(item, payload, context) {
                    Some(assignment) => into.assignments.push(assignment),
                    None => into.assignments_left_out = true,
                }
            }
            _ => {}
        }
    }
    if into.assignments.len() > before {
        assignment::check_twice(&into.assignments[before..], context);
    }
}

fn item_assignment(item: Element<'_>, payload: Element<'_>, context: &mut Context<'_>) -> Option<Assignment> {
    let account = assignment::account(payload, context)?;
    let origin = context.origin(item);
    let Some(site) = child(item, "Key").and_then(|k| assignment::site(k, context)) else {
        context.error("assignment-without-site", &origin, "An assignment's Key names no site: it is left out.", EXPORT_AGAIN);
        return None;
    };
    Some(Assignment { site, account, origin })
}

/// Keeps the first deployment of a document.
pub(crate) fn set_deployment(into: &mut Reading, deployment: Deployment, context: &mut Context<'_>) {
    if into.deployment.is_some() {
        let origin = deployment.origin.clone();
        context.warn("second-topology", &origin, "A second topology in the same document: the first one is used.", EXPORT_AGAIN);
    } else {
        into.deployment = Some(deployment);
    }
}
