//! `KerberosAccountAssignment`: which account a site uses.
//!
//! No document with one was ever seen. Its shape is inferred from the settings class and from other settings, so every likely spelling is
//! accepted: any year of the namespace, `UserAccount` as attribute or element in any case, the site by id or as `Site:<name>`.

use crate::context::{Context, EXPORT_AGAIN, ours};
use kerbsync_source::{Origin, Spanned, text};
use kerbsync_xml::Element;
use std::collections::HashSet;

/// An assignment as a document writes it. Site and account are not resolved here.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// A SiteId, or `Site:<name>`.
    pub site: Spanned<String>,
    /// The account as written, trimmed; empty when the document says so.
    pub account: Spanned<String>,
    /// Where the assignment stands.
    pub origin: Origin,
}

/// The account of a `KerberosAccountAssignment` element, or a problem.
pub(crate) fn account(element: Element<'_>, context: &mut Context<'_>) -> Option<Spanned<String>> {
    let attribute = element.attributes().find(|a| a.local_name().eq_ignore_ascii_case("UserAccount"));
    if let Some(attribute) = attribute {
        return Some(Spanned::new(attribute.value().trim().to_owned(), context.attribute_origin(element, attribute.name())));
    }
    let child = element.children().find(|c| c.local_name().eq_ignore_ascii_case("UserAccount") && ours(*c));
    if let Some(child) = child {
        return Some(Spanned::new(child.text().trim().to_owned(), context.origin(child)));
    }
    let origin = context.origin(element);
    context.error(
        "assignment-without-account",
        &origin,
        "A KerberosAccountAssignment names no UserAccount: it is left out.",
        "Export the assignments with Get-CsKerberosAccountAssignment | Export-Clixml.",
    );
    None
}

/// The site that an element names in its own attributes or those of the elements below it: `SiteId`, else a name or an identity.
pub(crate) fn site(element: Element<'_>, context: &Context<'_>) -> Option<Spanned<String>> {
    let attribute = |wanted: &str| {
        element.descendants().find_map(|e| {
            let a = e.attributes().find(|a| a.local_name().eq_ignore_ascii_case(wanted))?;
            let value = a.value().trim().to_owned();
            (!value.is_empty()).then(|| Spanned::new(value, context.attribute_origin(e, a.name())))
        })
    };
    let scoped = |s: &Spanned<String>| s.value.get(..5).is_some_and(|p| p.eq_ignore_ascii_case("site:"));
    // A name alone is the name of a site; an identity without scope could be anything.
    attribute("SiteId")
        .or_else(|| attribute("Identity").filter(scoped))
        .or_else(|| attribute("Name").map(|s| if scoped(&s) { s } else { s.map(|name| format!("Site:{name}")) }))
        .or_else(|| {
            let text = element.text().trim().to_owned();
            let text = Spanned::new(text, context.origin(element));
            scoped(&text).then_some(text)
        })
}

/// A `KerberosAccountAssignment` without its envelope: it counts only where it names its site itself.
pub(crate) fn read_alone(element: Element<'_>, context: &mut Context<'_>) -> Option<Assignment> {
    let account = account(element, context)?;
    // The site may stand on the element or on those around it (`Item`, `DocItem`), never on a neighbour.
    let around = std::iter::once(element).chain(element.ancestors().take(4));
    let site = around.into_iter().find_map(|e| {
        let own = |name: &str| e.attributes().find(|a| a.local_name().eq_ignore_ascii_case(name));
        let id = own("SiteId").filter(|a| !a.value().trim().is_empty());
        let identity = || own("Identity").or_else(|| own("Name")).filter(|a| a.value().trim().to_ascii_lowercase().starts_with("site:"));
        let key = || e.child("Key").and_then(|k| site(k, context));
        match id.or_else(identity) {
            Some(a) => Some(Spanned::new(a.value().trim().to_owned(), context.attribute_origin(e, a.name()))),
            None => key(),
        }
    });
    let origin = context.origin(element);
    let Some(site) = site else {
        context.error(
            "assignment-without-site",
            &origin,
            "A KerberosAccountAssignment stands without its site: it cannot be used.",
            "Export the assignments with Get-CsKerberosAccountAssignment | Export-Clixml, or give the whole AnchoredXml document.",
        );
        return None;
    };
    Some(Assignment { site, account, origin })
}

/// Reports a site that one document assigns twice: the product keeps at most one per site.
pub(crate) fn check_twice(assignments: &[Assignment], context: &mut Context<'_>) {
    let mut seen = HashSet::new();
    for one in assignments {
        if !seen.insert(one.site.value.to_lowercase()) {
            context.warn(
                "site-assigned-twice",
                &one.origin,
                text!("'{}' is assigned twice in this document; the product keeps one assignment per site.", one.site.value),
                EXPORT_AGAIN,
            );
        }
    }
}
