//! The text of keys is a format: it can be read back, and it stays as it is.

use super::*;
use proptest::prelude::*;

fn pool(name: &str) -> SlotKey {
    SlotKey::ApplicationPool { pool: name.to_owned() }
}

fn section(name: &str, element: Option<&str>, location: Option<&str>) -> SlotKey {
    SlotKey::Section { section: name.to_owned(), element: element.map(str::to_owned), location: location.map(str::to_owned) }
}

fn declared(location: Option<&str>) -> SlotKey {
    SlotKey::Declared { section: "a/b".into(), path: "a/b/add".into(), location: location.map(str::to_owned) }
}

/// Saved plans, journals, waivers and fingerprints hold these texts: whoever changes one makes all of them void.
#[test]
fn the_text_of_a_key_is_a_format_that_plans_journals_and_waivers_hold() {
    let keys = [
        pool("LyncIntFeature"),
        pool("O'Brien"),
        SlotKey::ApplicationPoolDefaults,
        SlotKey::AnonymousUser { location: None },
        SlotKey::AnonymousUser { location: Some(String::new()) },
        SlotKey::AnonymousUser { location: Some("Site/abs".into()) },
        SlotKey::VirtualDirectory { site: "S".into(), application: "/Abs".into(), path: "/".into() },
        SlotKey::VirtualDirectoryDefaults(DefaultsOf::AllSites),
        SlotKey::VirtualDirectoryDefaults(DefaultsOf::Site("S".into())),
        SlotKey::VirtualDirectoryDefaults(DefaultsOf::Application("/Abs".into())),
        declared(None),
        declared(Some("Site")),
        section("a/b", None, Some("Site")),
        section("a/b", Some("add"), None),
    ];
    let lines: Vec<String> = keys.iter().map(|k| format!("{k} [{} @ {}]", k.section(), k.location().unwrap_or("-"))).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    application pool 'LyncIntFeature' [system.applicationHost/applicationPools @ -]
    application pool 'O''Brien' [system.applicationHost/applicationPools @ -]
    application pool defaults [system.applicationHost/applicationPools @ -]
    anonymous user of the whole server [system.webServer/security/authentication/anonymousAuthentication @ -]
    anonymous user of the whole server [system.webServer/security/authentication/anonymousAuthentication @ ]
    anonymous user of 'Site/abs' [system.webServer/security/authentication/anonymousAuthentication @ Site/abs]
    virtual directory '/' of application '/Abs' of web site 'S' [system.applicationHost/sites @ -]
    virtual directory defaults of all web sites [system.applicationHost/sites @ -]
    virtual directory defaults of web site 'S' [system.applicationHost/sites @ -]
    virtual directory defaults of application '/Abs' [system.applicationHost/sites @ -]
    declared slot a/b/add [a/b @ -]
    declared slot a/b/add of 'Site' [a/b @ Site]
    a/b in 'Site' [a/b @ Site]
    <add> of a/b [a/b @ -]
    ");
    assert_eq!(pool("O'Brien").label(), "application pool 'O'Brien'");
}

#[test]
fn a_text_that_no_key_has_is_none() {
    let pools = POOLS;
    for (section, location, text) in [
        (pools, None, "pool 'x'"),
        (pools, None, "application pool 'x"),
        ("elsewhere", None, "application pool 'x'"),
        (pools, Some("Site"), "application pool 'x'"),
        ("a/b", Some("Site"), "a/b in 'Other'"),
        ("a/b", None, "a/c"),
        (ANONYMOUS, Some("Site"), "anonymous user of 'Other'"),
        (SITES, None, "virtual directory '/' of application '/'"),
        (SITES, None, "virtual directory defaults of nothing"),
        ("a/b", Some("Site"), "declared slot a/b"),
    ] {
        assert_eq!(SlotKey::read(section, location, text), None, "{text}");
    }
    // A pool with a quote in its name, as an earlier version wrote it.
    assert_eq!(SlotKey::read(POOLS, None, "application pool 'O'Brien'"), Some(pool("O'Brien")));
}

#[test]
fn case_and_outer_slashes_make_no_other_place() {
    assert!(pool("LyncIntFeature").is_same_place(&pool("lyncintfeature")));
    assert!(!pool("LyncIntFeature").is_same_place(&pool("LyncExtFeature")));
    assert!(section("a/b", None, Some("/Site/")).is_same_place(&section("a/b", None, Some("site"))));
    assert!(!section("a/b", None, Some("")).is_same_place(&section("a/b", None, None)));
    assert!(!section("a/b", Some("add"), None).is_same_place(&section("a/b", None, None)));
    assert!(section("a/b", Some("add"), None).is_same_section(&section("a/b", None, None)));
    assert!(!declared(Some("Site")).is_same_place(&section("a/b", None, Some("Site"))));
    assert!(declared(Some("Site")).is_same_section(&section("a/b", None, Some("site/"))));
}

fn keys() -> impl Strategy<Value = SlotKey> {
    let name = || "[-A-Za-z0-9 '/.]{0,12}";
    let location = || proptest::option::of("[-A-Za-z0-9 '/.]{0,12}");
    let element = "[A-Za-z]{1,8}";
    prop_oneof![
        name().prop_map(|pool| SlotKey::ApplicationPool { pool }),
        Just(SlotKey::ApplicationPoolDefaults),
        location().prop_map(|location| SlotKey::AnonymousUser { location }),
        (name(), name(), name()).prop_map(|(site, application, path)| SlotKey::VirtualDirectory { site, application, path }),
        Just(SlotKey::VirtualDirectoryDefaults(DefaultsOf::AllSites)),
        name().prop_map(|n| SlotKey::VirtualDirectoryDefaults(DefaultsOf::Site(n))),
        name().prop_map(|n| SlotKey::VirtualDirectoryDefaults(DefaultsOf::Application(n))),
        (element, location()).prop_map(|(e, location)| SlotKey::Declared { section: "a/b".into(), path: format!("a/b/{e}"), location }),
        (proptest::option::of(element), location()).prop_map(|(element, location)| SlotKey::Section {
            section: "system.webServer/x".into(),
            element,
            location
        }),
    ]
}

proptest! {
    /// Whatever names hold, a key is read back from its text.
    #[test]
    fn a_key_is_read_back_from_its_text(key in keys()) {
        prop_assert_eq!(SlotKey::read(key.section(), key.location(), &key.to_string()), Some(key.clone()));
        prop_assert!(key.is_same_place(&key));
    }
}
