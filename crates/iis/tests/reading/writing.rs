//! Values that are written: opened again, different each time, and refused with their reason.

use crate::seal::{Dice, KEYS, key_xml, session_key};
use crate::{document, host, source};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kerbsync_iis::protection::{KeyFile, KeyMaterial, OpenError, Opener, ProtectError, protect};
use kerbsync_secret::{ProtectedValue, Secret};
use kerbsync_source::DocumentId;
use kerbsync_xml::Document;
use proptest::prelude::*;
use rsa::rand_core::RngCore as _;

fn configuration(session: &str, oaep: bool) -> Document {
    document(&format!(
        "<configuration><configProtectedData><providers>
<add name='AesProvider' type='Microsoft.ApplicationHost.AesProtectedConfigurationProvider' keyContainerName='iisConfigurationKey' useOAEP='{oaep}' sessionKey='{session}'/>
<add name='IISCngProvider' type='Microsoft.ApplicationHost.CngProtectedConfigurationProvider' keyContainerName='iisCngConfigurationKey'/>
<add name='IISWASOnlyRsaProvider' type='' keyContainerName='iisWasKey'/>
<add name='Sections' type='System.Configuration.DpapiProtectedConfigurationProvider'/>
<add name='Bare' type='Microsoft.ApplicationHost.AesProtectedConfigurationProvider' keyContainerName='iisConfigurationKey'/>
</providers></configProtectedData></configuration>"
    ))
}

fn keys(texts: &[String]) -> Vec<KeyFile> {
    let read = |t: &String| KeyMaterial::from_source(&source(t)).unwrap();
    texts.iter().zip(1..).map(|(t, id)| KeyFile { document: DocumentId(id), name: String::new(), material: read(t) }).collect()
}

fn key_of(len: usize) -> Vec<u8> {
    let mut key = vec![0; len];
    Dice(len as u64).fill_bytes(&mut key);
    key
}

fn write(document: &Document, provider: &str, keys: &[KeyFile], text: &str, accept: bool) -> Result<ProtectedValue, ProtectError> {
    let providers = host(document).providers();
    let provider = providers.iter().find(|p| p.name().value == provider).unwrap();
    protect(provider, keys, &Secret::new(text.to_owned()), accept)
}

fn text_of(value: &ProtectedValue) -> String {
    format!("[enc:{}:{}:enc]", value.provider(), value.payload())
}

fn open(document: &Document, keys: &[KeyFile], value: &ProtectedValue) -> Result<String, OpenError> {
    let providers = host(document).providers();
    Opener::new(&providers, keys).open(value).map(|o| o.secret.expose().to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// What is written opens with the server's key and with no other; a cut value opens to nothing.
    #[test]
    fn what_was_written_is_opened(
        text in "\\PC{1,40}|[a-z:\\]]{1,20}|[😀𝄞é]{1,9}",
        len in prop::sample::select(vec![16usize, 24, 32]),
        oaep: bool,
        cut in 1usize..60,
    ) {
        let configuration = configuration(&session_key(&KEYS[0], &key_of(len), oaep), oaep);
        let (right, wrong) = (key_xml(&KEYS[0], true), key_xml(&KEYS[1], true));
        let both = keys(&[wrong.clone(), right]);
        let value = write(&configuration, "AesProvider", &both, &text, false).unwrap();
        prop_assert_eq!(open(&configuration, &both, &value), Ok(text.clone()));
        prop_assert_eq!(value.provider(), "AesProvider");
        // encryption layout: 4 random bytes, the text, a terminator, 0 to 15 more, padded to whole blocks.
        let bytes = STANDARD.decode(value.payload()).unwrap().len();
        let least = 4 + text.encode_utf16().count() * 2 + 2;
        prop_assert!(bytes.is_multiple_of(16) && bytes > least && bytes <= least + 15 + 16);
        let again = write(&configuration, "AesProvider", &both, &text, false).unwrap();
        prop_assert_ne!(text_of(&again), text_of(&value), "random bytes make each value another");
        let others = keys(&[wrong]);
        let container = Some("iisConfigurationKey".to_owned());
        prop_assert_eq!(open(&configuration, &others, &value), Err(OpenError::WrongKey { keys: 1, container: container.clone() }));
        let refused = write(&configuration, "AesProvider", &others, &text, true);
        prop_assert_eq!(refused, Err(ProtectError::Key(OpenError::WrongKey { keys: 1, container: container.clone() })));
        let missing = write(&configuration, "AesProvider", &[], &text, true);
        prop_assert_eq!(missing, Err(ProtectError::Key(OpenError::NoKey { container })));
        let payload = value.payload();
        let shorter = format!("[enc:AesProvider:{}:enc]", &payload[..payload.len().saturating_sub(cut).max(1)]);
        prop_assert!(open(&configuration, &both, &ProtectedValue::parse(&shorter).unwrap()).is_err());
    }
}

/// A key remembers the session key that it opened last: never for another one, nor for another padding.
#[test]
fn session_keys_under_one_key_are_told_apart() {
    let keys = keys(&[key_xml(&KEYS[0], true)]);
    let of = |len: usize, oaep: bool| configuration(&session_key(&KEYS[0], &key_of(len), oaep), oaep);
    // The second has the first's bytes and claims the other padding.
    let mistaken = configuration(&session_key(&KEYS[0], &key_of(16), false), true);
    let all = [of(16, false), of(24, false), of(16, true), of(32, true)];
    let value = |at: usize| write(&all[at], "AesProvider", &keys, "Pa55-canary", false).unwrap();
    let values: Vec<_> = (0..all.len()).map(value).collect();
    let open = |document: &Document, value| open(document, &keys, value);
    for _ in 0..2 {
        for (at, value) in values.iter().enumerate() {
            assert!(open(&mistaken, value).is_err());
            for (other, document) in all.iter().enumerate() {
                // Both of 16 bytes hold the same session key.
                let is_same = at == other || [at, other] == [0, 2] || [at, other] == [2, 0];
                assert_eq!(open(document, value).is_ok(), is_same, "{at} {other}");
            }
        }
    }
}

#[test]
fn every_refusal_has_its_reason() {
    let configuration = configuration(&session_key(&KEYS[0], &key_of(16), false), false);
    let right = keys(&[key_xml(&KEYS[0], true)]);
    let refuse = |provider: &str, text: &str, accept| write(&configuration, provider, &right, text, accept).unwrap_err().to_string();
    let public = keys(&[key_xml(&KEYS[0], false)]);
    let lines = [
        refuse("AesProvider", "", true),
        refuse("AesProvider", "a\0b", true),
        refuse("IISCngProvider", "Pa55-canary", false),
        refuse("IISCngProvider", "Pa55-canary", true),
        refuse("IISWASOnlyRsaProvider", "Pa55-canary", true),
        refuse("Sections", "Pa55-canary", true),
        refuse("Bare", "Pa55-canary", true),
        write(&configuration, "AesProvider", &public, "Pa55-canary", true).unwrap_err().to_string(),
        write(&configuration, "AesProvider", &keys(&["5a".repeat(32)]), "Pa55-canary", true).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r"
    the password is empty: an empty one is never written
    the password holds the character U+0000, which ends a value early: it cannot be written
    values of CNG providers are not written: 32 bytes of their layout have an unknown meaning, and IIS may refuse what does not fit; set this password on the server itself
    values of CNG providers are not written, not even with --accept-inferred-protection: 32 bytes of their layout have an unknown meaning, and IIS may refuse what does not fit; set this password on the server itself
    values of RSA providers are not written: their layout is not public
    values of this kind of provider are not written by this program
    its provider has no sessionKey
    the key file holds the public part only: export it again with -pri
    none of the keys given is of the kind needed: the RSA private key of the container
    ");
    assert!(!lines.concat().contains("canary"));
}
