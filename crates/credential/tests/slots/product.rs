//! A configuration with a slot of every kind.

use crate::{CONFIGURATION_KEY, OTHER_KEY, PRODUCT, WAS_KEY, find_with, keys, table};
use kerbsync_iis::protection::KeyFile;
use kerbsync_inventory::{ProviderKey, SecretState, SlotRelevance};
use kerbsync_secret::Tagger;

#[test]
fn every_slot_of_a_configuration_is_found_once() {
    let keys = keys(&[CONFIGURATION_KEY, WAS_KEY]);
    let found = find_with(PRODUCT, &[], &keys, &Tagger::new().unwrap());
    insta::assert_snapshot!(table(&found.discovery.slots), @r"
    app-pool-identity [documented] Expected line 48
      application pool 'LyncExtFeature' @ system.applicationHost/applicationPools
      userName: CONTOSO\kerbauth = CONTOSO\kerbauth
      password: opened A by IISWASOnlyAesProvider
    app-pool-identity [documented] Expected inactive line 51
      application pool 'CsManagementAppPool' @ system.applicationHost/applicationPools
      userName: CONTOSO\leftover = CONTOSO\leftover
      password: opened B by IISWASOnlyAesProvider
    app-pool-identity [documented] Elsewhere line 54
      application pool 'Reports' @ system.applicationHost/applicationPools
      userName: reports@corp.contoso.com = CONTOSO\reports
      password: clear C
    app-pool-identity [documented] Elsewhere line 57
      application pool 'Managed' @ system.applicationHost/applicationPools
      userName: CONTOSO\gmsa$ = CONTOSO\gmsa
      password: empty
    virtual-directory [documented] Elsewhere line 67
      virtual directory '/share' of application '/' of web site 'Default Web Site' @ system.applicationHost/sites
      userName: FABRIKAM\files = FABRIKAM\files
      password: clear D
    virtual-directory-defaults [documented] Elsewhere line 101
      virtual directory defaults of all web sites @ system.applicationHost/sites
      userName: FABRIKAM\defaults = FABRIKAM\defaults
      password: empty
    structural [structural] Elsewhere line 109
      system.webServer/odbcLogging @ system.webServer/odbcLogging
      userName: logwriter = -
      password: clear E
    structural [structural] Elsewhere line 115
      <add> of system.webServer/security/authentication/iisClientCertificateMappingAuthentication @ system.webServer/security/authentication/iisClientCertificateMappingAuthentication
      userName: CONTOSO\mapped = CONTOSO\mapped
      password: sealed by AesProvider: it is the sample text of the documentation, not an encrypted value
    structural [structural] Elsewhere line 130
      <service> of contoso/services @ contoso/services
      ServiceAccount: svc@corp.contoso.com = CONTOSO\svc
      value: clear F
    site-section [inferred] Expected line 147
      system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server Internal Web Site' @ system.webServer/security/authentication/kerberosWebAuthentication
      userName: CONTOSO\kerbauth$ = CONTOSO\kerbauth
      password: opened B by AesProvider
    site-section [inferred] Expected line 164
      system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server External Web Site' @ system.webServer/security/authentication/kerberosWebAuthentication
      userName: CONTOSO\kerbauth$ = CONTOSO\kerbauth
      password: sealed by AesProvider (damaged): the value is damaged: the key that opens other values of this provider does not open this one
    anonymous-user [documented] Expected line 196
      anonymous user of 'Skype for Business Server External Web Site/Meet' @ system.webServer/security/authentication/anonymousAuthentication
      userName: CONTOSO\meetuser = CONTOSO\meetuser
      password: clear G
    ");
    assert!(found.problems.is_empty(), "{:?}", found.problems);
}

#[test]
fn providers_say_which_key_fits() {
    let keys = keys(&[OTHER_KEY, WAS_KEY, CONFIGURATION_KEY]);
    let found = find_with(PRODUCT, &[], &keys, &Tagger::new().unwrap());
    let providers: Vec<String> =
        found.discovery.providers.iter().map(|p| format!("{} in {:?}: {:?}", p.name.value, p.key_container, p.key)).collect();
    insta::assert_snapshot!(providers.join("\n"), @r#"
    IISWASOnlyRsaProvider in Some("iisWasKey"): Unsupported
    AesProvider in Some("iisConfigurationKey"): Fits(DocumentId(102))
    IISWASOnlyAesProvider in Some("iisWasKey"): Fits(DocumentId(101))
    "#);
}

#[test]
fn without_keys_values_stay_sealed_and_say_what_is_missing() {
    let found = find_with(PRODUCT, &[], &[], &Tagger::new().unwrap());
    let expected: Vec<_> = found.discovery.slots.iter().filter(|s| s.relevance == SlotRelevance::Expected).map(|s| &s.secret).collect();
    assert!(expected.iter().all(|s| s.tag().is_none() || matches!(s, SecretState::Clear(_))));
    let SecretState::Sealed { reason, damaged: false, .. } = expected[0] else { panic!("sealed") };
    insta::assert_snapshot!(reason, @"no exported key was given (key container iisWasKey)");
    assert!(found.discovery.providers.iter().any(|p| p.key == ProviderKey::NoKey));
}

/// A server that holds nothing yet: a key that could not be tried may fit, and no key never does.
#[test]
fn without_keys_no_provider_is_merely_unused() {
    let text = r#"<configuration><configProtectedData><providers><add name="AesProvider" type="Microsoft.ApplicationHost.AesProtectedConfigurationProvider" keyContainerName="iisConfigurationKey" sessionKey="AAAA" /></providers></configProtectedData></configuration>"#;
    let key = |keys: &[KeyFile]| find_with(text, &[], keys, &Tagger::new().unwrap()).discovery.providers[0].key.clone();
    assert_eq!((key(&[]), key(&keys(&[OTHER_KEY]))), (ProviderKey::NoKey, ProviderKey::Unused));
}

/// Every secret of the fixture, clear or encrypted, is a canary.
#[test]
fn nothing_that_is_returned_shows_a_secret() {
    let keys = keys(&[CONFIGURATION_KEY, WAS_KEY]);
    for keys in [&keys[..], &[]] {
        let found = find_with(PRODUCT, &[], keys, &Tagger::new().unwrap());
        assert_eq!(found.discovery.slots.iter().filter(|s| s.secret.tag().is_some()).count(), if keys.is_empty() { 5 } else { 8 });
        let shown = format!("{:?} {:?}", found.discovery, found.problems);
        assert!(shown.contains("kerbauth") && shown.contains("***"), "excerpts are there");
        assert!(!shown.contains("canary"), "a secret in clear was shown");
        for sealed in PRODUCT.match_indices("[enc:").map(|(at, _)| &PRODUCT[at..at + 60]) {
            let payload = sealed.rsplit(':').next().unwrap();
            assert!(!shown.contains(payload), "a part of an encrypted value was shown");
        }
    }
}
