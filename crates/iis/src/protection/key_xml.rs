//! `RSAKeyValue` documents, as `aspnet_regiis -px … -pri` writes them.

use super::key::{KeyError, KeyMaterial, PrivateKey};
use base64::Engine as _;
use kerbsync_xml::Document;
use rsa::BigUint;
use zeroize::Zeroizing;

/// Whether a document is an exported RSA key container.
#[must_use]
pub fn is_key_container(document: &Document) -> bool {
    document.root().local_name() == "RSAKeyValue"
}

/// Reads a key: numbers in base64, most significant byte first.
pub(super) fn read(document: &Document) -> Result<KeyMaterial, KeyError> {
    let root = document.root();
    if root.local_name() != "RSAKeyValue" {
        return Err(KeyError::NotAKey);
    }
    let number = |name: &'static str| -> Result<Option<BigUint>, KeyError> {
        let Some(element) = root.child(name) else { return Ok(None) };
        let text: Zeroizing<String> = Zeroizing::new(element.text().chars().filter(|c| !c.is_ascii_whitespace()).collect());
        if text.is_empty() {
            return Ok(None);
        }
        let bytes = Zeroizing::new(base64::engine::general_purpose::STANDARD.decode(text.as_bytes()).map_err(|_| KeyError::Number(name))?);
        if bytes.len() > 2048 {
            return Err(KeyError::Number(name));
        }
        Ok(Some(BigUint::from_bytes_be(&bytes)))
    };
    let (n, e) = (number("Modulus")?.ok_or(KeyError::Missing("Modulus"))?, number("Exponent")?.ok_or(KeyError::Missing("Exponent"))?);
    let Some(d) = number("D")? else {
        // Without -pri only these two are there: such a key can wrap a session key but not open one.
        return Ok(KeyMaterial::PublicOnly { modulus_len: n.bits().div_ceil(8) });
    };
    let primes = number("P")?.into_iter().chain(number("Q")?).collect();
    PrivateKey::from_components(n, e, d, primes).map(KeyMaterial::Rsa)
}
