//! Paths of the product's web sites, and those whose authentication the product itself sets.

use kerbsync_inventory::citable::Citation;
use kerbsync_inventory::{AuthenticationPath, ServerConfiguration, WebSite, WebSiteRole};
use kerbsync_source::{Shown, Text, text};

/// Directories that the product sets to NTLM or to anonymous by itself (observed in an activation log): not a fault.
const SET_BY_THE_PRODUCT: &[(WebSiteRole, &str)] = &[
    (WebSiteRole::Internal, "/Abs/files"),
    (WebSiteRole::External, "/Abs/files"),
    (WebSiteRole::External, "/RequestHandlerExt/Files"),
    (WebSiteRole::Internal, "/CollabContent"),
    (WebSiteRole::External, "/CollabContent"),
    (WebSiteRole::Internal, "/RequestHandler/Files"),
];

/// Whether the product itself decides how this path authenticates: one of the known directories or a path below it.
pub(crate) fn is_set_by_the_product(role: WebSiteRole, path: &str) -> bool {
    SET_BY_THE_PRODUCT.iter().any(|(of, directory)| {
        let head = path.get(..directory.len());
        *of == role
            && head.is_some_and(|h| h.eq_ignore_ascii_case(directory))
            && path[directory.len()..].chars().next().is_none_or(|c| c == '/')
    })
}

/// The paths of the product's web sites that rules about Windows authentication may judge.
pub(crate) fn judged_paths(configuration: &ServerConfiguration) -> impl Iterator<Item = (&WebSite, &AuthenticationPath)> {
    let sites = configuration.web_sites.iter();
    sites.flat_map(|site| {
        site.authentication.iter().filter(|path| !is_set_by_the_product(site.role, &path.path)).map(move |path| (site, path))
    })
}

/// A path with its site, for sentences: `'Skype for Business Server Internal Web Site/Abs'`.
pub(crate) fn shown(site: &WebSite, path: &AuthenticationPath) -> Text {
    let path = if &*path.path == "/" { "" } else { &*path.path };
    let whole = Shown::naming(&format!("{}{path}", site.name.value));
    text!("'{whole}'")
}

/// Where the providers in force stand; for an empty list, where authentication is switched on.
pub(crate) fn provider_place(configuration: &ServerConfiguration, path: &AuthenticationPath) -> Citation {
    path.windows.providers.first().map_or_else(|| configuration.cite(&path.windows.enabled), |provider| configuration.cite(provider))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_s_own_directories_are_left_alone() {
        use WebSiteRole::{External, Internal};
        for (role, path) in
            [(Internal, "/abs/FILES"), (External, "/Abs/Files/x"), (Internal, "/CollabContent"), (Internal, "/RequestHandler/Files")]
        {
            assert!(is_set_by_the_product(role, path), "{path}");
        }
        for (role, path) in
            [(Internal, "/Abs"), (Internal, "/Abs/filesystem"), (Internal, "/RequestHandlerExt/Files"), (External, "/ä"), (External, "/")]
        {
            assert!(!is_set_by_the_product(role, path), "{path}");
        }
    }
}
