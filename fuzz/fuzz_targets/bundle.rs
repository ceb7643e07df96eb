//! Any bytes as one file of a bundle (the first byte chooses which): the whole path from bytes to a report, without a panic, and with the
//! good file beside it still read.
#![no_main]

mod good_file_beside;

use libfuzzer_sys::fuzz_target;

const PLACES: &[&str] = &[
    "any",
    "servers/fe01.contoso.com/applicationHost.config",
    "servers/fe01.contoso.com/redirection.config",
    "servers/fe01.contoso.com/keys/key",
    "kerbsync.toml",
    "manifest.json",
];

fuzz_target!(|data: &[u8]| {
    let Some((place, data)) = data.split_first() else { return };
    good_file_beside::holds(PLACES[usize::from(*place) % PLACES.len()], data.to_vec());
});
