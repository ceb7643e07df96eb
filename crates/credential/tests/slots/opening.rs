//! Opening secrets with the administrator's keys, and saying why one was not opened.

use crate::{CONFIGURATION_KEY, OTHER_KEY, PRODUCT, PUBLIC_KEY, WAS_KEY, configuration, find, find_with, keys};
use kerbsync_inventory::{ProviderKey, SecretState, Slot};
use kerbsync_secret::Tagger;

fn by_label<'a>(slots: &'a [Slot], part: &str) -> &'a SecretState {
    &slots.iter().find(|s| s.label.contains(part)).unwrap().secret
}

const INTERNAL: &str = "Skype for Business Server Internal Web Site";

#[test]
fn equal_secrets_have_equal_tags_within_a_run_however_they_are_kept() {
    let tagger = Tagger::new().unwrap();
    let opened = find_with(PRODUCT, &[], &keys(&[CONFIGURATION_KEY, WAS_KEY]), &tagger).discovery.slots;
    let clear = configuration(
        r#"<add name="P"><processModel identityType="SpecificUser" userName="A\b" password="canary-Correct-Horse-1"/></add>"#,
        "",
    );
    let clear = find_with(&clear, &[], &[], &tagger).discovery.slots;
    assert_eq!(by_label(&opened, INTERNAL).tag(), clear[0].secret.tag());
    assert!(clear[0].secret.tag().is_some());
    assert_ne!(by_label(&opened, INTERNAL).tag(), by_label(&opened, "LyncExtFeature").tag());
    let other_run = find_with(PRODUCT, &[], &keys(&[CONFIGURATION_KEY]), &Tagger::new().unwrap()).discovery.slots;
    assert_ne!(by_label(&opened, INTERNAL).tag(), by_label(&other_run, INTERNAL).tag());
}

#[test]
fn reasons_tell_what_is_wrong() {
    let reason = |texts: &[&str]| {
        let found = find_with(PRODUCT, &[], &keys(texts), &Tagger::new().unwrap()).discovery;
        let provider = found.providers.iter().find(|p| &*p.name.value == "AesProvider").unwrap().key.clone();
        match by_label(&found.slots, INTERNAL) {
            SecretState::Sealed { reason, damaged: false, .. } => format!("{reason} | {provider:?}"),
            other => format!("{other:?}"),
        }
    };
    insta::assert_snapshot!(reason(&[]), @"no exported key was given (key container iisConfigurationKey) | NoKey");
    insta::assert_snapshot!(reason(&[OTHER_KEY, WAS_KEY]), @"none of the 2 keys given opens the sessionKey of its provider (key container iisConfigurationKey): a key of another server, or of another container | NoneFits");
    insta::assert_snapshot!(reason(&[PUBLIC_KEY]), @"the key file holds the public part only: export it again with -pri | NoneFits");
    insta::assert_snapshot!(reason(&["00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"]), @"none of the keys given is of the kind needed: the RSA private key of the container | NoneFits");
}

#[test]
fn the_order_of_keys_does_not_matter() {
    for texts in
        [[CONFIGURATION_KEY, WAS_KEY, OTHER_KEY], [OTHER_KEY, WAS_KEY, CONFIGURATION_KEY], [WAS_KEY, CONFIGURATION_KEY, PUBLIC_KEY]]
    {
        let found = find_with(PRODUCT, &[], &keys(&texts), &Tagger::new().unwrap()).discovery;
        assert!(by_label(&found.slots, INTERNAL).tag().is_some());
        assert!(matches!(found.providers.iter().find(|p| &*p.name.value == "AesProvider").unwrap().key, ProviderKey::Fits(_)));
    }
}

/// Iis.md section 11 and the malformed forms that JexusManager's tests list.
#[test]
fn odd_values_never_stop_the_reading() {
    let state = |value: &str| {
        let pools = format!(r#"<add name="P"><processModel identityType="SpecificUser" userName="A\b" password="{value}"/></add>"#);
        find(&configuration(&pools, "")).remove(0).secret
    };
    assert_eq!(state(""), SecretState::Empty);
    assert_eq!(state("[enc:AesProvider::enc]"), SecretState::Empty);
    for clear in ["[encenc]", "[]", "plain", "&#xA;", " "] {
        assert!(matches!(state(clear), SecretState::Clear(_)), "{clear}");
    }
    let text = |value: &str| match state(value) {
        SecretState::Sealed { provider, reason, damaged } => format!("{provider} | {reason} | {damaged}"),
        other => format!("{other:?}"),
    };
    insta::assert_snapshot!(
        [
            text("[enc:AesProvider:enc]"),
            text("[enc::enc]"),
            text("[enc::QUJD:enc]"),
            text("[enc:Nobody:QUJD:enc]"),
            text("[enc:AesProvider:57686f6120447564652c2049495320526f636b73:enc]"),
        ]
        .join("\n"),
        @r"
        AesProvider | the value is damaged: it has no data field; IIS keeps such a text as it is | true
         | the value is damaged: it has no data field; IIS keeps such a text as it is | true
         | the value names no provider | false
        Nobody | the configuration declares no provider of this name | false
        AesProvider | it is the sample text of the documentation, not an encrypted value | false
        "
    );
}

#[test]
fn damage_is_told_from_a_missing_key() {
    let with = |value: &str, texts: &[&str]| {
        let text = PRODUCT.replacen("[enc:AesProvider:57686f612044756465:enc]", value, 1);
        let found = find_with(&text, &[], &keys(texts), &Tagger::new().unwrap()).discovery;
        match &found.slots.iter().find(|s| s.account.text == "CONTOSO\\mapped").unwrap().secret {
            SecretState::Sealed { reason, damaged, .. } => format!("{reason} | {damaged}"),
            other => format!("{other:?}"),
        }
    };
    insta::assert_snapshot!(
        [
            with("[enc:AesProvider:not base64:enc]", &[]),
            with("[enc:AesProvider:QUJDRA==:enc]", &[]),
            with("[enc:aesprovider:AAAAAAAAAAAAAAAAAAAAAA==:enc]", &[]),
            with("[enc:aesprovider:AAAAAAAAAAAAAAAAAAAAAA==:enc]", &[CONFIGURATION_KEY]),
            with("[enc:IISWASOnlyRsaProvider:AAAAAAAAAAAAAAAAAAAAAA==:enc]", &[CONFIGURATION_KEY]),
        ]
        .join("\n"),
        @r"
        the value is damaged: its data is not base64 | true
        the value is damaged: its data has 4 bytes, which no value of this provider has: it is cut or altered | true
        no exported key was given (key container iisConfigurationKey) | false
        the value is damaged: the key that opens other values of this provider does not open this one | true
        values of this provider are RSA blocks whose layout is not public: this program does not open them | false
        "
    );
}
