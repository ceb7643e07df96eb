//! Security identifiers.

use std::fmt::Write as _;

/// A binary SID as text (MS-DTYP 2.4.2.2): revision 1, number of parts, six bytes of authority, then the parts, little-endian.
pub(crate) fn sid_text(bytes: &[u8]) -> Option<String> {
    let (head, parts) = bytes.split_at_checked(8)?;
    if head[0] != 1 || parts.len() != 4 * usize::from(head[1]) || head[1] > 15 {
        return None;
    }
    let authority = head[2..].iter().fold(0u64, |a, b| (a << 8) | u64::from(*b));
    let mut out = format!("S-1-{authority}");
    for part in parts.as_chunks::<4>().0 {
        // Writing to a String cannot fail.
        let _ = write!(out, "-{}", u32::from_le_bytes(*part));
    }
    Some(out)
}

/// Whether a text is a SID.
pub(crate) fn is_sid(text: &str) -> bool {
    text.strip_prefix("S-1-").is_some_and(|rest| !rest.is_empty() && rest.split('-').all(|p| p.parse::<u64>().is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_in_bytes_is_a_sid_in_text() {
        let bytes = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0x52, 4, 0, 0];
        assert_eq!(sid_text(&bytes).as_deref(), Some("S-1-5-21-1-2-3-1106"));
        assert_eq!((sid_text(&bytes[..27]), sid_text(&[]), sid_text(&[2; 12])), (None, None, None));
        assert!(is_sid("S-1-5-21-1-2-3-1106") && !is_sid("S-1-") && !is_sid("S-1-5-x"));
    }
}
