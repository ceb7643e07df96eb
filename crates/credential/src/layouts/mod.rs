//! One module per kind of place.
//!
//! A new layout is its file here and one line of [`LayoutId`]: the block below is written by a test of this crate, which fails once when
//! the block was out of date. The order of the ids decides: a place that two layouts know belongs to the first.

use crate::is_built_in;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::{Place, Setting};
use kerbsync_inventory::{Creation, EvidenceLevel, LayoutId, ProviderPurpose};
use kerbsync_xml::Element;
use std::borrow::Cow;

// layouts:begin
mod anonymous_user;
mod app_pool_defaults;
mod app_pool_identity;
mod declared;
mod site_section;
mod structural;
mod virtual_directory;
mod virtual_directory_defaults;

/// Every layout in the order of ids.
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
// layouts:end

pub(crate) use declared::item_names;

/// A kind of place that holds an account and its secret.
pub trait SlotLayout: Sync {
    /// Its id.
    fn id(&self) -> LayoutId;

    /// How well it is established. No level means that the product is known to use the place.
    fn evidence(&self) -> EvidenceLevel;

    /// Words of which each element that it reads holds at least one, in its start tag or its text. They decide which elements
    /// [`ConfigurationView::candidates`] offers. A word with a capital is found as it is written, others in small letters and in capitals.
    fn words(&self) -> &'static [&'static str];

    /// Whether, and where, such a slot can be created.
    fn creation(&self) -> Creation;

    /// Who decrypts its secrets.
    fn purpose(&self) -> ProviderPurpose;

    /// Whether slots of other layouts may take their secret from one of this layout.
    fn lends_its_secret(&self) -> bool {
        false
    }

    /// Finds every such place.
    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>);

    /// A configuration with one such place, for the test that walks all layouts.
    #[cfg(test)]
    fn example(&self) -> walk::Example;
}

/// The layout of an id.
pub(crate) fn layout(id: LayoutId) -> &'static dyn SlotLayout {
    LAYOUTS[id as usize]
}

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

#[cfg(test)]
mod walk;
