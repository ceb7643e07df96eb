//! Any bytes: as a key file, as a session key, and as a protected value under a key that is at hand.
#![no_main]

use kerbsync_iis::ApplicationHost;
use kerbsync_iis::protection::{KeyFile, KeyMaterial, Opener, SessionKey};
use kerbsync_secret::ProtectedValue;
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::{Document, Limits};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const CONFIGURATION: &str = include_str!("../../fixtures/documents/iis/product.config");
const KEY: &str = include_str!("../../fixtures/documents/iis/keys/iisConfigurationKey.xml");
const RAW: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn source(bytes: &[u8]) -> Option<Source> {
    Source::decode(DocumentId(0), bytes.to_vec()).ok()
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    // A CNG provider beside the ones of the file.
    let cng = r#"<providers><add name="IISCngProvider" type="Microsoft.ApplicationHost.CngProtectedConfigurationProvider" />"#;
    let text = CONFIGURATION.replacen("<providers>", cng, 1);
    Document::parse(source(text.as_bytes()).expect("text"), &Limits::default()).expect("well-formed")
});
static KEYS: LazyLock<[KeyFile; 2]> = LazyLock::new(|| {
    [KEY, RAW].map(|text| {
        let material = KeyMaterial::from_source(&source(text.as_bytes()).expect("text")).unwrap_or_else(|_| unreachable!("a good key"));
        KeyFile { document: DocumentId(1), name: String::new(), material }
    })
});

/// Whether a message holds an input that cannot be a part of the message by itself: no message has these signs.
fn quotes(message: &str, input: &str) -> bool {
    input.contains(['=', '+']) && message.contains(input)
}

fuzz_target!(|data: &[u8]| {
    let Some(source) = source(data) else { return };
    let text = source.text();
    let _ = SessionKey::parse(text);
    // Checking a long modulus takes long by nature.
    if data.len() < 1000
        && let Err(error) = KeyMaterial::from_source(&source)
    {
        assert!(!quotes(&error.to_string(), text.trim()), "an error quotes the file");
    }
    let host = ApplicationHost::read(&DOCUMENT, &mut Vec::<Problem>::new()).expect("a configuration");
    let providers = host.providers();
    for wrapped in ["AesProvider", "IISCngProvider"].map(|p| format!("[enc:{p}:{text}:enc]")).iter().map(String::as_str).chain([text]) {
        let Ok(value) = ProtectedValue::parse(wrapped) else { continue };
        let mut opener = Opener::new(&providers, &KEYS[..]);
        if let Err(error) = opener.open(&value) {
            assert!(!quotes(&opener.refine(value.provider(), error).to_string(), value.payload()), "an error quotes the value");
            assert!(opener.fits(value.provider()).is_none());
        }
    }
});
