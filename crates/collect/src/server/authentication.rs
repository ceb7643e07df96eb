//! Authentication in force at the root, at every application and at every location of a web site.

use super::origins::Origins;
use kerbsync_credential::ProductSite;
use kerbsync_iis::{Application, ApplicationHost, Authentication, PathKey, Setting};
use kerbsync_inventory::citable::{Cited, Kept, KeptOfPath, PathValues};
use kerbsync_inventory::{AnonymousAuthentication, AuthenticationPath, WindowsAuthentication};
use kerbsync_source::{Level, Problem};
use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Every path of the site that anything is said of, sorted.
pub(super) fn paths(
    host: &ApplicationHost<'_>,
    site: &ProductSite<'_>,
    origins: &mut Origins<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<AuthenticationPath> {
    let settings = host.authentication(&site.site.name().value, problems);
    let keys: Vec<PathKey> = site.applications.iter().map(Application::path_key).collect();
    let pools: HashMap<&str, &str> = keys.iter().map(Borrow::borrow).zip(site.applications.iter().map(|a| &*a.pool.value)).collect();
    let mut paths: BTreeMap<PathKey, (&str, bool)> = BTreeMap::new();
    for path in settings.location_paths() {
        paths.entry(PathKey::new(path)).or_insert((path, false));
    }
    // An application's own spelling goes before that of a location.
    for (application, key) in site.applications.iter().zip(&keys) {
        paths.insert(key.clone(), (&application.path.value, true));
    }
    paths.entry(PathKey::default()).or_insert(("/", false));
    let (mut duplicates, mut usual) = (Vec::new(), Usual::default());
    let out = paths
        .into_iter()
        .map(|(key, (path, is_application))| {
            // The application with the longest path around it.
            let pool = key.prefixes().rev().find_map(|prefix| pools.get(prefix));
            let in_force = settings.at_key(&key);
            duplicates.extend(in_force.windows.duplicates.iter().copied());
            let (windows, anonymous) = convert(&in_force, key == PathKey::default(), origins, &mut usual);
            AuthenticationPath {
                path: if path.starts_with('/') { origins.shared(path) } else { origins.shared(&format!("/{path}")) },
                is_application,
                pool: pool.map(|pool| origins.shared(pool)),
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

/// What the paths have in common where nothing is remarkable; one of each is kept.
#[derive(Default)]
struct Usual {
    providers: Vec<Arc<Vec<Cited<String>>>>,
    anonymous: Vec<Arc<AnonymousAuthentication>>,
}

impl Usual {
    fn providers(&mut self, wanted: &[Setting<'_, Cow<'_, str>>], kept: Kept, origins: &mut Origins<'_>) -> Arc<Vec<Cited<String>>> {
        let same = |known: &&Arc<Vec<Cited<String>>>| known.iter().map(|p| &*p.value).eq(wanted.iter().map(|p| &*p.value));
        if let Some(known) = self.providers.iter().find(same) {
            return Arc::clone(known);
        }
        let new = Arc::new(wanted.iter().map(|p| origins.cited_text(p, kept)).collect());
        self.providers.push(Arc::clone(&new));
        new
    }

    fn anonymous(
        &mut self,
        wanted: &kerbsync_iis::AnonymousAuthentication<'_>,
        kept: Kept,
        origins: &mut Origins<'_>,
    ) -> Arc<AnonymousAuthentication> {
        let same = |known: &&Arc<AnonymousAuthentication>| {
            known.enabled.value == wanted.enabled.value && *known.user_name.value == *wanted.user_name.value
        };
        if let Some(known) = self.anonymous.iter().find(same) {
            return Arc::clone(known);
        }
        let new = Arc::new(anonymous(wanted, kept, origins));
        self.anonymous.push(Arc::clone(&new));
        new
    }
}

fn anonymous(from: &kerbsync_iis::AnonymousAuthentication<'_>, kept: Kept, origins: &mut Origins<'_>) -> AnonymousAuthentication {
    AnonymousAuthentication { enabled: origins.value(from.enabled, kept), user_name: origins.cited_text(&from.user_name, kept) }
}

fn convert(
    in_force: &Authentication<'_>,
    is_root: bool,
    origins: &mut Origins<'_>,
    usual: &mut Usual,
) -> (WindowsAuthentication, Arc<AnonymousAuthentication>) {
    let w = &in_force.windows;
    let values = PathValues {
        windows: w.enabled.value,
        kernel_mode: w.use_kernel_mode.value,
        anonymous: in_force.anonymous.enabled.value,
        providers: w.providers.iter().map(|p| &*p.value),
        token_checking: w.token_checking.value.name(),
    };
    let kept = KeptOfPath::of(is_root, values);
    let windows = WindowsAuthentication {
        enabled: origins.value(w.enabled, kept.windows),
        use_kernel_mode: origins.value(w.use_kernel_mode, kept.kernel_mode),
        use_app_pool_credentials: origins.value(w.use_app_pool_credentials, kept.pool_credentials),
        providers: match kept.is_shown() {
            true => Arc::new(w.providers.iter().map(|p| origins.cited_text(p, kept.rest)).collect()),
            false => usual.providers(&w.providers, kept.rest, origins),
        },
        token_checking: origins.cited(w.token_checking.value.name(), w.token_checking.place, kept.rest),
    };
    let anonymous = match kept.is_shown() {
        true => Arc::new(anonymous(&in_force.anonymous, kept.rest, origins)),
        false => usual.anonymous(&in_force.anonymous, kept.rest, origins),
    };
    (windows, anonymous)
}
