//! Whether a configuration says something against the edits that are planned for it.

use crate::Change;
use crate::check::Checks;
use kerbsync_inventory::{EditedElement, Inventory, Restriction, RestrictionKind, ServerConfiguration};
use kerbsync_source::{Origin, Text, text};

/// What IIS refuses is refused; what is locked for the files below is told, with what is not known of it.
pub(crate) fn check(inventory: &Inventory, server: &ServerConfiguration, changes: &[Change], checks: &mut Checks) {
    for change in changes {
        let place = EditedElement::of(&change.slot.key, change.fields.iter().map(|field| field.attribute.clone()).collect());
        let label = change.slot.label();
        for restriction in server.restrictions.iter().filter(|r| r.bears_on(&place)) {
            let (words, at) = (restriction.kind.words(), at(inventory, &server.cite(&restriction.kind).origin));
            if restriction.kind.is_refused() {
                let reason = text!("The {label} cannot be set there: {} ({words} at {at}).", why(restriction));
                checks.fail(
                    "slot-allowed",
                    &server.computer,
                    reason,
                    "correct what stands there, or declare another place as [[slots]] in kerbsync.toml",
                );
            } else {
                checks.unknown(
                    "slot-unlocked",
                    &server.computer,
                    text!(
                        "The {label} is locked ({words} at {at}). Such a lock is documented to bind the web.config files below, and not the file that holds it; that IIS takes this edit was not tried on a Windows machine."
                    ),
                    "take the lock out if nobody needs it; else look at the server after the first step, with Test-CsKerberosAccountAssignment",
                );
            }
        }
    }
}

fn why(restriction: &Restriction) -> &'static str {
    match restriction.kind.value {
        RestrictionKind::BothOverrides => "IIS refuses a <location> that says both",
        RestrictionKind::NoLocation => "IIS takes this section in no <location>",
        _ => "IIS takes this section only in a file above applicationHost.config",
    }
}

/// `path:line:column` of a place.
fn at(inventory: &Inventory, origin: &Origin) -> Text {
    let path = inventory.document(origin.document).map_or_else(|| "its configuration".into(), |d| text!("{}", d.path));
    match &origin.location() {
        Some(location) => text!("{path}:{}:{}", location.position.line, location.position.column),
        None => path,
    }
}
