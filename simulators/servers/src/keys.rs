//! Key containers and session keys of simulated machines.

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BigUint, Pkcs1v15Encrypt, RsaPrivateKey};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Why a key could not be made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The RSA library refused.
    #[error("no RSA key could be made for a simulated server: {0}; choose another seed")]
    Rsa(#[from] rsa::Error),
    /// A part that every two-prime key has is missing.
    #[error("the RSA library made a key without the part {0}; choose another seed")]
    Part(&'static str),
}

/// An RSA key pair with its export, as `aspnet_regiis -px <container> <file> -pri` writes it.
#[derive(Debug)]
struct KeyPair {
    private: RsaPrivateKey,
    export: String,
}

/// A fixed number of RSA key pairs. Making one takes a while, so large estates share them; every server has session keys of its own.
#[derive(Debug)]
pub struct KeyPool {
    pairs: Vec<Arc<KeyPair>>,
}

impl KeyPool {
    /// Makes `count` pairs (at least one) of 1024 bits, the size of the older session keys found in the wild. The same seed gives the same.
    ///
    /// # Errors
    /// When the RSA library refuses.
    pub fn generate(count: usize, seed: u64) -> Result<Self, KeyError> {
        (0..count.max(1)).map(|i| KeyPair::remembered(seed, i as u64)).collect::<Result<_, _>>().map(|pairs| Self { pairs })
    }

    /// The keys of the machine with that number: two pairs of the pool (one where the pool has no more), session keys of its own.
    ///
    /// # Errors
    /// When the RSA library refuses to wrap the session keys.
    pub fn machine(&self, number: usize, rng: &mut impl Rng) -> Result<MachineKeys, KeyError> {
        let n = self.pairs.len();
        let (first, second) = ((number * 2) % n, (number * 2 + 1) % n);
        Ok(MachineKeys { configuration: Container::new(&self.pairs[first], rng)?, was: Container::new(&self.pairs[second], rng)? })
    }
}

/// Pairs that were made before in this process, by seed and number.
static MADE: Mutex<BTreeMap<(u64, u64), Arc<KeyPair>>> = Mutex::new(BTreeMap::new());

/// Pairs that are remembered at most.
const REMEMBERED: usize = 256;

impl KeyPair {
    /// The pair of that seed and number. Tests build many estates of one seed, so pairs are kept for a while.
    fn remembered(seed: u64, number: u64) -> Result<Arc<Self>, KeyError> {
        let made = || MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(pair) = made().get(&(seed, number)) {
            return Ok(Arc::clone(pair));
        }
        let pair = Arc::new(Self::generate(seed, number)?);
        let mut made = made();
        if made.len() >= REMEMBERED {
            made.clear();
        }
        made.insert((seed, number), Arc::clone(&pair));
        Ok(pair)
    }

    fn generate(seed: u64, number: u64) -> Result<Self, KeyError> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.set_stream(number);
        let private = RsaPrivateKey::new(&mut Adapter(rng), 1024)?;
        let export = export(&private)?;
        Ok(Self { private, export })
    }
}

/// One key container of a machine with the session key that it protects.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    pair: Arc<KeyPair>,
    pub(crate) session: SessionKey,
}

/// An AES session key and its wrapped form. Prints nothing of itself.
#[derive(Clone)]
pub(crate) struct SessionKey {
    pub(crate) key: [u8; 16],
    /// The `sessionKey` attribute.
    pub(crate) blob: String,
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

impl Container {
    /// Draws a session key and wraps it as a CryptoAPI SIMPLEBLOB: header, then the RSA block (PKCS #1 v1.5) in little-endian order.
    fn new(pair: &Arc<KeyPair>, rng: &mut impl Rng) -> Result<Self, KeyError> {
        let key: [u8; 16] = rng.random();
        let mut adapter = Adapter(ChaCha20Rng::from_seed(rng.random()));
        let mut wrapped = pair.private.to_public_key().encrypt(&mut adapter, Pkcs1v15Encrypt, &key)?;
        wrapped.reverse();
        // bType 1, bVersion 2, reserved; CALG_AES_128; CALG_RSA_KEYX
        let mut blob = vec![0x01, 0x02, 0x00, 0x00, 0x0e, 0x66, 0x00, 0x00, 0x00, 0xa4, 0x00, 0x00];
        blob.extend_from_slice(&wrapped);
        Ok(Self { pair: Arc::clone(pair), session: SessionKey { key, blob: STANDARD.encode(blob) } })
    }

    /// The exported key container.
    pub(crate) fn export(&self) -> &str {
        &self.pair.export
    }
}

/// The two key containers of a machine that protect attributes.
#[derive(Debug, Clone)]
pub struct MachineKeys {
    /// `iisConfigurationKey`, used by `AesProvider`.
    pub(crate) configuration: Container,
    /// `iisWasKey`, used by `IISWASOnlyAesProvider`.
    pub(crate) was: Container,
}

impl MachineKeys {
    /// Whether a key of one machine is the other's too: keys are drawn from a pool, so that happens.
    #[must_use]
    pub fn share_one_with(&self, other: &Self) -> bool {
        self.configuration.export() == other.configuration.export() || self.was.export() == other.was.export()
    }
}

/// `<RSAKeyValue>` with big-endian base64 numbers, each as long as its place asks for.
fn export(key: &RsaPrivateKey) -> Result<String, KeyError> {
    let [p, q] = key.primes() else { return Err(KeyError::Part("P and Q")) };
    let one = BigUint::from(1u8);
    // d modulo p-1 and q-1, and the inverse of q: computed here so that nothing depends on what the library keeps
    let dp = key.d() % (p - &one);
    let dq = key.d() % (q - &one);
    let inverse = q.modpow(&(p - BigUint::from(2u8)), p);
    let (full, half) = (key.size(), key.size() / 2);
    let exponent = key.e().to_bytes_be();
    let mut out = String::from("<RSAKeyValue>");
    for (name, value, len) in [
        ("Modulus", key.n(), full),
        ("Exponent", key.e(), exponent.len()),
        ("P", p, half),
        ("Q", q, half),
        ("DP", &dp, half),
        ("DQ", &dq, half),
        ("InverseQ", &inverse, half),
        ("D", key.d(), full),
    ] {
        let bytes = value.to_bytes_be();
        let mut padded = vec![0; len.saturating_sub(bytes.len())];
        padded.extend_from_slice(&bytes);
        out.push_str(&format!("<{name}>{}</{name}>", STANDARD.encode(padded)));
    }
    out.push_str("</RSAKeyValue>");
    Ok(out)
}

/// Gives a generator the traits of the older rand_core that the rsa crate asks for.
struct Adapter(ChaCha20Rng);

impl rsa::rand_core::RngCore for Adapter {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }
    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill_bytes(dest);
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.0.fill_bytes(dest);
        Ok(())
    }
}
impl rsa::rand_core::CryptoRng for Adapter {}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(xml: &str, name: &str) -> BigUint {
        let from = xml.find(&format!("<{name}>")).unwrap() + name.len() + 2;
        let to = xml.find(&format!("</{name}>")).unwrap();
        BigUint::from_bytes_be(&STANDARD.decode(&xml[from..to]).unwrap())
    }

    #[test]
    fn the_export_opens_the_session_key_by_plain_arithmetic() {
        let pool = KeyPool::generate(2, 5).unwrap();
        let machine = pool.machine(0, &mut ChaCha20Rng::seed_from_u64(9)).unwrap();
        for container in [&machine.configuration, &machine.was] {
            let blob = STANDARD.decode(&container.session.blob).unwrap();
            assert!(container.session.blob.starts_with("AQIAAA5mAAAApAAA"));
            assert_eq!(blob.len(), 12 + 128);
            let mut block = blob[12..].to_vec();
            block.reverse();
            let xml = container.export();
            let (n, d) = (number(xml, "Modulus"), number(xml, "D"));
            let opened = BigUint::from_bytes_be(&block).modpow(&d, &n).to_bytes_be();
            // 00 02 <padding without zero> 00 <key>; the leading zero byte is no digit of the number
            assert_eq!(opened.len(), 127);
            assert_eq!(opened[0], 2);
            let zero = opened.iter().position(|b| *b == 0).unwrap();
            assert_eq!(&opened[zero + 1..], container.session.key);
            // the parts for the Chinese remainder theorem belong together
            let (p, q) = (number(xml, "P"), number(xml, "Q"));
            assert_eq!(&p * &q, n);
            assert_eq!((number(xml, "InverseQ") * &q) % &p, BigUint::from(1u8));
            assert_eq!(number(xml, "DP"), &d % (&p - BigUint::from(1u8)));
            assert_eq!(number(xml, "DQ"), &d % (&q - BigUint::from(1u8)));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_keys_and_another_does_not() {
        let export = |seed| KeyPair::generate(seed, 0).unwrap().export;
        assert_eq!(export(3), export(3));
        assert_ne!(export(3), export(4));
    }
}
