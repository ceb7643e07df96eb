//! Kerberos encryption types and the end of RC4 (documented: KB5021131, KB5073381, KB5078763).

use crate::text::day;
use crate::view::identity;
use jiff::Timestamp;
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::directory::{Account, Moment};
use kerbsync_names::DownLevelName;
use kerbsync_source::text;

/// Bits of msDS-SupportedEncryptionTypes: DES-CBC-CRC and DES-CBC-MD5.
pub(crate) const DES: u32 = 0x1 | 0x2;
/// RC4-HMAC.
pub(crate) const RC4: u32 = 0x4;
/// AES128 and AES256.
pub(crate) const AES: u32 = 0x8 | 0x10;

/// 2008-02-27T00:00:00Z, the day of Windows Server 2008: no domain controller made AES keys before.
pub(crate) const AES_FIRST: Timestamp = Timestamp::constant(1_204_070_400, 0);
/// What becomes of an account whose attribute is unset, by the updates of the domain controllers, which no export tells.
pub(crate) const BY_UPDATES: &str = "domain controllers without the update of 14 April 2026 (KB5073381) give it RC4 tickets, those with it AES tickets only unless RC4DefaultDisablementPhase puts that back, and those with the update of July 2026 AES tickets only";

/// AES is allowed beside RC4 first, since AES alone stops sign-in where the account has no AES keys.
pub(crate) fn aes(object: &Account, name: &DownLevelName) -> Advice {
    let keys = match object.password_last_set.as_ref().map(|set| set.value) {
        Some(Moment::At(time)) if time >= AES_FIRST => {
            text!("AES keys exist if the domain was at functional level 2008 or later when the password was set ({}).", day(time))
        }
        Some(_) => "The account has no AES keys before it gets a new password: encryption-keys-older-than-aes or password-never-set tells of that first.".into(),
        None => "AES keys exist only if the password was set at functional level 2008 or later; the inputs do not tell when it was set.".into(),
    };
    Advice::say(keys)
        .then_say("Allow AES beside RC4, which takes nothing away:")
        .then_run(commands::encryption_types(&identity(object, name), "RC4,AES128,AES256"))
        .then_say("Take RC4 away only after clients have been seen to get AES tickets (klist on a client).")
}

/// The types of a set, for sentences.
pub(crate) fn names(bits: u32) -> String {
    let all = [(0x1, "DES-CBC-CRC"), (0x2, "DES-CBC-MD5"), (0x4, "RC4"), (0x8, "AES128"), (0x10, "AES256"), (0x20, "AES256 session keys")];
    let mut names: Vec<&str> = all.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect();
    if bits & !0x3f != 0 {
        names.push("other bits");
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_are_those_of_the_documents() {
        assert_eq!(AES_FIRST.to_string(), "2008-02-27T00:00:00Z");
        assert_eq!(names(0x1c), "RC4, AES128, AES256");
    }
}
