//! What is not written, and why.

use crate::{CANARY, KEYS, Keys, OTHER_KEY, One, PRODUCT, addresses, bare, change, creatable, lowering, rules, step};
use kerbsync_credential::DeclaredSlot;
use kerbsync_credential::lower::{CredentialLower, SlotRules};
use kerbsync_inventory::{LayoutId, SlotKey};
use kerbsync_plan::lower::{FieldState, Lower as _};
use kerbsync_plan::{Change, FieldChange, SlotAddress};

fn refusal(change: Change, before: &str) -> String {
    lowering().lower(&step(vec![change]), before.as_bytes()).unwrap_err().to_string()
}

fn pool() -> SlotAddress {
    addresses(PRODUCT.as_bytes()).into_iter().find(|s| s.layout == LayoutId::AppPoolIdentity).unwrap()
}

fn section(name: &str) -> SlotKey {
    SlotKey::Section { section: name.into(), element: None, location: None }
}

fn site() -> SlotAddress {
    addresses(PRODUCT.as_bytes()).into_iter().find(|s| s.layout == LayoutId::SiteSection).unwrap()
}

#[test]
fn every_refusal_says_why() {
    let before = bare();
    let of = |index: usize, change: fn(&mut SlotAddress)| {
        let mut slot = creatable().remove(index);
        change(&mut slot);
        slot
    };
    let with = |keys: &[&str], secret: &'static str, slot: SlotAddress, text: &str| {
        let (keys, secret) = (Keys::of(keys), One(secret));
        CredentialLower::new(rules(), &secret, &keys, true)
            .lower(&step(vec![change(slot, false)]), text.as_bytes())
            .unwrap_err()
            .to_string()
    };
    let unlisted = FieldChange { attribute: "userName".into(), before: String::new(), after: String::new() };
    let cng = PRODUCT
        .replace("AesProtectedConfigurationProvider", "CngProtectedConfigurationProvider")
        .replace("[enc:AesProvider:", "[enc:Unknown:");
    let lines = [
        refusal(change(creatable().remove(0), false), &before),
        refusal(change(of(0, |s| s.key = SlotKey::ApplicationPool { pool: "Nowhere".into() }), true), &before),
        refusal(change(of(2, |s| s.key = section("system.webServer/contoso/undeclared")), true), &before),
        refusal(change(of(2, |s| s.layout = LayoutId::Structural), true), &before),
        refusal(change(of(2, |s| s.account_attribute = "password".into()), true), &before),
        refusal(Change { fields: vec![unlisted], ..change(pool(), false) }, PRODUCT),
        with(&[OTHER_KEY], CANARY, site(), PRODUCT),
        with(&[], CANARY, site(), PRODUCT),
        with(&[OTHER_KEY], "", site(), PRODUCT),
        with(&[OTHER_KEY], CANARY, pool(), &cng),
        with(&[OTHER_KEY], CANARY, pool(), &PRODUCT.replace("configProtectedData", "somethingElse")),
        refusal(change(pool(), false), "<configuration><a x='canary'></configuration>"),
        refusal(change(pool(), false), "<web/>"),
    ];
    for line in &lines {
        assert!(!line.contains("canary"), "{line}");
    }
    insta::assert_snapshot!(lines.join("\n"), @r"
    the configuration has no application pool 'Bare' any more; plan again
    the configuration has no application pool 'Nowhere'
    system.webServer/contoso/undeclared cannot be created: the configSections of this server do not declare system.webServer/contoso/undeclared, and IIS would refuse the whole file
    system.webServer/security/authentication/kerberosWebAuthentication in 'Lync Server Internal Web Site' cannot be created: slots of the layout structural are only set where they are
    system.webServer/security/authentication/kerberosWebAuthentication in 'Lync Server Internal Web Site' names its account and its secret alike, so they cannot be told apart
    password of application pool 'LyncExtFeature' has to change, and the plan does not list it; plan again
    the secret of system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server Internal Web Site' cannot be protected under AesProvider: the key given does not open the sessionKey of its provider (key container iisConfigurationKey): a key of another server, or of another container
    the secret of system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server Internal Web Site' cannot be protected under AesProvider: no exported key was given (key container iisConfigurationKey)
    the secret of system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server Internal Web Site' cannot be protected under AesProvider: the password is empty: an empty one is never written
    the secret of application pool 'LyncExtFeature' cannot be protected under IISWASOnlyAesProvider: values of CNG providers are not written, not even with --accept-inferred-protection: 32 bytes of their layout have an unknown meaning, and IIS may refuse what does not fit; set this password on the server itself
    the configuration declares no protection provider IISWASOnlyAesProvider, so the secret of application pool 'LyncExtFeature' cannot be protected
    the configuration is not well-formed (line 1, column 30)
    the root element is <web>: an applicationHost.config has <configuration>
    ");
}

#[test]
fn another_way_of_writing_the_account_stays() {
    let lowering = CredentialLower::new(rules(), &One(CANARY), &*KEYS, false);
    let step = step(vec![Change { account: "CONTOSO\\kerbauth".into(), ..change(site(), false) }]);
    let lowered = lowering.lower(&step, PRODUCT.as_bytes()).unwrap();
    let attributes: Vec<&str> = lowered.fields.iter().map(|f| f.attribute.as_str()).collect();
    assert_eq!(attributes, ["password", "userName"], "what stays is recorded beside what is set");
    let accounts = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches("\"CONTOSO\\kerbauth$\"").count();
    assert_eq!(accounts(&lowered.bytes), accounts(PRODUCT.as_bytes()), "CONTOSO\\kerbauth$ means the same account");
}

#[test]
fn an_old_secret_is_not_put_back_beside_an_account_that_another_set() {
    // The account is the plan's already, so that only the secret is written.
    let before = crate::PRODUCT.replace("CONTOSO\\kerbauth$", crate::ACCOUNT);
    let slot = crate::addresses(before.as_bytes()).into_iter().find(|s| s.key.section().ends_with("kerberosWebAuthentication")).unwrap();
    let lowered = crate::lower(&crate::step(vec![crate::change(slot, false)]), before.as_bytes());
    let after = String::from_utf8(lowered.bytes).unwrap();
    let lowering = crate::lowering();
    let states = |text: &str| lowering.states(&lowered.fields, text.as_bytes()).unwrap();
    assert!(states(&after).iter().all(|s| *s == FieldState::Ours) && states(&before).iter().all(|s| *s == FieldState::Original));
    let theirs = after.replacen(crate::ACCOUNT, "CONTOSO\\theirs", 1);
    assert_eq!(states(&theirs), [FieldState::Held, FieldState::Foreign], "the credential is somebody else's by now");
    let restored = lowering.restore(&lowered.fields, after.as_bytes(), None).unwrap();
    assert_eq!(String::from_utf8(restored).unwrap(), before);
}

/// Another editor may quote a value otherwise than the text that stood there allows: it is written anew then.
#[test]
fn an_original_is_put_back_within_other_quotes() {
    let before = PRODUCT.replace("\"CONTOSO\\kerbauth$\"", r#"'CONTOSO\the "old" one'"#);
    assert_ne!(before, PRODUCT);
    let lowered = crate::lower(&step(vec![change(site(), false)]), before.as_bytes());
    let after = String::from_utf8(lowered.bytes).unwrap();
    let own = format!("'{}'", crate::ACCOUNT);
    assert!(after.contains(&own), "{after}");
    let back = |edited: &str| String::from_utf8(lowering().restore(&lowered.fields, edited.as_bytes(), None).unwrap()).unwrap();
    assert_eq!(back(&after), before);
    let edited = after.replacen(&own, &own.replace('\'', "\""), 1);
    let restored = back(&edited);
    let states = lowering().states(&lowered.fields, restored.as_bytes()).unwrap();
    assert!(states.iter().all(|s| *s == FieldState::Original), "{states:?}");
    assert_eq!(restored.matches(r#""CONTOSO\the &quot;old&quot; one""#).count(), 1, "{restored}");
}

/// Somebody took out the account of a slot: its secret still stands at its place, and is not called taken back.
#[test]
fn half_a_credential_is_looked_for_at_its_place() {
    let before = bare();
    let lowered = crate::lower(&step(vec![change(creatable().remove(2), true)]), before.as_bytes());
    let text = String::from_utf8(lowered.bytes).unwrap();
    let half = text.replacen(&format!(" userName=\"{}\"", crate::ACCOUNT), "", 1);
    assert_ne!(half, text);
    let state = |attribute: &str| {
        let field = lowered.fields.iter().find(|f| f.attribute == attribute).unwrap();
        lowering().state(field, half.as_bytes()).unwrap()
    };
    assert_eq!((state("userName"), state("password")), (FieldState::Original, FieldState::Ours));
}

/// The declaration by which a slot was found is no longer in kerbsync.toml: what the run wrote is found by its section, and taken back.
#[test]
fn a_slot_whose_declaration_is_gone_is_found_by_its_section() {
    let before = crate::everything();
    let found =
        addresses(before.as_bytes()).into_iter().find(|s| s.account_attribute == "user" && s.key.section().ends_with("pairs")).unwrap();
    let section = found.key.section().to_owned();
    let declaration = DeclaredSlot {
        section: section.clone(),
        location: None,
        items: Vec::new(),
        account_attribute: Some("user".into()),
        secret_attribute: "password".into(),
    };
    let key = SlotKey::Declared { section: section.clone(), path: section, location: None };
    let slot = SlotAddress { layout: LayoutId::Declared, key, ..found };
    let with = SlotRules { declared: vec![declaration], ..rules() };
    let declared = CredentialLower::new(with, &One(CANARY), &*KEYS, false);
    let lowered = declared.lower(&step(vec![change(slot, false)]), before.as_bytes()).unwrap();
    assert_eq!(declared.states(&lowered.fields, &lowered.bytes).unwrap(), [FieldState::Ours; 2]);
    assert_eq!(lowering().states(&lowered.fields, &lowered.bytes).unwrap(), [FieldState::Ours; 2]);
    let restored = lowering().restore(&lowered.fields, &lowered.bytes, Some(before.as_bytes())).unwrap();
    assert_eq!(String::from_utf8(restored).unwrap(), before);
}
