//! One layout at a time: what is a slot, where it is expected, when it is in force.

use crate::{configuration, find, find_with, table};
use kerbsync_credential::{DeclaredSlot, LAYOUTS};
use kerbsync_inventory::{LayoutId, SecretState, Slot, SlotRelevance};
use kerbsync_secret::Tagger;
use std::collections::BTreeMap;

#[test]
fn ids_of_layouts_are_unique_and_none_claims_more_than_is_known() {
    let evidence: BTreeMap<_, _> = LAYOUTS.iter().map(|l| (l.id().name(), l.evidence().name())).collect();
    assert_eq!(evidence.len(), LAYOUTS.len());
    for (id, expected) in [
        ("app-pool-identity", "documented"),
        ("app-pool-defaults", "documented"),
        ("anonymous-user", "documented"),
        ("virtual-directory", "documented"),
        ("virtual-directory-defaults", "documented"),
        ("declared", "declared"),
        ("site-section", "inferred"),
        ("structural", "structural"),
    ] {
        assert_eq!(evidence.get(id), Some(&expected), "{id}");
    }
}

#[test]
fn a_pool_is_in_force_with_specific_user_and_expected_where_it_serves_the_product() {
    let pools = r#"
<add name="LYNCINTFEATURE"><processModel identityType="SpecificUser" userName="A\own" password="p1"/></add>
<add name="Reports"><processModel identityType="3" userName="A\reports" password="p1"/></add>
<add name="Left"><processModel identityType="NetworkService" userName="A\left" password="p1"/></add>
<add name="Empty"><processModel userName="" password=""/></add>
<add name="BuiltIn"><processModel identityType="SpecificUser" userName="NT AUTHORITY\LOCAL SERVICE" password=""/></add>
<add name="Gmsa"><processModel identityType="SpecificUser" userName="A\gmsa$"/></add>"#;
    insta::assert_snapshot!(table(&find(&configuration(pools, ""))), @r"
    app-pool-identity [documented] Expected line 3
      application pool 'LYNCINTFEATURE' @ system.applicationHost/applicationPools
      userName: A\own = A\own
      password: clear A
    app-pool-identity [documented] Elsewhere line 4
      application pool 'Reports' @ system.applicationHost/applicationPools
      userName: A\reports = A\reports
      password: clear A
    app-pool-identity [documented] Elsewhere inactive line 5
      application pool 'Left' @ system.applicationHost/applicationPools
      userName: A\left = A\left
      password: clear A
    app-pool-identity [documented] Elsewhere line 8
      application pool 'Gmsa' @ system.applicationHost/applicationPools
      userName: A\gmsa$ = A\gmsa
      password: empty
    ");
}

#[test]
fn pool_defaults_are_in_force_for_pools_that_take_them() {
    let defaults = |pool: &str| {
        let pools = format!(
            r#"<add name="LyncIntFeature">{pool}</add><add name="Reports"/>
<applicationPoolDefaults><processModel identityType="SpecificUser" userName="A\all" password="p"/></applicationPoolDefaults>"#
        );
        let slots = find(&configuration(&pools, ""));
        let slot = slots.iter().find(|s| s.layout == LayoutId::AppPoolDefaults).unwrap();
        (slots.len(), slot.active, slot.relevance)
    };
    assert_eq!(defaults(""), (1, true, SlotRelevance::Expected));
    // The product's pool runs as itself: the defaults still serve the other one.
    assert_eq!(defaults(r#"<processModel identityType="NetworkService"/>"#), (1, true, SlotRelevance::Elsewhere));
    assert_eq!(defaults(r#"<processModel userName="A\own"/>"#), (2, true, SlotRelevance::Elsewhere));
}

#[test]
fn a_pool_may_take_its_password_from_the_defaults() {
    let pools = r#"<add name="LyncIntFeature"><processModel identityType="SpecificUser" userName="A\own"/></add>
<applicationPoolDefaults><processModel userName="A\all" password="p"/></applicationPoolDefaults>"#;
    let slots = find(&configuration(pools, ""));
    assert_eq!(slots.iter().map(|s| s.layout.name()).collect::<Vec<_>>(), ["app-pool-identity", "app-pool-defaults"]);
    assert_eq!(slots[0].secret, slots[1].secret);
    assert!(matches!(slots[0].secret, SecretState::Clear(_)));
}

fn anonymous(location: &str, attributes: &str) -> String {
    format!(
        r#"<location path="{location}"><system.webServer><security><authentication>
<anonymousAuthentication {attributes}/></authentication></security></system.webServer></location>"#
    )
}

#[test]
fn an_anonymous_user_counts_while_enabled_and_the_stock_user_never() {
    let at = |location: &str, attributes: &str| {
        let slots = find(&configuration("", &anonymous(location, attributes)));
        slots.first().map(|s| (s.active, s.relevance))
    };
    let user = r#"userName="A\anon" password="p""#;
    assert_eq!(at("lync server internal web site/Abs", user), Some((true, SlotRelevance::Expected)));
    assert_eq!(at("Lync Server Internal Web Site", &format!(r#"enabled="false" {user}"#)), Some((false, SlotRelevance::Expected)));
    assert_eq!(at("Other/x", user), Some((true, SlotRelevance::Elsewhere)));
    assert_eq!(at("Lync Server Internal Web Site Copy", user), Some((true, SlotRelevance::Elsewhere)));
    assert_eq!(at("", user), Some((true, SlotRelevance::Elsewhere)));
    for stock in [r#"userName="IUSR""#, r#"userName="IUSR" password="[enc:AesProvider::enc]""#, r#"userName="""#, r#"enabled="true""#] {
        assert_eq!(at("Lync Server Internal Web Site", stock), None, "{stock}");
    }
}

#[test]
fn an_anonymous_password_alone_belongs_to_the_inherited_user() {
    let rest = format!(
        "{}{}",
        anonymous("", r#"userName="A\anon""#),
        anonymous("Lync Server Internal Web Site", r#"password="[enc:AesProvider:QUJD:enc]""#)
    );
    let slots = find(&configuration("", &rest));
    assert_eq!(slots.iter().map(|s| s.account.text.as_str()).collect::<Vec<_>>(), ["A\\anon", "A\\anon"]);
    assert_eq!(slots[0].secret, SecretState::Empty);
    assert!(matches!(slots[1].secret, SecretState::Sealed { .. }));
}

#[test]
fn a_section_of_the_products_web_site_under_aes_is_the_inferred_place() {
    let at = |location: &str, provider: &str| {
        let rest = format!(
            r#"<location path="{location}"><contoso.custom><pair accountName="A\kerb" credential="[enc:{provider}:QUJDRA==:enc]"/></contoso.custom></location>"#
        );
        find(&configuration("", &rest)).first().map(|s| (s.layout.name(), s.relevance))
    };
    assert_eq!(at("Lync Server Internal Web Site", "AesProvider"), Some(("site-section", SlotRelevance::Expected)));
    assert_eq!(at("Lync Server Internal Web Site", "IISCngProvider"), Some(("structural", SlotRelevance::Expected)));
    assert_eq!(at("Lync Server Internal Web Site/Abs", "AesProvider"), Some(("structural", SlotRelevance::Expected)));
    assert_eq!(at("Other", "AesProvider"), Some(("structural", SlotRelevance::Elsewhere)));
}

#[test]
fn declared_places_are_expected_wherever_they_are() {
    let slot = |section: &str, location: Option<&str>, account: &str, secret: &str| DeclaredSlot {
        section: section.into(),
        location: location.map(str::to_owned),
        items: Vec::new(),
        account_attribute: Some(account.into()),
        secret_attribute: secret.into(),
    };
    let rest = r#"<contoso><keys who="kerb" hidden="p1"><add who="A\item" hidden="p2"/></keys>
<child><who>A\child</who><hidden>p3</hidden></child></contoso>
<location path="Other"><contoso><keys who="A\there" hidden="p4"/></contoso></location>"#;
    let declared = [
        slot("contoso/keys", None, "who", "hidden"),
        slot("contoso/keys/add", Some(""), "who", "hidden"),
        slot("contoso/child", None, "who", "hidden"),
        slot("contoso/absent", None, "who", "hidden"),
        slot("", None, "who", "hidden"),
    ];
    let found = find_with(&configuration("", rest), &declared, &[], &Tagger::new().unwrap());
    insta::assert_snapshot!(table(&found.discovery.slots), @r"
    declared [declared] Expected line 5
      declared slot contoso/keys @ contoso/keys
      who: kerb = -
      hidden: clear A
    declared [declared] Expected line 5
      declared slot contoso/keys/add @ contoso/keys/add
      who: A\item = A\item
      hidden: clear B
    declared [declared] Expected line 6
      declared slot contoso/child @ contoso/child
      who: A\child = A\child
      hidden: clear C
    declared [declared] Expected line 7
      declared slot contoso/keys of 'Other' @ contoso/keys
      who: A\there = A\there
      hidden: clear D
    ");
    let only_there = [slot("contoso/keys", Some("/other/"), "who", "hidden")];
    let found = find_with(&configuration("", rest), &only_there, &[], &Tagger::new().unwrap());
    assert_eq!(found.discovery.slots.iter().map(|s| s.account.text.as_str()).collect::<Vec<_>>(), ["A\\there"]);
}

#[test]
fn one_item_of_a_collection_can_be_declared_and_a_secret_without_an_account() {
    let rest = r#"<contoso><keys><add name="Kerb" who="A\kerb" hidden="p1"/><add name="Other" who="A\other" hidden="p2"/></keys>
<opaque blob="p3"/><settings><add key="Account" value="A\keyed"/><add key="Blob" value="p4"/></settings></contoso>"#;
    let slot = |section: &str, items: &[&str], account: Option<&str>, secret: &str| DeclaredSlot {
        section: section.into(),
        location: Some(String::new()),
        items: items.iter().map(|i| (*i).to_owned()).collect(),
        account_attribute: account.map(str::to_owned),
        secret_attribute: secret.into(),
    };
    let declared = [
        slot("contoso/keys/add", &["kerb"], Some("who"), "hidden"),
        slot("contoso/opaque", &[], None, "blob"),
        slot("contoso/settings", &[], Some("Account"), "Blob"),
        slot("contoso/keys/add", &["Absent"], Some("who"), "hidden"),
    ];
    let found = find_with(&configuration("", rest), &declared, &[], &Tagger::new().unwrap());
    let told = |s: &Slot| (s.label.to_string(), s.account.value.text.clone(), s.secret_origin.is_some());
    let of_items: Vec<_> = found.discovery.slots.iter().map(told).collect();
    assert_eq!(
        of_items,
        [
            ("declared slot contoso/keys/add[kerb]".to_owned(), "A\\kerb".to_owned(), true),
            ("declared slot contoso/opaque".to_owned(), String::new(), true),
            ("declared slot contoso/settings".to_owned(), "A\\keyed".to_owned(), true),
        ]
    );
}

#[test]
fn a_known_place_that_is_also_declared_keeps_its_layout_and_becomes_expected() {
    let pools = r#"<add name="Reports"><processModel identityType="SpecificUser" userName="A\reports" password="p1"/></add>"#;
    let declared = [DeclaredSlot {
        section: "system.applicationHost/applicationPools/add/processModel".into(),
        location: None,
        items: Vec::new(),
        account_attribute: Some("userName".into()),
        secret_attribute: "password".into(),
    }];
    let found = find_with(&configuration(pools, ""), &declared, &[], &Tagger::new().unwrap());
    let [slot] = &found.discovery.slots[..] else { panic!("one slot") };
    assert_eq!((slot.layout.name(), slot.relevance), ("app-pool-identity", SlotRelevance::Expected));
}
