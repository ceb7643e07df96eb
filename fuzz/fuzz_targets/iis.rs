//! Any XML: read as an applicationHost.config, with everything that can be asked of one, and its credential slots.
#![no_main]

use kerbsync_credential::{DeclaredSlot, DiscoveryContext, Product, Realms, WebSiteNames, discover};
use kerbsync_iis::{ApplicationHost, PathKey, Redirection};
use kerbsync_inventory::SecretState;
use kerbsync_secret::Tagger;
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::{Document, Limits};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static TAGGER: LazyLock<Tagger> = LazyLock::new(|| Tagger::new().expect("random bytes"));

fuzz_target!(|data: &[u8]| {
    let Ok(source) = Source::decode(DocumentId(0), data.to_vec()) else { return };
    let Ok(document) = Document::parse(source, &Limits::default()) else { return };
    let mut problems: Vec<Problem> = Vec::new();
    let _ = Redirection::read(&document, &mut problems);
    let Ok(host) = ApplicationHost::read(&document, &mut problems) else { return };
    let _ = (host.generation(), host.sections(), host.has_global_module("WindowsAuthenticationModule"));
    for pool in host.pools() {
        let _ = (pool.identity(), pool.user_name().map(|u| u.place.origin(DocumentId(0))));
    }
    for site in host.sites().iter().take(4) {
        let authentication = host.authentication(&site.name().value, &mut problems);
        for path in ["", "/", "a/b"].into_iter().chain(authentication.location_paths().iter().map(String::as_str)).take(20) {
            let found = authentication.at(path);
            // Slashes at the ends change nothing.
            let again = authentication.at_key(&PathKey::new(&format!("/{path}/")));
            assert_eq!(found.windows.providers.len(), again.windows.providers.len());
            let names: Vec<_> = found.windows.providers.iter().map(|p| p.value.to_lowercase()).collect();
            assert!((1..names.len()).all(|i| !names[..i].contains(&names[i])), "a provider twice");
        }
        for a in site.applications() {
            assert!(PathKey::default().contains(&a.path_key()) && a.path_key().contains(&a.path_key()));
            let _ = a.virtual_directories().filter_map(|v| v.physical_path()).count();
        }
        let _ = site.bindings().count();
    }
    let names = WebSiteNames { internal: host.sites().first().map(|s| s.name().value.to_string()), external: None };
    let product = Product::recognise(&host, &names);
    let declared = ["contoso/keys", "system.webServer/security/authentication/x", "system.applicationHost/sites/site"].map(|section| {
        DeclaredSlot { section: section.into(), location: None, items: Default::default(), account_attribute: Some("userName".into()), secret_attribute: "password".into() }
    });
    let context = DiscoveryContext { declared: &declared, realms: &Realms::new(), keys: &[], tagger: &TAGGER };
    let found = discover(&host, &product, context, &mut problems);
    let mut places: Vec<_> = found
        .slots
        .iter()
        .map(|s| {
            // Without keys nothing can have been opened, and every slot names an account at a place of the file.
            assert!(!matches!(s.secret, SecretState::Opened { .. }) && !s.account.text.is_empty());
            assert!(s.account.origin.location().is_some_and(|l| l.byte_end <= data.len() as u64));
            (s.account.origin.location(), s.secret_origin.as_ref().and_then(|o| o.location()), s.label.clone())
        })
        .collect();
    let count = places.len();
    places.sort();
    places.dedup();
    assert_eq!(places.len(), count, "a place twice");
});
