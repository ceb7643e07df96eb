//! Keys, session keys and values: what is opened, and why something is not.

use crate::seal::{Dice, KEYS, aes_value, cng_value, encrypt, key_xml, session_key, utf16};
use crate::{document, host, source};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kerbsync_iis::protection::{KeyError, KeyFile, KeyMaterial, OpenError, Opener, SessionKey, is_key_container};
use kerbsync_secret::ProtectedValue;
use kerbsync_source::DocumentId;
use kerbsync_xml::Document;
use proptest::prelude::*;
use rsa::pkcs1::{EncodeRsaPrivateKey as _, LineEnding};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::RngCore as _;

fn configuration(session: &str, oaep: bool) -> Document {
    document(&format!(
        "<configuration><configProtectedData><providers>
<add name='AesProvider' type='Microsoft.ApplicationHost.AesProtectedConfigurationProvider' keyContainerName='iisConfigurationKey' useOAEP='{oaep}' sessionKey='{session}'/>
<add name='IISCngProvider' type='Microsoft.ApplicationHost.CngProtectedConfigurationProvider' keyContainerName='iisCngConfigurationKey'/>
<add name='IISWASOnlyRsaProvider' type='' keyContainerName='iisWasKey'/>
</providers></configProtectedData></configuration>"
    ))
}

fn read_key(text: &str) -> Result<KeyMaterial, KeyError> {
    KeyMaterial::from_source(&source(text))
}

fn key_files(texts: &[String]) -> Vec<KeyFile> {
    texts.iter().zip(1..).map(|(t, id)| KeyFile { document: DocumentId(id), name: String::new(), material: read_key(t).unwrap() }).collect()
}

/// The text, or why it was not opened; then the same after everything was tried.
fn open(configuration: &Document, keys: &[KeyFile], values: &[&str]) -> Vec<Result<String, OpenError>> {
    let providers = host(configuration).providers();
    let mut opener = Opener::new(&providers, keys);
    let results: Vec<_> =
        values.iter().map(|v| opener.open(&ProtectedValue::parse(v).unwrap()).map(|o| o.secret.expose().to_owned())).collect();
    let provider = |v: &str| ProtectedValue::parse(v).unwrap().provider().to_owned();
    results.into_iter().zip(values).map(|(r, v)| r.map_err(|e| opener.refine(&provider(v), e))).collect()
}

fn key_of(len: usize) -> Vec<u8> {
    let mut key = vec![0; len];
    Dice(len as u64).fill_bytes(&mut key);
    key
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Any text, key length and padding comes back; every wrong thing beside it is an error, never another text.
    #[test]
    fn what_was_sealed_is_opened(
        text in "\\PC{0,40}|[a-z:\\]]{0,20}|[😀𝄞é]{0,9}",
        salt: [u8; 4],
        tail in prop::collection::vec(any::<u8>(), 0..16),
        len in prop::sample::select(vec![16usize, 24, 32]),
        oaep: bool,
    ) {
        let key = key_of(len);
        let value = aes_value(&key, salt, &text, &tail);
        let configuration = configuration(&session_key(&KEYS[0], &key, oaep), oaep);
        let right = key_xml(&KEYS[0], true);
        prop_assert_eq!(open(&configuration, &key_files(&[key_xml(&KEYS[1], true), right.clone()]), &[&value]), [Ok(text)]);
        let wrong = open(&configuration, &key_files(&[key_xml(&KEYS[1], true), key_xml(&KEYS[2], true)]), &[&value]);
        let expected = OpenError::WrongKey { keys: 2, container: Some("iisConfigurationKey".into()) };
        prop_assert_eq!(wrong, [Err(expected)]);
        let missing = open(&configuration, &[], &[&value]);
        prop_assert_eq!(missing, [Err(OpenError::NoKey { container: Some("iisConfigurationKey".into()) })]);
        let public = open(&configuration, &key_files(&[key_xml(&KEYS[0], false)]), &[&value]);
        prop_assert_eq!(public, [Err(OpenError::PublicOnly)]);
        // The other padding of the session key does not open it either.
        let other_padding = self::configuration(&session_key(&KEYS[0], &key, !oaep), oaep);
        let is_wrong_key = matches!(open(&other_padding, &key_files(&[right]), &[&value])[..], [Err(OpenError::WrongKey { .. })]);
        prop_assert!(is_wrong_key);
    }

    /// A value that lost its end, or whose last block was altered, does not become another text.
    #[test]
    fn a_cut_value_is_damage(text in "[a-z]{1,30}", cut in 1usize..40) {
        let key = key_of(16);
        let value = aes_value(&key, [9; 4], &text, &[]);
        let cut_value = format!("{}:enc]", &value[..(value.len() - 5).saturating_sub(cut).max("[enc:AesProvider:A".len())]);
        let configuration = configuration(&session_key(&KEYS[0], &key, false), false);
        let results = open(&configuration, &key_files(&[key_xml(&KEYS[0], true)]), &[&value, &cut_value]);
        prop_assert_eq!(&results[0], &Ok(text));
        prop_assert!(results[1].as_ref().is_err_and(OpenError::is_damage), "{:?}", results[1].as_ref().err());
    }

    #[test]
    fn cng_values_open_with_the_raw_key_in_hex_or_base64(text in "\\PC{0,20}", iv: [u8; 16], zeros: bool, hex: bool) {
        let master = key_of(40);
        let text: String = text.chars().filter(|c| *c != '\0').collect();
        let written = if hex { master.iter().map(|b| format!("{b:02X}")).collect() } else { STANDARD.encode(&master) };
        let value = cng_value(&master, iv, &text, zeros);
        let configuration = configuration("", false);
        prop_assert_eq!(open(&configuration, &key_files(&[written]), &[&value]), [Ok(text)]);
        let other = key_files(&[STANDARD.encode(key_of(33))]);
        prop_assert_eq!(open(&configuration, &other, &[&value]), [Err(OpenError::RawKeyDoesNotFit)]);
    }

    /// Nothing that is read from a file or a value makes it panic.
    #[test]
    fn anything_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[ -~]{0,80}") {
        let _ = SessionKey::parse(&STANDARD.encode(&bytes));
        let _ = SessionKey::parse(&text);
        let _ = KeyMaterial::from_source(&source(&text));
        let _ = KeyMaterial::from_source(&source(&format!("-----BEGIN {text}")));
        let wrapped: String = STANDARD.encode(&bytes);
        let _ = KeyMaterial::from_source(&source(&format!("<RSAKeyValue><Modulus>{wrapped}</Modulus><Exponent>AQAB</Exponent><D>{wrapped}</D></RSAKeyValue>")));
        let configuration = configuration(&session_key(&KEYS[0], &key_of(16), false), false);
        for provider in ["AesProvider", "IISCngProvider"] {
            let value = format!("[enc:{provider}:{}:enc]", STANDARD.encode(&bytes));
            let keys = key_files(&[key_xml(&KEYS[0], true), STANDARD.encode(key_of(32))]);
            let _ = open(&configuration, &keys, &[&value]);
        }
    }
}

#[test]
fn plain_texts_that_break_a_rule_are_not_opened() {
    let key = key_of(16);
    let configuration = configuration(&session_key(&KEYS[0], &key, false), false);
    let keys = key_files(&[key_xml(&KEYS[0], true)]);
    let value = |plain: &[u8]| format!("[enc:AesProvider:{}:enc]", STANDARD.encode(encrypt(&key, [0; 16], plain)));
    for (what, plain) in [
        ("no terminator", [&[1; 4][..], &utf16("abc")].concat()),
        ("a tail of 16 bytes", [&[1; 4][..], &utf16("abc\0"), &[1; 16]].concat()),
        ("a lone surrogate", [&[1; 4][..], &[0, 0xd8, 0, 0]].concat()),
        ("less than the random bytes", vec![1, 2]),
        ("random bytes only", vec![1; 4]),
    ] {
        assert_eq!(open(&configuration, &keys, &[&value(&plain)]), [Err(OpenError::Undecodable)], "{what}");
    }
    // Zero bytes among the random ones do not end the text.
    assert_eq!(open(&configuration, &keys, &[&value(&[&[0; 4][..], &utf16("abc\0")].concat())]), [Ok("abc".into())]);
}

#[test]
fn damage_becomes_certain_once_another_value_was_opened() {
    let key = key_of(16);
    let configuration = configuration(&session_key(&KEYS[0], &key, false), false);
    let keys = key_files(&[key_xml(&KEYS[0], true)]);
    let bad = aes_value(&key_of(17)[..16], [1; 4], "text", &[]);
    let good = aes_value(&key, [1; 4], "text", &[]);
    assert_eq!(open(&configuration, &keys, &[&bad]), [Err(OpenError::Undecodable)]);
    let [first, second] = &open(&configuration, &keys, &[&bad, &good])[..] else { panic!("two") };
    assert!(first.as_ref().unwrap_err().is_damage() && second.is_ok());
}

#[test]
fn session_keys_that_cannot_be_used_say_why() {
    let good = STANDARD.decode(session_key(&KEYS[0], &key_of(16), false)).unwrap();
    let changed = |at: usize, to: u8| {
        let mut blob = good.clone();
        blob[at] = to;
        SessionKey::parse(&STANDARD.encode(blob)).unwrap_err().to_string()
    };
    let texts = [
        SessionKey::parse("***").unwrap_err().to_string(),
        SessionKey::parse("AQIAAA==").unwrap_err().to_string(),
        SessionKey::parse(&STANDARD.encode(&good[..40])).unwrap_err().to_string(),
        changed(0, 6),
        changed(4, 3),
        changed(8, 1),
    ];
    insta::assert_snapshot!(texts.join("\n"), @r"
    it is not base64
    it is 4 bytes long: the header of a key blob alone has 12
    its RSA block has 28 bytes: 64 to 2048 were expected
    it is no SIMPLEBLOB of version 2
    its algorithm is 0x6603: AES with 128, 192 or 256 bits was expected
    it is not wrapped with an RSA key exchange key
    ");
    assert_eq!(format!("{:?}", SessionKey::parse(&STANDARD.encode(&good)).unwrap()), "SessionKey(AES-128, RSA-1024)");
}

#[test]
fn keys_are_read_in_every_form() {
    let key = &KEYS[0];
    let forms = [
        key_xml(key, true),
        key_xml(key, true).replace('>', ">\n  ").replace("</", "\n</"),
        key.to_pkcs1_pem(LineEnding::LF).unwrap().to_string(),
        key.to_pkcs8_pem(LineEnding::CRLF).unwrap().to_string(),
        format!("Bag Attributes\n  friendlyName: x\n{}", key.to_pkcs8_pem(LineEnding::LF).unwrap().as_str()),
    ];
    let aes = key_of(16);
    let configuration = configuration(&session_key(key, &aes, false), false);
    for form in forms {
        let keys = key_files(&[form]);
        assert_eq!(open(&configuration, &keys, &[&aes_value(&aes, [5; 4], "x", &[])]), [Ok("x".into())]);
    }
    // Without the primes they are worked out again.
    let xml = key_xml(key, true);
    let (head, tail) = (xml.find("<P>").unwrap(), xml.find("<D>").unwrap());
    assert!(matches!(read_key(&[&xml[..head], &xml[tail..]].concat()), Ok(KeyMaterial::Rsa(_))));
    assert!(matches!(read_key(&key_xml(key, false)), Ok(KeyMaterial::PublicOnly { modulus_len: 128 })));
    assert!(is_key_container(&document(&key_xml(key, false))) && !is_key_container(&document("<x/>")));
}

#[test]
fn files_that_are_no_keys_say_so_without_their_contents() {
    let xml = key_xml(&KEYS[0], true);
    let error = |text: &str| read_key(text).err().unwrap().to_string();
    let modulus = xml.find("<Modulus>").unwrap() + 9;
    let other = key_xml(&KEYS[1], true);
    let mixed = xml.replace(&xml[modulus..modulus + 40], &other[modulus..modulus + 40]);
    let export: Vec<u8> = (0..6096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let export = kerbsync_source::Source::decode(DocumentId(0), export).unwrap();
    let texts = [
        error("hello"),
        error(""),
        error("<html/>"),
        error("<RSAKeyValue><Modulus>AQ==</Modulus></RSAKeyValue>"),
        error(&xml.replace("<D>", "<D>!")),
        error(&mixed),
        error("<RSAKeyValue>"),
        error("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"),
        error("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
        KeyMaterial::from_source(&export).err().unwrap().to_string(),
    ];
    insta::assert_snapshot!(texts.join("\n"), @r"
    not a key: expected RSAKeyValue XML (aspnet_regiis -px CONTAINER FILE -pri), a PEM private key, or a raw key of 32 bytes or more in hex or base64
    not a key: expected RSAKeyValue XML (aspnet_regiis -px CONTAINER FILE -pri), a PEM private key, or a raw key of 32 bytes or more in hex or base64
    not a key: expected RSAKeyValue XML (aspnet_regiis -px CONTAINER FILE -pri), a PEM private key, or a raw key of 32 bytes or more in hex or base64
    RSAKeyValue without <Exponent>
    <D> of RSAKeyValue is no base64 number of sane length
    the numbers of the RSA key do not belong together: the file is damaged
    the key file is no well-formed XML: line 1, byte 13
    a PEM file, but no unencrypted RSA private key (PKCS#1 or PKCS#8)
    a PEM file, but no unencrypted RSA private key (PKCS#1 or PKCS#8)
    this looks like the password-protected key file of an IIS Manager export: its format is not public; export the containers with aspnet_regiis -px CONTAINER FILE -pri
    ");
    let private = &xml[xml.find("<D>").unwrap() + 3..][..20];
    assert!(texts.iter().all(|t| !t.contains(private)));
}

#[test]
fn every_reason_is_one_clause_without_the_value() {
    let key = key_of(16);
    let value = aes_value(&key, [5; 4], "canary", &[]);
    let payload = ProtectedValue::parse(&value).unwrap().payload().to_owned();
    let good = configuration(&session_key(&KEYS[0], &key, false), false);
    let broken = configuration("AAAA", false);
    let right = key_files(&[key_xml(&KEYS[0], true)]);
    let raw = key_files(&[STANDARD.encode(key_of(32))]);
    let one =
        |configuration: &Document, keys: &[KeyFile], value: &str| open(configuration, keys, &[value])[0].clone().unwrap_err().to_string();
    let cng = cng_value(&key_of(32), [1; 16], "canary", false);
    let texts = [
        one(&good, &[], &value),
        one(&good, &raw, &value),
        one(&good, &key_files(&[key_xml(&KEYS[1], true)]), &value),
        one(&good, &key_files(&[key_xml(&KEYS[0], false)]), &value),
        one(&broken, &right, &value),
        one(&good, &right, &aes_value(&key_of(24)[..16], [5; 4], "canary", &[])),
        one(&good, &right, "[enc:AesProvider:QUJD:enc]"),
        one(&good, &right, "[enc:Nobody:QUJD:enc]"),
        one(&good, &right, "[enc:IISWASOnlyRsaProvider:QUJD:enc]"),
        one(&good, &[], &cng),
        one(&good, &right, &cng),
        one(&good, &key_files(&[STANDARD.encode(key_of(48))]), &cng),
        one(&good, &raw, "[enc:IISCngProvider:AAAAAAAAAAAAAAAAAAAAAA==:enc]"),
    ];
    insta::assert_snapshot!(texts.join("\n"), @r"
    no exported key was given (key container iisConfigurationKey)
    none of the keys given is of the kind needed: the RSA private key of the container
    the key given does not open the sessionKey of its provider (key container iisConfigurationKey): a key of another server, or of another container
    the key file holds the public part only: export it again with -pri
    the sessionKey of its provider cannot be used: it is 3 bytes long: the header of a key blob alone has 12
    a key opens the sessionKey of its provider, but not this value: the value is damaged or was written under another key (the format cannot tell)
    the value is damaged: its data has 3 bytes, which no value of this provider has: it is cut or altered
    the configuration declares no provider of this name
    values of this provider are RSA blocks whose layout is not public: this program does not open them
    no exported key was given (key container iisCngConfigurationKey)
    none of the keys given is of the kind needed: the raw key of the CNG container, which aspnet_regiis does not export
    no raw key opens it: another key, or a damaged value (the format cannot tell; its layout is inferred)
    the value is damaged: its data has 16 bytes, which no value of this provider has: it is cut or altered
    ");
    assert!(texts.iter().all(|t| !t.contains(&payload) && !t.contains("canary") && !t.contains('\n')));
}
