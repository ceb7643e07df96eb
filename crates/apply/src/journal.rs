//! The journal of a run, `kerbsync.journal/v1`: lines of JSON, each with a check sum of what follows it.
//!
//! A line is what is written and synced at once, so that after a loss of power at most the last line is torn. A journal is created by the
//! write protocol: it is never seen without its first line. After a crash it is written anew before anything is added to it, since nobody
//! knows which of its pages the disk has; so a bad line before a good one is damage, and is refused.

pub use crate::record::*;
use kerbsync_store::{Digest, Expected, Key, OpenFile, ReplaceError, WORK_FOLDER, WriteStore};
use serde::{Deserialize, Serialize};

/// Name and version of the format.
pub const SCHEMA: &str = "kerbsync.journal/v1";
/// The JSON Schema of one line (draft 2020-12).
pub const JSON_SCHEMA: &str = include_str!("../schemas/journal.schema.json");

const FAMILY: &str = "{\"schema\":\"kerbsync.journal/";
const HEAD: &str = "{\"schema\":\"kerbsync.journal/v1\",\"sum\":\"";
const EXTENSION: &str = ".jsonl";

/// Why a journal cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Damage that no crash explains.
    #[error(
        "{path}, line {line}: the journal is damaged. Nothing was changed. Compare the servers' configurations with the plan by hand, then `kerbsync recover --abandon` with the journal's name puts it aside"
    )]
    Damaged {
        /// The journal.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// It says that it is another run's than its name does.
    #[error(
        "{path} is the journal of another run than its name says. Nothing was changed. Give the file its old name, or move it out of the folder"
    )]
    Misnamed {
        /// The journal.
        path: String,
    },
    /// Written by a newer version.
    #[error("{path} was written by a newer version of kerbsync: use that version")]
    Newer {
        /// The journal.
        path: String,
    },
}

/// A journal that was read.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub(crate) key: Key,
    /// The whole file, torn tail and all.
    raw: Vec<u8>,
    /// How many of its bytes are good lines.
    good: usize,
    pub(crate) records: Vec<Record>,
    lines: u64,
}

#[derive(Serialize)]
struct LineOut<'r> {
    n: u64,
    records: &'r [Record],
}

#[derive(Deserialize)]
struct LineIn {
    n: u64,
    records: Vec<Record>,
}

/// Folder of the journals.
pub(crate) fn folder() -> String {
    format!("{WORK_FOLDER}/journal")
}

/// The journal of a run. The name of a run is made of letters, digits and `-` alone.
pub(crate) fn key(run: &str) -> Key {
    Key::new(&format!("{}/{run}{EXTENSION}", folder())).unwrap_or_else(|| unreachable!("the name of a run is a plain word"))
}

/// The run whose journal this is, unless it is another file: the name of a run is a plain word.
pub(crate) fn run_of(key: &Key) -> Option<&str> {
    let run = key.file_name().strip_suffix(EXTENSION)?;
    (!run.is_empty() && run.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')).then_some(run)
}

/// Where the journal of a run is put that nobody can read.
pub(crate) fn aside(run: &str) -> Key {
    Key::new(&format!("{}/{run}.damaged", folder())).unwrap_or_else(|| unreachable!("the name of a run is a plain word"))
}

/// Everything that a journal says, in order. A torn line at its end is left out.
///
/// # Errors
/// It is damaged, or of a newer version.
pub fn records(bytes: &[u8]) -> Result<Vec<Record>, JournalError> {
    Journal::parse(key("journal"), bytes.to_vec()).map(|journal| journal.records)
}

/// One line of a journal: what is written and synced at once. Lines are numbered from 1.
#[must_use]
pub fn written_line(number: u64, records: &[Record]) -> Vec<u8> {
    line(number, records)
}

fn line(n: u64, records: &[Record]) -> Vec<u8> {
    // Every record has a JSON form: the keys of maps are text, and all numbers are whole.
    let json = serde_json::to_vec(&LineOut { n, records }).unwrap_or_default();
    let rest = json.get(1..).unwrap_or_default();
    let mut line = format!("{HEAD}{:016x}\",", Digest::of(rest).short()).into_bytes();
    line.extend_from_slice(rest);
    line.push(b'\n');
    line
}

enum Line {
    Good(Vec<Record>),
    Bad,
    Newer,
}

fn read_line(text: &[u8], n: u64) -> Line {
    let Some(body) = text.strip_prefix(HEAD.as_bytes()) else {
        let other = text.strip_prefix(FAMILY.as_bytes()).is_some_and(|rest| rest.starts_with(b"v") && !rest.starts_with(b"v1\""));
        return if other { Line::Newer } else { Line::Bad };
    };
    let (Some(sum), Some(b"\","), Some(rest)) = (body.get(..16), body.get(16..18), body.get(18..)) else { return Line::Bad };
    if sum != format!("{:016x}", Digest::of(rest).short()).as_bytes() {
        return Line::Bad;
    }
    let mut json = Vec::with_capacity(rest.len() + 1);
    json.push(b'{');
    json.extend_from_slice(rest);
    match serde_json::from_slice::<LineIn>(&json) {
        Ok(line) if line.n == n => Line::Good(line.records),
        // The sum fits, so these are the words of a version that knows more of them.
        Err(_) => Line::Newer,
        Ok(_) => Line::Bad,
    }
}

impl Journal {
    /// Reads a journal. A torn tail is cut off.
    pub(crate) fn parse(key: Key, raw: Vec<u8>) -> Result<Self, JournalError> {
        let mut journal = Self { key, raw: Vec::new(), good: 0, records: Vec::new(), lines: 0 };
        let mut bad = None;
        for (index, text) in raw.split_inclusive(|b| *b == b'\n').enumerate() {
            let whole = text.strip_suffix(b"\n");
            match whole.map_or(Line::Bad, |t| read_line(t, if bad.is_some() { index as u64 + 1 } else { journal.lines + 1 })) {
                Line::Good(_) if bad.is_some() => return Err(journal.damaged(bad.unwrap_or(index))),
                Line::Good(records) => {
                    journal.good += text.len();
                    journal.records.extend(records);
                    journal.lines += 1;
                }
                Line::Newer => return Err(JournalError::Newer { path: journal.key.to_string() }),
                Line::Bad => bad = bad.or(Some(index)),
            }
        }
        if !matches!(journal.records.first(), Some(Record::Begin(_))) {
            return Err(journal.damaged(0));
        }
        Ok(Self { raw, ..journal })
    }

    /// The good lines.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.raw.get(..self.good).unwrap_or(&self.raw)
    }

    /// Whether bytes behind the good lines were cut off.
    pub(crate) fn is_torn(&self) -> bool {
        self.good < self.raw.len()
    }

    fn damaged(&self, index: usize) -> JournalError {
        JournalError::Damaged { path: self.key.to_string(), line: index + 1 }
    }
}

/// Adds to a journal.
pub(crate) struct Writer<'s, 'f> {
    store: &'s WriteStore<'f>,
    key: Key,
    bytes: Vec<u8>,
    lines: u64,
    file: Option<Box<dyn OpenFile + 'f>>,
}

impl<'s, 'f> Writer<'s, 'f> {
    /// A new journal with its first line.
    pub(crate) fn create(store: &'s WriteStore<'f>, key: Key, records: &[Record]) -> Result<Self, ReplaceError> {
        let bytes = line(1, records);
        store.replace_private(&key, &bytes, Expected::Absent)?;
        Ok(Self { store, key, bytes, lines: 1, file: None })
    }

    /// Continues a journal after a crash: writes it anew, with these records at its end.
    pub(crate) fn reopen(store: &'s WriteStore<'f>, journal: &Journal, records: &[Record]) -> Result<Self, ReplaceError> {
        let lines = journal.lines + 1;
        let mut bytes = journal.bytes().to_vec();
        bytes.extend(line(lines, records));
        store.replace_private(&journal.key, &bytes, Expected::Content(&journal.raw))?;
        Ok(Self { store, key: journal.key.clone(), bytes, lines, file: None })
    }

    /// Adds one line, durably.
    pub(crate) fn append(&mut self, records: &[Record]) -> Result<(), ReplaceError> {
        let line = line(self.lines + 1, records);
        self.lines += 1;
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(&line);
        let file = match self.file.take() {
            Some(file) => Ok(file),
            None => self.store.files().append(&self.key),
        };
        let added = file.and_then(|mut file| {
            file.write(&line)?;
            file.sync()?;
            Ok(file)
        });
        match added {
            Ok(file) => {
                self.file = Some(file);
                Ok(())
            }
            // Some of the line may be there, and a sync that failed is not tried again on the same file: the journal is written anew.
            Err(_) => self.rewrite().inspect_err(|_| {
                self.bytes.truncate(begin);
                self.lines -= 1;
            }),
        }
    }

    fn rewrite(&self) -> Result<(), ReplaceError> {
        let fail = |error| ReplaceError {
            key: self.key.clone(),
            on_disk: kerbsync_store::OnDisk::Unknown,
            why: kerbsync_store::ReplaceFailure::File(error),
        };
        let now = self.store.files().read(&self.key).map_err(fail)?;
        self.store.replace_private(&self.key, &self.bytes, Expected::Content(&now)).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_plan::outcome::End;

    fn records() -> (Vec<Record>, Vec<Record>) {
        let begin = Begin {
            run: "r0001".into(),
            plan: "00".into(),
            summary: "copy".into(),
            operator: "ann".into(),
            host: "admin01".into(),
            at: "2026-01-01T00:00:00Z".into(),
            steps: vec![],
            directory: None,
        };
        (vec![Record::Begin(begin)], vec![Record::Ended(Ended { end: End::AllNew, at: "2026-01-01T00:00:01Z".into() })])
    }

    fn text() -> (Vec<u8>, Vec<u8>) {
        let (a, b) = records();
        (line(1, &a), line(2, &b))
    }

    fn parse(bytes: &[u8]) -> Result<Journal, JournalError> {
        Journal::parse(key("r0001"), bytes.to_vec())
    }

    /// A file with another name in the folder of journals is nobody's run: taken for one, its "journal" could be the lock or any other file.
    #[test]
    fn only_a_plain_word_names_the_journal_of_a_run() {
        for name in ["r0001 copy", "r0001.old", "r0001~", "../lock", "ä", ""] {
            if let Some(key) = Key::new(&format!("{}/{name}{EXTENSION}", folder())) {
                assert_eq!(run_of(&key), None, "'{name}' was taken for the name of a run");
            }
        }
        for run in ["r0001-20260301T090000Z", "r0002"] {
            let key = key(run);
            assert!(key != crate::lock_key() && key != aside(run), "the journal of {run} is another file of the engine: {key}");
            assert_eq!(run_of(&key), Some(run));
        }
    }

    #[test]
    fn a_line_is_json_with_its_sum() {
        insta::assert_snapshot!(String::from_utf8(text().1).unwrap().trim_end(), @r#"{"schema":"kerbsync.journal/v1","sum":"e561716dc31eceda","n":2,"records":[{"ended":{"end":"all-new","at":"2026-01-01T00:00:01Z"}}]}"#);
    }

    #[test]
    fn a_torn_tail_is_cut_at_every_length() {
        let (a, b) = text();
        let whole = [a.clone(), b.clone()].concat();
        assert_eq!(parse(&whole).unwrap().records.len(), 2);
        for cut in 0..b.len() {
            let journal = parse(&whole[..a.len() + cut]).unwrap();
            assert_eq!((journal.records.len(), journal.bytes().len()), (1, a.len()), "cut at {cut}");
            let mut zeros = whole.clone();
            zeros[a.len() + cut..].fill(0);
            assert_eq!(parse(&zeros).unwrap().records.len(), 1, "zeros from {cut}");
        }
        for cut in 0..a.len() {
            assert!(matches!(parse(&whole[..cut]), Err(JournalError::Damaged { line: 1, .. })));
        }
    }

    #[test]
    fn damage_before_a_good_line_is_no_crash() {
        let (a, b) = text();
        for at in 0..a.len() {
            let mut bytes = [a.clone(), b.clone()].concat();
            bytes[at] ^= 1;
            assert!(parse(&bytes).is_err(), "flipped at {at}");
        }
        let repeated = [a.clone(), b.clone(), b].concat();
        assert_eq!(parse(&repeated).unwrap().records.len(), 2, "a line that is not the next one is a tail");
        // Between good lines, too: what the one behind it says is not read as if nothing had been lost.
        let (first, last) = records();
        let mut between = [line(1, &first), line(2, &last), line(3, &last)].concat();
        between[line(1, &first).len() + 40] ^= 1;
        assert!(matches!(parse(&between), Err(JournalError::Damaged { line: 2, .. })));
    }

    #[test]
    fn a_newer_journal_is_refused() {
        let (a, _) = text();
        let newer = String::from_utf8(a).unwrap().replace("journal/v1", "journal/v2");
        insta::assert_snapshot!(parse(newer.as_bytes()).unwrap_err(), @".kerbsync/journal/r0001.jsonl was written by a newer version of kerbsync: use that version");
    }
}
