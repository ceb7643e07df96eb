//! Identifiers of formats that want UUIDs: made from content alone, so that the same report gives the same document.

use super::json::write_json;
use crate::format::Report;
use sha1::{Digest, Sha1};
use std::io::{self, Write};

/// What identifiers of a report are made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uuids([u8; 20]);

/// A digest as something that can be written to.
struct Digesting(Sha1);

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Uuids {
    /// Those of a report: another one, or another version of the program, has others.
    ///
    /// # Errors
    /// None: nothing is written anywhere.
    pub(super) fn of(report: &Report) -> io::Result<Self> {
        let mut digest = Digesting(Sha1::new());
        write_json(report, &mut digest)?;
        Ok(Self(digest.0.finalize().into()))
    }

    /// The UUID of something of the report, version 5 of RFC 9562: the report is the namespace, `name` is unique in it.
    pub(super) fn uuid(&self, name: &str) -> String {
        let mut bytes: [u8; 20] = Sha1::new().chain_update(self.0).chain_update(name).finalize().into();
        bytes[6] = bytes[6] & 0x0f | 0x50;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = kerbsync_source::hex(&bytes[..16]);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_have_the_form_of_version_5_and_follow_from_their_names() {
        let uuids = Uuids([7; 20]);
        let one = uuids.uuid("a");
        assert_eq!(one, uuids.uuid("a"));
        assert_ne!(one, uuids.uuid("b"));
        assert_eq!(one.len(), 36);
        assert_eq!((one.as_bytes()[14], &one[8..9]), (b'5', "-"));
        assert!(matches!(one.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }
}
