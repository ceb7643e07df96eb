//! Bits: userAccountControl from PowerShell's booleans, encryption types from their names.

use crate::entry::Entry;
use kerbsync_inventory::directory::{ObjectClass, uac};
use kerbsync_source::Spanned;

/// PowerShell's booleans and the bits that they stand for. `Enabled` is the opposite of its bit.
const BOOLEANS: &[(&str, u32, bool)] = &[
    ("enabled", uac::ACCOUNTDISABLE, true),
    ("passwordnotrequired", uac::PASSWD_NOTREQD, true),
    ("trustedfordelegation", uac::TRUSTED_FOR_DELEGATION, true),
    ("trustedtoauthfordelegation", uac::TRUSTED_TO_AUTH_FOR_DELEGATION, true),
    ("usedeskeyonly", uac::USE_DES_KEY_ONLY, false),
    ("doesnotrequirepreauth", uac::DONT_REQ_PREAUTH, false),
    ("passwordneverexpires", uac::DONT_EXPIRE_PASSWORD, false),
];

/// userAccountControl put together from PowerShell's booleans. `None` where one that rules ask for was not exported: its bit would look as
/// if it were clear.
pub(crate) fn from_booleans(entry: &Entry, class: Option<&ObjectClass>) -> Option<Spanned<u32>> {
    let mut bits = match class {
        Some(ObjectClass::Computer | ObjectClass::ManagedServiceAccount) => uac::WORKSTATION_TRUST_ACCOUNT,
        Some(ObjectClass::User) => uac::NORMAL_ACCOUNT,
        Some(ObjectClass::Other(_)) | None => 0,
    };
    for (name, bit, needed) in BOOLEANS {
        let value = entry.text(name).and_then(boolean);
        if value.is_none() && *needed {
            return None;
        }
        if value.is_some_and(|v| v != (*name == "enabled")) {
            bits |= bit;
        }
    }
    Some(Spanned::new(bits, entry.get("enabled")?.origin.clone()))
}

/// The bits that the entry's booleans do not tell, where it has no userAccountControl of its own.
pub(crate) fn not_told(entry: &Entry) -> u32 {
    let told = BOOLEANS.iter().filter(|(name, ..)| entry.text(name).and_then(boolean).is_some());
    told.fold(u32::MAX, |unknown, (_, bit, _)| unknown & !bit)
}

pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// msDS-SupportedEncryptionTypes from the names that PowerShell's `KerberosEncryptionType` shows, or from the number behind them.
///
/// DES stands for both of its bits (inferred from the enumeration of the Active Directory module: None 0, DES 3, RC4 4, AES128 8, AES256 16).
pub(crate) fn encryption_types<'t>(texts: impl Iterator<Item = &'t str>) -> Option<u32> {
    let mut bits = 0;
    for word in texts.flat_map(|t| t.split([',', ';', ' '])).map(str::trim).filter(|w| !w.is_empty()) {
        bits |= match word.to_ascii_uppercase().as_str() {
            "NONE" => 0,
            "DES" => 0x3,
            "RC4" => 0x4,
            "AES128" => 0x8,
            "AES256" => 0x10,
            number => number.parse().ok()?,
        };
    }
    Some(bits)
}

/// An integer of a directory attribute as 32 bits: LDAP writes large bits as negative numbers.
pub(crate) fn bits(text: &str) -> Option<u32> {
    let number: i64 = text.trim().parse().ok()?;
    u32::try_from(number).ok().or_else(|| i32::try_from(number).ok().map(i32::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_encryption_types_are_bits() {
        assert_eq!(encryption_types(["RC4, AES128, AES256"].into_iter()), Some(0x1C));
        assert_eq!(encryption_types(["AES128", "AES256"].into_iter()), Some(0x18));
        assert_eq!(encryption_types(["DES"].into_iter()), Some(3));
        assert_eq!(encryption_types(["None"].into_iter()), Some(0));
        assert_eq!(encryption_types(["28"].into_iter()), Some(28));
        assert_eq!(encryption_types(["AES512"].into_iter()), None);
    }

    #[test]
    fn integers_may_be_negative() {
        assert_eq!((bits("-2147483648"), bits("4128"), bits("4294967296"), bits("x")), (Some(0x8000_0000), Some(4128), None, None));
    }
}
