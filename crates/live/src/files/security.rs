//! What an administrator set on a file, given to the one that replaces it.

use super::handle::Handle;
use kerbsync_store::{FileError, FileErrorKind};
use smb2::FileAttributes;
use smb2::msg::query_info::InfoType;

/// Owner, group and access list (MS-DTYP, section 2.4.7). The integrity label and the audit list are not read: they want rights that an
/// operator seldom has, and a configuration has none by default.
const OWNER_GROUP_DACL: u32 = 0x1 | 0x2 | 0x4;
const BASIC_INFORMATION: u8 = 4;
/// Attributes that can be set (MS-FSCC, section 2.6); the others say what a file is.
const SETTABLE: u32 = FileAttributes::READONLY | FileAttributes::HIDDEN | FileAttributes::SYSTEM | FileAttributes::ARCHIVE | 0x2000;
const NORMAL: u32 = 0x80;

/// A server drops the mark that an access list came by inheritance, unless the mark is asked for (MS-DTYP, section 2.4.6: DI and DC; seen with
/// Samba).
fn asking_to_keep_inheritance(descriptor: &[u8]) -> Vec<u8> {
    const DACL_AUTO_INHERITED: u16 = 0x0400;
    const DACL_AUTO_INHERIT_REQUIRED: u16 = 0x0100;
    let mut asked = descriptor.to_vec();
    // Revision, a byte that is not used, and the control word.
    if let Some(control) = asked.get_mut(2..4)
        && u16::from_le_bytes([control[0], control[1]]) & DACL_AUTO_INHERITED != 0
    {
        let word = u16::from_le_bytes([control[0], control[1]]) | DACL_AUTO_INHERIT_REQUIRED;
        control.copy_from_slice(&word.to_le_bytes());
    }
    asked
}

/// Owner, group, access list, attributes and time of creation.
pub(super) struct Kept {
    descriptor: Vec<u8>,
    created: u64,
    attributes: u32,
}

impl Kept {
    /// Of a file that is open to be looked at.
    pub(super) fn of(handle: &Handle) -> Result<Self, FileError> {
        let descriptor = handle.query(InfoType::Security, 0, OWNER_GROUP_DACL)?;
        // CreationTime, LastAccessTime, LastWriteTime, ChangeTime, FileAttributes (MS-FSCC, section 2.4.7).
        let basic = handle.query(InfoType::File, BASIC_INFORMATION, 0)?;
        let short = || FileError::new(FileErrorKind::Other, "look at", &handle.path);
        let created = basic.get(..8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes).ok_or_else(short)?;
        let attributes = basic.get(32..36).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).ok_or_else(short)?;
        Ok(Self { descriptor, created, attributes })
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.attributes & FileAttributes::READONLY != 0
    }

    /// Gives it all to a file that was just created.
    ///
    /// # Errors
    /// The server refuses: the operator may not give files to that owner, or set that access list.
    pub(super) fn give(&self, handle: &Handle) -> Result<(), FileError> {
        const KEEP: &str = "keep the owner and access of";
        let refused = |error: FileError| {
            if matches!(error.kind, FileErrorKind::Unreachable | FileErrorKind::Busy) {
                return error;
            }
            let reason =
                format!("{}; run as a user who may give them", error.reason.trim_end_matches("; run as a user who may write there"));
            FileError { reason, ..error }
        };
        handle.set(KEEP, InfoType::Security, 0, OWNER_GROUP_DACL, asking_to_keep_inheritance(&self.descriptor)).map_err(refused)?;
        let attributes = match self.attributes & SETTABLE {
            0 => NORMAL,
            some => some,
        };
        let mut basic = self.created.to_le_bytes().to_vec();
        // The other times stay as the server has them.
        basic.extend([0; 24]);
        basic.extend(attributes.to_le_bytes());
        basic.extend([0; 4]);
        handle.set(KEEP, InfoType::File, BASIC_INFORMATION, 0, basic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_inheritance_is_asked_for_where_it_is() {
        assert_eq!(asking_to_keep_inheritance(&[1, 0, 0x04, 0x94, 9]), [1, 0, 0x04, 0x95, 9]);
        assert_eq!(asking_to_keep_inheritance(&[1, 0, 0x04, 0x90, 9]), [1, 0, 0x04, 0x90, 9]);
        assert_eq!(asking_to_keep_inheritance(&[1, 0]), [1, 0]);
    }
}
