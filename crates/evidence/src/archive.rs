//! A zip archive of which every byte follows from the names and the bytes of its members.
//!
//! Source: PKWARE, APPNOTE.TXT 6.3.10 (local file header 4.3.7, central directory 4.3.12, end 4.3.16). Members are stored, names are UTF-8
//! (general purpose bit 11), the time is 1980-01-01, and there are no extra fields and no comments.

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Path with `/` between its parts.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why an archive cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// More members or bytes than a zip without extensions holds.
    #[error("an archive holds at most 65,534 files and 4 GiB")]
    TooLarge,
    /// Two members of one name, or a name that is none.
    #[error("'{0}' cannot be a name in an archive, or stands twice")]
    Name(String),
}

/// What is wrong with an archive, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} (byte {at})")]
pub struct Damage {
    /// What is wrong.
    pub what: Damaged,
    /// The first byte that is not what it should be, or the first of the part that is wrong.
    pub at: usize,
}

/// Which part of an archive is not as it was written. A member is called by its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damaged {
    /// The header of a member, whose name cannot be told.
    #[error("the header of {} was changed", behind.as_ref().map_or("the first file".to_owned(), |name| format!("the file behind '{name}'")))]
    Header {
        /// The member before it; `None` for the first one.
        behind: Option<String>,
    },
    /// The member's bytes end early.
    #[error("'{0}' is cut, or its header was changed")]
    Cut(String),
    /// The member's bytes.
    #[error("'{0}' was changed: its bytes are not those that its checksum was made of")]
    Bytes(String),
    /// The member was written by another program.
    #[error(
        "the archive was packed anew, or the header of '{0}' was changed: it has to be the very file that was made, not what another program made of its contents"
    )]
    Repacked(String),
    /// The member's header.
    #[error("'{0}' was changed: its header is not what it was")]
    MemberHeader(String),
    /// The member's entry in the directory, or the member.
    #[error("the entry of '{0}' in the archive's directory was changed, or the file itself was")]
    Entry(String),
    /// What follows the directory.
    #[error("the end of the archive behind '{last}' was changed")]
    End {
        /// The last member.
        last: String,
    },
    /// Nothing of it is as it was written.
    #[error("this is no archive of evidence, or its first file was changed")]
    NoArchive,
}

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Version 2.0: folders and stored members.
const VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// 1980-01-01, the first day that a zip can name.
const DATE: u16 = 0x21;
const LOCAL_LENGTH: usize = 30;
const LONGEST_NAME: usize = 4096;

/// Writes an archive, the members in the order given.
///
/// # Errors
/// See [`ArchiveError`].
pub fn write_archive(members: &[Member]) -> Result<Vec<u8>, ArchiveError> {
    let mut names = std::collections::BTreeSet::new();
    for member in members {
        if !is_name(&member.name) || !names.insert(&member.name) {
            return Err(ArchiveError::Name(member.name.clone()));
        }
    }
    let size: usize = members.iter().map(|m| m.bytes.len() + 2 * m.name.len() + 128).sum();
    if members.len() > 65_534 || u32::try_from(size).is_err() {
        return Err(ArchiveError::TooLarge);
    }
    let mut out = Vec::with_capacity(size);
    let mut offsets = Vec::with_capacity(members.len());
    for member in members {
        offsets.push(out.len());
        out.extend(local_header(member));
        out.extend_from_slice(&member.bytes);
    }
    let directory = directory(members, &offsets);
    out.extend(directory);
    Ok(out)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.contains('\\')
        && !name.chars().any(char::is_control)
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn length(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn short(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// What both headers have in common: version, flags, method, time, date, checksum, lengths.
fn common(member: &Member) -> Vec<u8> {
    let mut out = Vec::with_capacity(26);
    for field in [VERSION, UTF8, 0, 0, DATE] {
        out.extend(field.to_le_bytes());
    }
    out.extend(crc32fast::hash(&member.bytes).to_le_bytes());
    out.extend(length(member.bytes.len()).to_le_bytes());
    out.extend(length(member.bytes.len()).to_le_bytes());
    out.extend(short(member.name.len()).to_le_bytes());
    out.extend(0u16.to_le_bytes());
    out
}

fn local_header(member: &Member) -> Vec<u8> {
    let mut out = LOCAL.to_le_bytes().to_vec();
    out.extend(common(member));
    out.extend(member.name.as_bytes());
    out
}

fn central_header(member: &Member, offset: usize) -> Vec<u8> {
    let mut out = CENTRAL.to_le_bytes().to_vec();
    out.extend(VERSION.to_le_bytes());
    out.extend(common(member));
    // No comment, first disk, no attributes.
    out.extend([0; 10]);
    out.extend(length(offset).to_le_bytes());
    out.extend(member.name.as_bytes());
    out
}

fn directory(members: &[Member], offsets: &[usize]) -> Vec<u8> {
    let start = members.last().zip(offsets.last()).map_or(0, |(m, at)| at + LOCAL_LENGTH + m.name.len() + m.bytes.len());
    let mut out: Vec<u8> = members.iter().zip(offsets).flat_map(|(m, at)| central_header(m, *at)).collect();
    let size = length(out.len());
    out.extend(END.to_le_bytes());
    out.extend([0; 4]);
    out.extend(short(members.len()).to_le_bytes());
    out.extend(short(members.len()).to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(length(start).to_le_bytes());
    out.extend(0u16.to_le_bytes());
    out
}

/// Reads an archive that [`write_archive`] wrote. Nothing else is accepted, so that no byte of it can be changed unseen.
///
/// # Errors
/// The first place that is not as it was written, with the member that it belongs to.
pub fn read_archive(bytes: &[u8]) -> Result<Vec<Member>, Damage> {
    let mut members: Vec<Member> = Vec::new();
    let mut offsets = Vec::new();
    let mut at = 0;
    while field(bytes, at).is_some_and(|mark| mark == LOCAL) {
        let member = local_member(bytes, at, members.last())?;
        offsets.push(at);
        at += LOCAL_LENGTH + member.name.len() + member.bytes.len();
        members.push(member);
    }
    let expected = directory(&members, &offsets);
    let rest = bytes.get(at..).unwrap_or_default();
    if rest == expected {
        return Ok(members);
    }
    Err(directory_damage(&members, &expected, rest, at))
}

fn field(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn local_member(bytes: &[u8], at: usize, before: Option<&Member>) -> Result<Member, Damage> {
    let unnamed = || Damage { what: Damaged::Header { behind: before.map(|m| m.name.clone()) }, at };
    let header = bytes.get(at..at + LOCAL_LENGTH).ok_or_else(unnamed)?;
    let name_length = usize::from(u16::from_le_bytes([header[26], header[27]]));
    let size = field(header, 18).and_then(|n| usize::try_from(n).ok()).ok_or_else(unnamed)?;
    let name = bytes.get(at + LOCAL_LENGTH..at + LOCAL_LENGTH + name_length).and_then(|n| std::str::from_utf8(n).ok());
    let name = name.filter(|n| is_name(n)).ok_or_else(unnamed)?.to_owned();
    let start = at + LOCAL_LENGTH + name_length;
    // Version, flags, method and time are the same of every member: where they differ, its bytes say nothing of a change.
    let written = local_header(&Member { name: name.clone(), bytes: Vec::new() });
    if header[4..14] != written[4..14] {
        return Err(Damage { what: Damaged::Repacked(name), at });
    }
    let data = bytes.get(start..start.saturating_add(size)).ok_or_else(|| Damage { what: Damaged::Cut(name.clone()), at })?;
    let member = Member { name: name.clone(), bytes: data.to_vec() };
    let expected = local_header(&member);
    if header[14..18] != expected[14..18] {
        return Err(Damage { what: Damaged::Bytes(name), at: start });
    }
    if bytes.get(at..start) != Some(expected.as_slice()) {
        return Err(Damage { what: Damaged::MemberHeader(name), at });
    }
    Ok(member)
}

/// Which entry of the directory differs first.
fn directory_damage(members: &[Member], expected: &[u8], rest: &[u8], at: usize) -> Damage {
    let differs = expected.iter().zip(rest).position(|(a, b)| a != b).unwrap_or(expected.len().min(rest.len()));
    let mut start = 0;
    for member in members {
        let end = start + 46 + member.name.len();
        if differs < end {
            // Where the name of the file itself was changed, its entry still has the old one.
            let entry = rest.get(start + 46..end).and_then(|n| std::str::from_utf8(n).ok()).filter(|n| is_name(n)).unwrap_or(&member.name);
            return Damage { what: Damaged::Entry(entry.to_owned()), at: at + differs };
        }
        start = end;
    }
    let what = match members.last() {
        Some(last) => Damaged::End { last: last.name.clone() },
        None => Damaged::NoArchive,
    };
    Damage { what, at: at + differs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn member(name: &str, bytes: &[u8]) -> Member {
        Member { name: name.to_owned(), bytes: bytes.to_vec() }
    }

    fn small() -> Vec<Member> {
        vec![member("a.json", b"{}"), member("inputs/servers/x/y.config", b"<configuration />"), member("empty", b"")]
    }

    #[test]
    fn any_tool_opens_it() {
        let bytes = write_archive(&small()).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
        for (i, member) in small().iter().enumerate() {
            let mut file = archive.by_index(i).unwrap();
            let mut read = Vec::new();
            std::io::Read::read_to_end(&mut file, &mut read).unwrap();
            assert_eq!(file.name().unwrap(), member.name);
            assert_eq!(read, member.bytes);
        }
        assert_eq!(read_archive(&bytes).unwrap(), small());
    }

    #[test]
    fn every_changed_byte_is_seen_and_its_file_named() {
        let bytes = write_archive(&small()).unwrap();
        let near = |i: usize| i.checked_sub(1).map(|i| small()[i].name.clone());
        let mut start = 0;
        for (i, member) in small().iter().enumerate() {
            let data = start + LOCAL_LENGTH + member.name.len();
            for at in start..data + member.bytes.len() {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[at] ^= 1 << bit;
                    let damage = read_archive(&changed).unwrap_err();
                    match &damage.what {
                        Damaged::Cut(name) | Damaged::Bytes(name) | Damaged::MemberHeader(name) | Damaged::Entry(name) if at >= data => {
                            assert_eq!(name, &member.name, "{at}: {damage}");
                        }
                        what if at >= data => panic!("{at}: {what:?}"),
                        Damaged::Header { behind } => assert_eq!(*behind, near(i), "{at}: {damage}"),
                        Damaged::End { last } => assert_eq!(Some(last), near(i).as_ref(), "{at}: {damage}"),
                        Damaged::NoArchive => assert_eq!(i, 0, "{at}: {damage}"),
                        Damaged::Cut(_) | Damaged::Bytes(_) | Damaged::Repacked(_) | Damaged::MemberHeader(_) | Damaged::Entry(_) => {}
                    }
                }
            }
            start = data + member.bytes.len();
        }
        for at in start..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(read_archive(&changed).is_err(), "{at}");
        }
        for cut in 0..bytes.len() {
            assert!(read_archive(&bytes[..cut]).is_err(), "{cut}");
        }
        assert!(read_archive(&[bytes.as_slice(), b"x"].concat()).is_err());
    }

    /// Whoever unpacks it, changes a file and packs it again is not told that the first file was changed.
    #[test]
    fn what_another_program_packed_is_told_as_such() {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for member in small() {
            writer.start_file(&*member.name, options).unwrap();
            std::io::Write::write_all(&mut writer, &member.bytes).unwrap();
        }
        let damage = read_archive(&writer.finish().unwrap().into_inner()).unwrap_err();
        assert_eq!(damage.what, Damaged::Repacked("a.json".to_owned()));
    }

    #[test]
    fn names_that_lead_out_or_stand_twice_are_refused() {
        for name in ["", "/a", "../a", "a//b", "a\\b", "a\nb", "a/"] {
            assert!(matches!(write_archive(&[member(name, b"")]), Err(ArchiveError::Name(_))), "{name}");
        }
        assert!(write_archive(&[member("a", b""), member("a", b"x")]).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(files in proptest::collection::btree_map("[a-z]{1,8}(/[a-z]{1,8}){0,2}", proptest::collection::vec(any::<u8>(), 0..64), 0..6)) {
            let members: Vec<Member> = files.into_iter().map(|(name, bytes)| Member { name, bytes }).collect();
            let bytes = write_archive(&members).unwrap();
            prop_assert_eq!(read_archive(&bytes).unwrap(), members);
        }

        #[test]
        fn nothing_else_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(members) = read_archive(&bytes) {
                prop_assert_eq!(write_archive(&members).unwrap(), bytes);
            }
        }
    }
}
