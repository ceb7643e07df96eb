//! PowerShell objects of `Get-CsPool`, `Get-CsComputer`, `Get-CsSite`, `Get-CsService`, `Get-CsTopology`,
//! `Get-CsKerberosAccountAssignment` and `Get-CsSimpleUrlConfiguration`.
//!
//! Objects are told by their properties: JSON and CSV exports, and `Select-Object`, lose the type names.

mod contradiction;
mod embedded;
mod facts;
mod merge;
mod topology_object;
mod values;

pub use facts::ObjectFacts;

use crate::context::Context;
use crate::reading::Reading;
use crate::simple_url::{SimpleUrl, host_of};
use crate::{Assignment, assignment};
use kerbsync_objects::{Object, Value};
use kerbsync_source::{DocumentId, Origin, Problem, Spanned, text};
use values::{list, spanned_text};

/// What an object is, by its properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Assignment,
    Topology,
    Service,
    Site,
    Pool,
    Computer,
    SimpleUrls,
}

fn classify(object: &Object) -> Option<Class> {
    let has = |name: &str| object.get(name).is_some();
    let named = has("Fqdn") || has("Identity");
    let identity = object.get("Identity").and_then(|p| p.value.as_text()).unwrap_or_default();
    let of_site = identity.trim().to_ascii_lowercase().starts_with("site:");
    if object.is_type("KerberosAccountAssignment") || (has("UserAccount") && has("Identity")) {
        Some(Class::Assignment)
    } else if object.is_type("DefaultTopology") || (has("Clusters") && has("Services")) {
        Some(Class::Topology)
    } else if has("PoolFqdn") && (has("Role") || has("ServiceId") || has("Identity")) {
        Some(Class::Service)
    } else if (of_site && (has("SiteId") || has("SiteType") || has("Pools"))) || (has("SiteType") && has("DisplayName")) {
        Some(Class::Site)
    } else if named && (has("Computers") || (has("Services") && has("Site"))) {
        Some(Class::Pool)
    } else if named && has("Pool") {
        Some(Class::Computer)
    } else if has("SimpleUrl") && has("Identity") {
        Some(Class::SimpleUrls)
    } else {
        None
    }
}

/// Reads the objects of one document; `None` when none of them is of this product's topology.
#[must_use]
pub fn read_objects(objects: &[Object], document: DocumentId, problems: &mut Vec<Problem>) -> Option<Reading> {
    let mut context = Context::new(document, problems);
    let mut reading = Reading::default();
    let mut facts = ObjectFacts::default();
    let mut known = false;
    for object in objects {
        let Some(class) = classify(object) else {
            known |= embedded::read(object, &mut context, &mut reading);
            continue;
        };
        known = true;
        match class {
            Class::Assignment => {
                reading.assignments_exported = true;
                match read_assignment(object, &mut context) {
                    Some(assignment) => reading.assignments.push(assignment),
                    None => reading.assignments_left_out = true,
                }
            }
            Class::Topology => topology_object::read(object, &mut facts, &mut context),
            Class::Service => facts.service(object, &mut context),
            Class::Site => facts.site(object, &mut context),
            Class::Pool => facts.pool(object, &mut context),
            Class::Computer => facts.computer(object, &mut context),
            Class::SimpleUrls => reading.simple_urls.extend(simple_urls(object, &mut context)),
        }
    }
    assignment::check_twice(&reading.assignments, &mut context);
    if !facts.is_empty() {
        reading.objects = Some(facts);
    }
    reading.keep_within_bounds(&mut context);
    reading.doubt_completeness();
    known.then_some(reading)
}

/// `Get-CsKerberosAccountAssignment`: Identity and UserAccount; where a selection dropped the account, the payload in `Element`.
fn read_assignment(object: &Object, context: &mut Context<'_>) -> Option<Assignment> {
    let site = spanned_text(object, "Identity");
    let account = match spanned_text(object, "UserAccount") {
        Some(account) => Some(account),
        None => object.get("Element").and_then(|p| {
            let text = p.value.as_text().filter(|t| t.trim_start().starts_with('<'))?;
            let mut inner = context.within(&p.origin);
            let document = inner.parse_text(&text, &p.origin)?;
            assignment::account(document.root(), &mut inner)
        }),
    };
    match (site, account) {
        (Some(site), Some(account)) => Some(Assignment { site, account, origin: object.origin.clone() }),
        (Some(site), None) => {
            Some(Assignment { site, account: Spanned::new(String::new(), object.origin.clone()), origin: object.origin.clone() })
        }
        (None, _) => {
            context.error(
                "assignment-without-site",
                &object.origin,
                "An assignment has no Identity, so its site is not known: it is left out.",
                "Export whole objects: Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml",
            );
            None
        }
    }
}

/// `Get-CsSimpleUrlConfiguration`: `SimpleUrl` holds objects, or texts such as `Component=Meet;Domain=*;…;ActiveUrl=https://…` (inferred).
fn simple_urls(object: &Object, context: &mut Context<'_>) -> Vec<SimpleUrl> {
    let Some(property) = object.get("SimpleUrl") else { return Vec::new() };
    let entries: Vec<&Value> = match &property.value {
        Value::List(items) => items.iter().collect(),
        Value::Lost(_) => {
            lost(&property.origin, "SimpleUrl", "Get-CsSimpleUrlConfiguration | Export-Clixml -Depth 4 simple-urls.xml", context);
            Vec::new()
        }
        one => vec![one],
    };
    entries.into_iter().filter_map(|entry| simple_url(entry, &property.origin)).collect()
}

fn simple_url(entry: &Value, origin: &Origin) -> Option<SimpleUrl> {
    let (component, domain, active) = match entry {
        Value::Object(o) if o.get("ActiveUrl").is_some() => {
            let get = |name: &str| o.get(name).and_then(|p| p.value.as_text());
            (get("Component"), get("Domain"), get("ActiveUrl"))
        }
        other => {
            let text = other.as_text()?;
            let get = |name: &str| {
                text.split(';').filter_map(|part| part.split_once('=')).find(|(k, _)| k.trim() == name).map(|(_, v)| v.trim().to_owned())
            };
            (get("Component"), get("Domain"), get("ActiveUrl"))
        }
    };
    let active_url = active?;
    let host = host_of(&active_url)?;
    Some(SimpleUrl {
        component: component.unwrap_or_default(),
        domain: domain.unwrap_or_else(|| "*".into()),
        host: Spanned::new(host, origin.clone()),
        active_url,
    })
}

/// Reports a property whose values the export dropped.
fn lost(origin: &Origin, property: &'static str, command: &'static str, context: &mut Context<'_>) {
    context.error(
        "lost-values",
        origin,
        text!("The export kept only the type name of {property}, not its values: CSV and a small JSON depth drop collections."),
        text!("Export again with: {command}"),
    );
}

/// A property's values as texts, or a report of their loss. `None` = not known.
fn texts(object: &Object, name: &'static str, command: &'static str, context: &mut Context<'_>) -> Option<Vec<String>> {
    let property = object.get(name)?;
    let texts = list(&property.value);
    if texts.is_none() {
        lost(&property.origin, name, command, context);
    }
    texts
}
