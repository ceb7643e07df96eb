//! The little of DER (ITU-T X.690) that is needed beside smb2's messages: what holds tickets in LDAP and GSS-API, and parts of messages that
//! smb2 does not tell.

/// A value with its tag.
pub(crate) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        n @ 0..=0x7f => out.push(n as u8),
        n => {
            let length = n.to_be_bytes();
            let length = &length[n.leading_zeros() as usize / 8..];
            out.push(0x80 | length.len() as u8);
            out.extend_from_slice(length);
        }
    }
    out.extend_from_slice(content);
    out
}

/// `EncryptedData` of RFC 4120, section 5.2.9, without a key version.
pub(crate) fn encrypted_data(etype: u8, cipher: &[u8]) -> Vec<u8> {
    let etype = value(0xa0, &value(0x02, &[etype]));
    let cipher = value(0xa2, &value(0x04, cipher));
    value(0x30, &[etype, cipher].concat())
}

/// The tag and content of the first value, and what follows it; `None` for anything cut or overlong.
pub(crate) fn first(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        // Active Directory writes lengths of LDAP with four bytes, whatever they are (BER allows that).
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (length.iter().fold(0, |n, b| n << 8 | usize::from(*b)), rest)
        }
        _ => return None,
    };
    Some((*tag, rest.get(..length)?, rest.get(length..)?))
}

/// The values in a value.
pub(crate) fn each(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, content, rest) = first(bytes)?;
        bytes = rest;
        Some((tag, content))
    })
}

/// What is inside a value, where it has that tag.
pub(crate) fn inside(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    first(bytes).filter(|(t, ..)| *t == tag).map(|(_, content, _)| content)
}

/// A field of a sequence's content, by its context tag; with the tag of what it holds.
pub(crate) fn field(content: &[u8], context: u8, tag: u8) -> Option<&[u8]> {
    let (_, held) = each(content).find(|(t, _)| *t == 0xa0 + context)?;
    inside(held, tag)
}

/// A small integer.
pub(crate) fn integer(content: &[u8]) -> Option<i32> {
    let negative = content.first()? & 0x80 != 0;
    if content.len() > 4 {
        return None;
    }
    Some(content.iter().fold(if negative { -1 } else { 0 }, |n, b| (n << 8) | i32::from(*b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_is_found_by_its_tags() {
        let data = encrypted_data(18, &[7; 300]);
        let content = inside(&data, 0x30).unwrap();
        assert_eq!(field(content, 0, 0x02).and_then(integer), Some(18));
        assert_eq!(field(content, 2, 0x04).unwrap(), [7; 300]);
        assert_eq!(field(content, 1, 0x02), None);
        assert_eq!(integer(&[0xff, 0x76]), Some(-138));
        assert_eq!(integer(&[0; 5]), None);
        // A ticket may hold a great many groups.
        for length in [127, 128, 255, 256, 65_535, 65_536, 70_000] {
            assert_eq!(first(&value(4, &vec![7; length])), Some((4, vec![7; length].as_slice(), &[][..])));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(tag: u8, content in proptest::collection::vec(any::<u8>(), 0..700)) {
            let written = value(tag, &content);
            prop_assert_eq!(first(&written), Some((tag, content.as_slice(), &[][..])));
            // What is cut is never taken for whole.
            prop_assert_eq!(first(&written[..written.len() - 1]), None);
        }

        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(each(&bytes).count() <= 64);
            prop_assert!(field(&bytes, 1, 4).is_none_or(|f| f.len() <= 64));
        }
    }
}
