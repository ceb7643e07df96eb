//! Kerberos encryption types and the end of RC4 (documented: KB5021131, KB5073381, KB5078763).

use jiff::Timestamp;

/// Bits of msDS-SupportedEncryptionTypes: DES-CBC-CRC and DES-CBC-MD5.
pub(crate) const DES: u32 = 0x1 | 0x2;
/// RC4-HMAC.
pub(crate) const RC4: u32 = 0x4;
/// AES128 and AES256.
pub(crate) const AES: u32 = 0x8 | 0x10;

/// 2008-02-27T00:00:00Z, the day of Windows Server 2008: no domain controller made AES keys before.
pub(crate) const AES_FIRST: Timestamp = Timestamp::constant(1_204_070_400, 0);
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
