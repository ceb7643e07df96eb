//! Files of a zip archive, read from memory.

use super::{Archive, ArchiveFormat, ArchiveLimits};
use crate::{ArchiveFault, Entry, Key, Listing, ReadStore, Snapshot, StoreError, Version};
use ::zip::ZipArchive;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};
use std::sync::Arc;

type Zip = ZipArchive<Cursor<Arc<[u8]>>>;

/// Zip archives. Members that climb out of the archive, are absolute, encrypted, or too large are refused one by one.
pub(super) struct ZipFormat;

impl ArchiveFormat for ZipFormat {
    fn is(&self, head: &[u8]) -> bool {
        head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
    }

    fn open(&self, name: &str, bytes: Vec<u8>, limits: ArchiveLimits) -> Result<Archive, StoreError> {
        let held = bytes.len() as u64;
        Ok(Archive { store: Arc::new(ZipStore::open(name, bytes, limits)?), held })
    }
}

struct ZipStore {
    zip: Zip,
    limits: ArchiveLimits,
    members: BTreeMap<Key, (usize, u64)>,
    refused: Vec<(String, ArchiveFault)>,
}

impl ZipStore {
    fn open(name: &str, bytes: Vec<u8>, limits: ArchiveLimits) -> Result<Self, StoreError> {
        let fail = |fault| StoreError::Archive { path: name.to_owned(), fault };
        let bytes: Arc<[u8]> = bytes.into();
        let mut zip: Zip =
            ZipArchive::new(Cursor::new(Arc::clone(&bytes))).map_err(|e| fail(ArchiveFault::Unreadable { cause: e.to_string() }))?;
        if zip.len() > limits.members {
            return Err(fail(ArchiveFault::TooManyMembers { count: Some(zip.len()), limit: limits.members }));
        }
        let (mut members, mut refused, mut total) = (BTreeMap::new(), Vec::new(), 0u64);
        let twice = names_twice(&bytes, zip.central_directory_start());
        for index in 0..zip.len() {
            let file = zip.by_index_raw(index).map_err(|e| fail(ArchiveFault::MemberUnreadable { index, cause: e.to_string() }))?;
            let shown = match file.name() {
                Ok(name) => name.into_owned(),
                Err(_) => {
                    refused.push((format!("member {index}"), ArchiveFault::MemberNameUnreadable));
                    continue;
                }
            };
            if file.is_dir() || shown.ends_with('\\') {
                continue;
            }
            let (size, packed) = (file.size(), file.compressed_size());
            let mut refuse = |fault| refused.push((shown.clone(), fault));
            let Some(key) = Key::new(&shown) else {
                refuse(ArchiveFault::MemberName);
                continue;
            };
            if twice.contains(&key) {
                refuse(ArchiveFault::MemberTwice);
                continue;
            }
            if file.encrypted() {
                refuse(ArchiveFault::MemberEncrypted);
                continue;
            }
            if size > limits.member {
                refuse(ArchiveFault::MemberTooLarge { packed: true });
                continue;
            }
            if size.saturating_sub(1 << 20) / packed.max(1) > limits.ratio {
                refuse(ArchiveFault::MemberBomb);
                continue;
            }
            total = total.saturating_add(size);
            if members.contains_key(&key) {
                refuse(ArchiveFault::MemberTwice);
                continue;
            }
            members.insert(key, (index, size));
        }
        if total > limits.unpacked {
            return Err(fail(ArchiveFault::TooManyBytes { bytes: total, limit: limits.unpacked }));
        }
        Ok(Self { zip, limits, members, refused })
    }
}

/// Names that the directory of a zip archive lists more than once. The reader of archives keeps the last one of each and says nothing.
fn names_twice(bytes: &[u8], directory: u64) -> BTreeSet<Key> {
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    let mut at = usize::try_from(directory).unwrap_or(usize::MAX);
    while let Some(header) = bytes.get(at..).and_then(|rest| rest.get(..46)).filter(|h| h.starts_with(b"PK\x01\x02")) {
        let length = |i: usize| usize::from(u16::from_le_bytes([header[i], header[i + 1]]));
        let name = bytes.get(at + 46..at + 46 + length(28)).unwrap_or_default();
        if let Some(key) = Key::new(&String::from_utf8_lossy(name))
            && !name.ends_with(b"/")
            && !seen.insert(key.clone())
        {
            twice.insert(key);
        }
        at += 46 + length(28) + length(30) + length(32);
    }
    twice
}

impl ReadStore for ZipStore {
    fn list(&self) -> Result<Listing, StoreError> {
        let entries = self.members.iter().map(|(key, (_, bytes))| Entry { key: key.clone(), bytes: *bytes, modified: None }).collect();
        let errors = self.refused.iter().map(|(path, fault)| StoreError::Archive { path: path.clone(), fault: fault.clone() }).collect();
        Ok(Listing::of(entries, errors))
    }

    fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
        let fail = |fault| StoreError::Archive { path: key.to_string(), fault };
        let &(index, size) = self.members.get(key).ok_or_else(|| fail(ArchiveFault::NoMember))?;
        // The directory of the archive is shared; only the cursor is this reader's own.
        let mut zip = self.zip.clone();
        let file = zip.by_index(index).map_err(|e| fail(ArchiveFault::MemberNotUnpacked { cause: e.to_string() }))?;
        let mut bytes = Vec::new();
        // The size in the directory may lie, so the bound is kept here.
        let limit = self.limits.member.min(size);
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| fail(ArchiveFault::MemberDamaged { cause: e.to_string() }))?;
        if bytes.len() as u64 > limit {
            return Err(StoreError::Large { path: key.to_string(), bytes: bytes.len() as u64, limit });
        }
        let version = Version { bytes: bytes.len() as u64, modified: None };
        Ok(Snapshot { bytes, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance;
    use ::zip::write::SimpleFileOptions;
    use std::io::Write as _;

    fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in files {
            zip.start_file(*path, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn an_archive_conforms() {
        conformance::check(|files| {
            let store = ZipStore::open("bundle.zip", pack(files), ArchiveLimits::default()).unwrap();
            (Box::new(store), Box::new(()))
        });
    }

    #[test]
    fn members_that_climb_out_are_refused_and_others_read() {
        let store = ZipStore::open("a.zip", pack(&[("../evil", b"x"), ("ok\\a.xml", b"<a/>")]), ArchiveLimits::default()).unwrap();
        let listing = store.list().unwrap();
        assert_eq!(listing.entries.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["ok/a.xml"]);
        assert_eq!(listing.errors.len(), 1);
    }

    /// In the letters of two systems it is one name: neither is read.
    #[test]
    fn two_ways_to_write_a_name_are_told() {
        let bytes = pack(&[("dir/a.xml", b"1"), ("dir\\a.xml", b"2"), ("b.xml", b"3")]);
        let listing = ZipStore::open("a.zip", bytes, ArchiveLimits::default()).unwrap().list().unwrap();
        assert_eq!(listing.entries.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["b.xml"]);
        assert!(!listing.errors.is_empty() && listing.errors.iter().all(|e| e.to_string().contains("a.xml")), "{:?}", listing.errors);
    }

    #[test]
    fn a_name_that_stands_twice_is_told_and_not_read() {
        let mut bytes = pack(&[("dir/a.xml", b"<good/>"), ("dir/b.xml", b"<decoy/>"), ("c", b"3")]);
        while let Some(at) = bytes.windows(9).position(|w| w == b"dir/b.xml") {
            bytes[at + 4] = b'a';
        }
        let listing = ZipStore::open("a.zip", bytes, ArchiveLimits::default()).unwrap().list().unwrap();
        assert_eq!(listing.entries.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["c"]);
        assert!(listing.errors.len() == 1 && listing.errors[0].to_string().contains("dir/a.xml"), "{:?}", listing.errors);
    }

    #[test]
    fn a_bomb_is_refused_and_a_cut_archive_is_an_error() {
        let bytes = pack(&[("zeros", &vec![0; 8 << 20])]);
        assert_eq!(ZipStore::open("a.zip", bytes.clone(), ArchiveLimits::default()).unwrap().list().unwrap().errors.len(), 1);
        assert!(ZipStore::open("a.zip", bytes[..bytes.len() / 2].to_vec(), ArchiveLimits::default()).is_err());
    }

    /// Each bound holds what is as large as it, and nothing larger.
    #[test]
    fn limits_hold_what_they_say_and_no_byte_more() {
        let packed = pack(&[("a", &[7; 4000]), ("b", &[7; 100])]);
        let tried = |limits: ArchiveLimits| {
            let listing = ZipStore::open("a.zip", packed.clone(), limits).map_err(|e| e.to_string())?.list().unwrap();
            Ok::<_, String>((listing.entries.len(), listing.errors.len()))
        };
        let of = |members, unpacked, member| ArchiveLimits { members, unpacked, member, ..ArchiveLimits::default() };
        assert_eq!(tried(of(2, 4100, 4000)), Ok((2, 0)));
        assert_eq!(tried(of(2, 4100, 3999)), Ok((1, 1)), "a member that is too large is told, and the rest is read");
        assert!(tried(of(2, 4099, 4000)).is_err_and(|e| e.contains("more than the limit of 4099")));
        assert!(tried(of(1, 4100, 4000)).is_err_and(|e| e.contains("limit of 1")));
    }

    #[test]
    fn an_encrypted_member_is_told_and_the_rest_is_read() {
        let mut bytes = pack(&[("a", b"1"), ("b", b"2")]);
        // The flag in the header of the first member, and in its entry of the directory.
        for (head, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
            let at = bytes.windows(4).position(|w| w == head).unwrap();
            bytes[at + flags] |= 1;
        }
        let listing = ZipStore::open("a.zip", bytes, ArchiveLimits::default()).unwrap().list().unwrap();
        assert_eq!(listing.entries.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["b"]);
        assert!(listing.errors.len() == 1 && listing.errors[0].to_string().contains("encrypted"), "{:?}", listing.errors);
    }
}
