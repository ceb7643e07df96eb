//! One module per kind of place. The order decides: a place that two layouts know belongs to the first.

mod anonymous_user;
mod app_pool_defaults;
mod app_pool_identity;
mod declared;
mod site_section;
mod structural;
mod virtual_directory;
mod virtual_directory_defaults;

pub(crate) use declared::label as declared_label;

use crate::is_built_in;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::{Place, Setting};
use kerbsync_inventory::EvidenceLevel;
use kerbsync_xml::Element;
use std::borrow::Cow;

/// A kind of place that holds an account and its secret.
pub trait SlotLayout: Sync {
    /// Its id, stable.
    fn id(&self) -> &'static str;

    /// How well it is established. No level means that the product is known to use the place.
    fn evidence(&self) -> EvidenceLevel;

    /// Finds every such place.
    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>);
}

/// Every layout: those of documented places first, then the declared one, then those that go by structure.
pub static LAYOUTS: [&dyn SlotLayout; 8] = [
    &app_pool_identity::AppPoolIdentity,
    &app_pool_defaults::AppPoolDefaults,
    &anonymous_user::AnonymousUser,
    &virtual_directory::VirtualDirectory,
    &virtual_directory_defaults::VirtualDirectoryDefaults,
    &declared::Declared,
    &site_section::SiteSection,
    &structural::Structural,
];

type Text<'d> = Setting<'d, Cow<'d, str>>;

/// What most documented places have in common: attributes userName and password on one element. `None` without a name, or with that of
/// a built-in principal.
fn user_and_password<'d>(element: Element<'d>) -> Option<(Text<'d>, Option<Text<'d>>)> {
    let read = |name| {
        let a = element.attribute(name)?;
        Some(Setting::new(a.value(), Place::attribute(element, a)))
    };
    let account = read("userName").filter(|u: &Text<'d>| !u.value.trim().is_empty() && !is_built_in(&u.value))?;
    Some((account, read("password")))
}
