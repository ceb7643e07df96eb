//! Authentication in force at the root, at every application and at every location of a web site.

use super::origins::{Detail, Origins};
use kerbsync_credential::ProductSite;
use kerbsync_iis::{ApplicationHost, Authentication, PathKey, TokenChecking};
use kerbsync_inventory::{AnonymousAuthentication, AuthenticationPath, WindowsAuthentication};
use kerbsync_source::{Level, Problem, Spanned};
use std::collections::BTreeMap;

/// Every path of the site that anything is said of, sorted.
pub(super) fn paths(
    host: &ApplicationHost<'_>,
    site: &ProductSite<'_>,
    origins: &mut Origins<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<AuthenticationPath> {
    let settings = host.authentication(&site.site.name().value, problems);
    let applications: Vec<(PathKey, &str)> = site.applications.iter().map(|a| (a.path_key(), &*a.pool.value)).collect();
    let mut paths: BTreeMap<PathKey, (&str, bool)> = BTreeMap::new();
    for path in settings.location_paths() {
        paths.entry(PathKey::new(path)).or_insert((path, false));
    }
    // An application's own spelling goes before that of a location.
    for (application, (key, _)) in site.applications.iter().zip(&applications) {
        paths.insert(key.clone(), (&application.path.value, true));
    }
    paths.entry(PathKey::default()).or_insert(("/", false));
    let mut duplicates = Vec::new();
    let out = paths
        .into_iter()
        .map(|(key, (path, is_application))| {
            let owner = applications.iter().filter(|a| a.0.contains(&key)).max_by_key(|a| a.0.depth());
            let in_force = settings.at_key(&key);
            duplicates.extend(in_force.windows.duplicates.iter().copied());
            let (windows, anonymous) = convert(&in_force, key == PathKey::default(), origins);
            AuthenticationPath {
                path: if path.starts_with('/') { path.to_owned() } else { format!("/{path}") },
                is_application,
                pool: owner.map(|o| o.1.to_owned()),
                windows,
                anonymous,
            }
        })
        .collect();
    duplicates.sort_by_key(kerbsync_iis::Place::span);
    duplicates.dedup_by_key(|p| p.span());
    problems.extend(duplicates.into_iter().map(|place| Problem {
        level: Level::Warning,
        code: "iis-duplicate-entry",
        document: host.document().source().document(),
        location: place.location(),
        message: "an entry that the inherited list holds already: the first one counts here.".into(),
        help: Some("IIS refuses such a file; put <clear /> before the entries, or remove this one.".into()),
    }));
    out
}

fn convert(in_force: &Authentication<'_>, is_root: bool, origins: &mut Origins<'_>) -> (WindowsAuthentication, AnonymousAuthentication) {
    let (w, a) = (&in_force.windows, &in_force.anonymous);
    // Of a path where nothing is remarkable, findings cite the switches at most. Such paths are by far the most.
    let (switches, rest) = match is_root || is_remarkable(in_force) {
        true => (Detail::Excerpt, Detail::Excerpt),
        false => (Detail::Place, Detail::Document),
    };
    let token = origins.value(w.token_checking, rest);
    (
        WindowsAuthentication {
            enabled: origins.value(w.enabled, switches),
            use_kernel_mode: origins.value(w.use_kernel_mode, switches),
            use_app_pool_credentials: origins.value(w.use_app_pool_credentials, switches),
            providers: w.providers.iter().map(|p| origins.text(p, rest)).collect(),
            token_checking: Spanned::new(token.value.name().to_owned(), token.origin),
        },
        AnonymousAuthentication { enabled: origins.value(a.enabled, rest), user_name: origins.text(&a.user_name, rest) },
    )
}

/// Whether somebody may want to see the lines of a path's settings: anything but "off", or "Negotiate, then NTLM, and no anonymous access".
fn is_remarkable(in_force: &Authentication<'_>) -> bool {
    let w = &in_force.windows;
    let usual = w.providers.iter().map(|p| &*p.value).eq(["Negotiate", "NTLM"]);
    (w.enabled.value && (in_force.anonymous.enabled.value || !usual)) || w.token_checking.value == TokenChecking::Require
}
