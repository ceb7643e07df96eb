//! Randomness by label: what is drawn for one thing does not depend on what is drawn for another.

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

/// The generator for a label under a seed.
pub(crate) fn rng(seed: u64, label: &str) -> ChaCha20Rng {
    let stream = label.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}
