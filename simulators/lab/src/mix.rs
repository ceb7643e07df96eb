//! The mix of server states of an estate that nobody has looked after for a while.

use crate::model::Model;
use crate::plant::Planter;
use crate::plant::servers;
use crate::rng::rng;

/// Puts up to two fifths of the servers out of step: a Director (or another) stale, one sealed, one with another account, one without
/// configuration of the account, and further stale ones, some of which share an older password. What does not fit is left out.
pub(crate) fn mix(model: &mut Model) {
    let count = model.servers.len();
    let (seed, sought) = (model.seed, (count * 2).div_ceil(5).min(4 + count / 12));
    let mut planter = Planter::new(model, rng(seed, "mix"), true);
    for number in 0..sought {
        let done = match number {
            0 => servers::stale(&mut planter, 0),
            1 => servers::sealed(&mut planter),
            2 => servers::different_account(&mut planter),
            3 => servers::not_configured(&mut planter),
            n => servers::stale(&mut planter, n % 3),
        };
        if done.is_none() {
            break;
        }
    }
}
