//! Tar archives, plain or packed with gzip, read from memory.

use super::{Archive, ArchiveFormat, ArchiveLimits};
use crate::{ArchiveFault, Entry, Key, Listing, ReadStore, Snapshot, StoreError, Version};
use flate2::read::MultiGzDecoder;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::sync::Arc;

/// Where the header of a member says what it is, and what it says there.
const MAGIC: (usize, &[u8]) = (257, b"ustar");

/// Plain tar archives.
pub(super) struct TarFormat;

/// Tar archives packed with gzip. They are unpacked into memory whole, since members cannot be reached otherwise.
pub(super) struct GzippedTarFormat;

impl ArchiveFormat for TarFormat {
    fn is(&self, head: &[u8]) -> bool {
        head.get(MAGIC.0..).is_some_and(|rest| rest.starts_with(MAGIC.1))
    }

    fn open(&self, name: &str, bytes: Vec<u8>, limits: ArchiveLimits) -> Result<Archive, StoreError> {
        let held = bytes.len() as u64;
        Ok(Archive { store: Arc::new(TarStore::open(name, bytes, limits)?), held })
    }
}

impl ArchiveFormat for GzippedTarFormat {
    fn is(&self, head: &[u8]) -> bool {
        if !head.starts_with(&[0x1f, 0x8b]) {
            return false;
        }
        // As much of the first header as these bytes hold; that they end early is no error here.
        let mut start = Vec::new();
        drop(MultiGzDecoder::new(head).take((MAGIC.0 + MAGIC.1.len()) as u64).read_to_end(&mut start));
        TarFormat.is(&start)
    }

    fn open(&self, name: &str, bytes: Vec<u8>, limits: ArchiveLimits) -> Result<Archive, StoreError> {
        let fail = |fault| StoreError::Archive { path: name.to_owned(), fault };
        let packed = bytes.len() as u64;
        let fair = packed.saturating_mul(limits.ratio).saturating_add(1 << 20);
        let most = limits.held.min(limits.unpacked).min(fair);
        let mut unpacked = Vec::new();
        MultiGzDecoder::new(&bytes[..])
            .take(most.saturating_add(1))
            .read_to_end(&mut unpacked)
            .map_err(|e| fail(ArchiveFault::NotUnpacked { cause: e.to_string() }))?;
        if unpacked.len() as u64 > most {
            return Err(fail(if most == fair { ArchiveFault::Bomb } else { ArchiveFault::TooLargeToHold }));
        }
        TarFormat.open(name, unpacked, limits)
    }
}

/// The members of an archive, by name: where each begins, and its length.
struct TarStore {
    bytes: Vec<u8>,
    members: BTreeMap<Key, (usize, usize)>,
    refused: Vec<(String, ArchiveFault)>,
}

impl TarStore {
    fn open(name: &str, bytes: Vec<u8>, limits: ArchiveLimits) -> Result<Self, StoreError> {
        let fail = |fault| StoreError::Archive { path: name.to_owned(), fault };
        let damaged = |e: &std::io::Error| fail(ArchiveFault::Unreadable { cause: e.to_string() });
        let mut members: BTreeMap<Key, Option<(usize, usize)>> = BTreeMap::new();
        let (mut refused, mut count, mut total) = (Vec::new(), 0usize, 0u64);
        let mut archive = ::tar::Archive::new(Cursor::new(&bytes[..]));
        for entry in archive.entries_with_seek().map_err(|e| damaged(&e))? {
            let entry = entry.map_err(|e| damaged(&e))?;
            count += 1;
            if count > limits.members {
                return Err(fail(ArchiveFault::TooManyMembers { count: None, limit: limits.members }));
            }
            let kind = entry.header().entry_type();
            if kind.is_dir() || kind.is_pax_global_extensions() {
                continue;
            }
            let shown = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let mut refuse = |fault| refused.push((shown.clone(), fault));
            let Some(key) = std::str::from_utf8(&entry.path_bytes()).ok().and_then(Key::new) else {
                refuse(ArchiveFault::MemberName);
                continue;
            };
            if !kind.is_file() && !kind.is_contiguous() {
                refuse(ArchiveFault::MemberSpecial);
                continue;
            }
            if entry.size() > limits.member {
                refuse(ArchiveFault::MemberTooLarge { packed: false });
                continue;
            }
            let begin = usize::try_from(entry.raw_file_position()).unwrap_or(usize::MAX);
            let length = usize::try_from(entry.size()).unwrap_or(usize::MAX);
            if begin.checked_add(length).is_none_or(|end| end > bytes.len()) {
                return Err(fail(ArchiveFault::CutWithin { member: shown }));
            }
            total = total.saturating_add(entry.size());
            members.entry(key).and_modify(|place| *place = None).or_insert(Some((begin, length)));
        }
        if total > limits.unpacked {
            return Err(fail(ArchiveFault::TooManyBytes { bytes: total, limit: limits.unpacked }));
        }
        let twice = members.iter().filter(|(_, place)| place.is_none());
        refused.extend(twice.map(|(key, _)| (key.to_string(), ArchiveFault::MemberTwice)));
        let members = members.into_iter().filter_map(|(key, place)| Some((key, place?))).collect();
        Ok(Self { bytes, members, refused })
    }
}

impl ReadStore for TarStore {
    fn list(&self) -> Result<Listing, StoreError> {
        let entries =
            self.members.iter().map(|(key, (_, length))| Entry { key: key.clone(), bytes: *length as u64, modified: None }).collect();
        let errors = self.refused.iter().map(|(path, fault)| StoreError::Archive { path: path.clone(), fault: fault.clone() }).collect();
        Ok(Listing::of(entries, errors))
    }

    fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
        let member = self.members.get(key).and_then(|&(begin, length)| self.bytes.get(begin..begin + length));
        let bytes = member.ok_or_else(|| StoreError::Archive { path: key.to_string(), fault: ArchiveFault::NoMember })?.to_vec();
        let version = Version { bytes: bytes.len() as u64, modified: None };
        Ok(Snapshot { bytes, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{is_archive, open_archive};
    use crate::conformance;
    use std::io::Write as _;

    fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut tar = ::tar::Builder::new(Vec::new());
        for (path, bytes) in files {
            let mut header = ::tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, path, *bytes).unwrap();
        }
        tar.into_inner().unwrap()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn open(bytes: Vec<u8>) -> Result<Archive, StoreError> {
        open_archive("a.tar", bytes, ArchiveLimits::default())
    }

    fn keys(archive: &Archive) -> Vec<String> {
        archive.store.list().unwrap().entries.iter().map(|e| e.key.to_string()).collect()
    }

    #[test]
    fn both_forms_conform() {
        conformance::check(|files| (Box::new(open(pack(files)).unwrap().store), Box::new(())));
        conformance::check(|files| (Box::new(open(gzip(&pack(files))).unwrap().store), Box::new(())));
    }

    #[test]
    fn a_gzipped_file_that_is_no_tar_is_no_archive() {
        assert!(!is_archive(&gzip(b"<configuration/>")) && !is_archive(b"") && !is_archive(&[0x1f, 0x8b]));
        let text = "a".repeat(100_000);
        let packed = gzip(&pack(&[("a", text.as_bytes())]));
        assert!(is_archive(&packed[..packed.len().min(super::super::ARCHIVE_HEAD)]));
    }

    #[test]
    fn long_names_are_read_and_links_are_refused() {
        let long = format!("{}/applicationHost.config", "folder".repeat(30));
        let mut packed = pack(&[(&long, b"x"), ("a", b"1"), ("b", b"2"), ("b", b"3")]);
        // What was packed ends with two empty blocks, which the builder would put its members behind.
        packed.truncate(packed.len() - 1024);
        // A builder appends where its writer stands.
        let mut tar = ::tar::Builder::new(packed);
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(::tar::EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, "link", "/etc/passwd").unwrap();
        let archive = open(tar.into_inner().unwrap()).unwrap();
        assert_eq!(keys(&archive), ["a".to_owned(), long]);
        let errors: Vec<String> = archive.store.list().unwrap().errors.iter().map(ToString::to_string).collect();
        assert!(errors.len() == 2 && errors[0].starts_with("link: the member is a link") && errors[1].starts_with("b: "), "{errors:?}");
    }

    #[test]
    fn a_name_that_climbs_out_is_refused() {
        let mut bytes = pack(&[("xx/evil", b"x"), ("ok", b"1")]);
        bytes[..2].copy_from_slice(b"..");
        let sum: u32 = bytes[..512].iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) }).sum();
        bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let archive = open(bytes).unwrap();
        assert_eq!((keys(&archive), archive.store.list().unwrap().errors.len()), (vec!["ok".to_owned()], 1));
    }

    #[test]
    fn a_bomb_is_refused_and_a_cut_archive_is_an_error() {
        let zeros = pack(&[("zeros", &vec![0; 64 << 20])]);
        let error = open(gzip(&zeros)).unwrap_err().to_string();
        assert!(error.contains("far more than it should"), "{error}");
        let small = pack(&[("a", &[7; 4000])]);
        assert!(open(small[..2000].to_vec()).is_err());
        let packed = gzip(&small);
        assert!(open(packed[..packed.len() - 20].to_vec()).is_err());
        let held = ArchiveLimits { held: 1000, ..ArchiveLimits::default() };
        assert!(open_archive("a.tgz", gzip(&small), held).unwrap_err().to_string().contains("more than is held"));
    }

    /// Each bound holds what is as large as it, and nothing larger.
    #[test]
    fn limits_hold_what_they_say_and_no_byte_more() {
        let packed = pack(&[("a", &[7; 4000]), ("b", &[7; 100])]);
        let tried = |limits: ArchiveLimits| {
            let archive = open_archive("a.tar", packed.clone(), limits).map_err(|e| e.to_string())?;
            let refused = archive.store.list().unwrap().errors.len();
            Ok::<_, String>((keys(&archive).len(), refused))
        };
        let of = |members, unpacked, member| ArchiveLimits { members, unpacked, member, ..ArchiveLimits::default() };
        assert_eq!(tried(of(2, 4100, 4000)), Ok((2, 0)));
        assert_eq!(tried(of(2, 4100, 3999)), Ok((1, 1)), "a member that is too large is told, and the rest is read");
        assert!(tried(of(2, 4099, 4000)).is_err_and(|e| e.contains("more than the limit of 4099")));
        assert!(tried(of(1, 4100, 4000)).is_err_and(|e| e.contains("limit of 1")));
    }
}
