//! `manifest.json`: when each file of a bundle was read from the live system, and last changed there.
//!
//! A copy keeps its bytes and loses its times. A manifest, made where the files were read, keeps the times beside the digests, so that
//! they hold wherever the bundle lies. A digest that does not fit dates nothing.

use crate::competing::Dates;
use jiff::Timestamp;
use kerbsync_inventory::Document;
use kerbsync_source::{DocumentId, Level, Problem, Shown, Source, Text, text};
use serde::Deserialize;
use std::collections::HashMap;

const SCHEMA: &str = "kerbsync.manifest/v1";

/// The contents of a `manifest.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    schema: String,
    files: Vec<Dated>,
    /// What could not be had.
    #[serde(default)]
    missing: Vec<Missing>,
}

/// A file that could not be had where the others were read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Missing {
    /// Where it would be.
    path: String,
    /// Where it would have come from: for people, and read by nobody.
    #[serde(rename = "source")]
    _source: String,
    reason: String,
}

impl Manifest {
    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> u64 {
        let files = self.files.iter().map(|file| size_of::<Dated>() + file.path.len() + file.sha256.len());
        let missing = self.missing.iter().map(|file| size_of::<Missing>() + file.path.len() + file.reason.len());
        files.chain(missing).map(|bytes| bytes as u64).sum()
    }
}

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dated {
    /// Path below the manifest's folder, with `/` or `\`.
    path: String,
    /// SHA-256 of the bytes, 64 hex digits.
    sha256: String,
    /// When the file was read.
    #[serde(default, deserialize_with = "time")]
    read_at: Option<Timestamp>,
    /// When its bytes were last changed where it was read.
    #[serde(default, deserialize_with = "time")]
    written: Option<Timestamp>,
    /// Where it was read: for people, and read by nobody.
    #[serde(default, rename = "source")]
    _source: Option<String>,
}

/// RFC 3339, with its zone.
fn time<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text: Option<String> = Deserialize::deserialize(from)?;
    text.map(|text| text.parse().map_err(|_| serde::de::Error::custom("no time"))).transpose()
}

/// Whether a JSON text says that it is a manifest.
pub(crate) fn is_manifest(source: &Source) -> bool {
    #[derive(Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    source.text().contains("kerbsync.manifest/")
        && serde_json::from_str::<Head>(source.text())
            .is_ok_and(|head| head.schema.is_some_and(|schema| schema.starts_with("kerbsync.manifest/")))
}

/// Reads a manifest.
///
/// # Errors
/// Of another version, or not of its form.
pub(crate) fn read(source: &Source) -> Result<Manifest, Problem> {
    let problem = |message: Text| Problem {
        level: Level::Error,
        code: "manifest",
        document: source.document(),
        location: None,
        message,
        help: Some("`kerbsync init` shows the command that writes a manifest.".into()),
    };
    let manifest: Manifest = serde_json::from_str(source.text())
        // The library's message may quote a value; its place is enough.
        .map_err(|e| problem(text!("line {}, column {}: this is not what a manifest holds.", e.line(), e.column())))?;
    if manifest.schema == SCHEMA { Ok(manifest) } else { Err(problem(text!("its schema is not {SCHEMA}, which is read here."))) }
}

/// Of each path, in small letters, the digest that a file had and the one that it has.
pub(crate) type NewDigests = HashMap<String, (String, String)>;

/// A manifest of files that were written anew: the same dates, for their new digests. What is not among them is left out.
pub(crate) fn rewritten(source: &Source, path: &str, digests: &NewDigests) -> Option<Vec<u8>> {
    let manifest = read(source).ok()?;
    let files = manifest.files.iter().filter_map(|file| {
        let (before, after) = digests.get(&place(path, file).to_lowercase())?;
        let mut entry = serde_json::Map::new();
        entry.insert("path".to_owned(), file.path.replace('\\', "/").into());
        // One that did not fit before must not fit now.
        entry.insert("sha256".to_owned(), if before.eq_ignore_ascii_case(&file.sha256) { after.clone() } else { "0".repeat(64) }.into());
        let times = [("read_at", file.read_at), ("written", file.written)];
        entry.extend(times.into_iter().filter_map(|(name, time)| Some((name.to_owned(), time?.to_string().into()))));
        Some(serde_json::Value::Object(entry))
    });
    let files: Vec<serde_json::Value> = files.collect();
    serde_json::to_vec_pretty(&serde_json::json!({ "schema": SCHEMA, "files": files })).ok()
}

/// What manifests say of files, by path in small letters: digest and dates.
#[derive(Default)]
pub(crate) struct DatedFiles(HashMap<String, Vec<(String, Dates)>>);

impl DatedFiles {
    /// Of manifests, each with its path.
    pub(crate) fn new<'m>(manifests: impl IntoIterator<Item = (&'m str, &'m Manifest)>) -> Self {
        let mut files: HashMap<String, Vec<(String, Dates)>> = HashMap::new();
        for (path, manifest) in manifests {
            for file in &manifest.files {
                let dates = Dates { written: file.written, read_at: file.read_at };
                files.entry(place(path, file).to_lowercase()).or_default().push((file.sha256.to_lowercase(), dates));
            }
        }
        Self(files)
    }

    /// Dates a document, where a digest fits.
    pub(crate) fn date(&self, document: &mut Document) {
        for (digest, dates) in self.0.get(&document.path.to_lowercase()).into_iter().flatten() {
            if document.sha256.as_deref() == Some(digest) {
                put(document, *dates);
            }
        }
    }
}

/// Of two manifests the earlier time of writing holds, for the same bytes cannot have been written later than they were there.
fn put(document: &mut Document, dates: Dates) {
    document.written = [document.written, dates.written].into_iter().flatten().min();
    document.read_at = [document.read_at, dates.read_at].into_iter().flatten().max();
}

/// Where a file of a manifest lies: below the manifest's folder.
fn place(manifest: &str, file: &Dated) -> String {
    let folder = manifest.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    format!("{folder}{}", file.path.replace('\\', "/").trim_start_matches("./"))
}

/// Dates the documents that manifests name, each with a digest that fits, and tells of digests that do not.
pub(crate) fn date(manifests: &[(DocumentId, Manifest)], documents: &mut [Document]) {
    if manifests.is_empty() {
        return;
    }
    let at: HashMap<String, usize> = documents.iter().enumerate().map(|(i, d)| (d.path.to_lowercase(), i)).collect();
    for (id, manifest) in manifests {
        let Some(path) = documents.get(id.0 as usize).map(|d| d.path.clone()) else { continue };
        let mut others = 0_usize;
        for file in &manifest.files {
            let Some(document) = at.get(&place(&path, file).to_lowercase()).and_then(|i| documents.get_mut(*i)) else { continue };
            if !document.sha256.as_deref().is_some_and(|digest| digest.eq_ignore_ascii_case(&file.sha256)) {
                others += 1;
                continue;
            }
            put(document, Dates { written: file.written, read_at: file.read_at });
        }
        if !manifest.missing.is_empty()
            && let Some(document) = documents.get_mut(id.0 as usize)
        {
            document.problems.push(missed(*id, &manifest.missing));
        }
        if others > 0
            && let Some(document) = documents.get_mut(id.0 as usize)
        {
            document.problems.push(Problem {
                level: Level::Warning,
                code: "manifest-digest",
                document: *id,
                location: None,
                message: text!("{others} of its files have other bytes than it says, and are not dated by it."),
                help: Some("Read the files again from the servers, and write the manifest anew.".into()),
            });
        }
    }
}

/// The path of an export of the directory that could not be had.
pub(crate) fn missed_export(manifests: &[(DocumentId, Manifest)]) -> Option<&str> {
    let missing = manifests.iter().flat_map(|(_, manifest)| &manifest.missing);
    missing.map(|file| file.path.as_str()).filter(|path| path.replace('\\', "/").starts_with("directory/")).min()
}

/// What was looked for where the files were read, and not had: the bundle is not all that there is.
fn missed(document: DocumentId, missing: &[Missing]) -> Problem {
    const TOLD: usize = 5;
    let each = |file: &Missing| text!("{} ({})", Shown::naming(&file.path), Shown::of(file.reason.trim_end_matches('.')));
    let mut told: Vec<Text> = missing.iter().take(TOLD).map(each).collect();
    if missing.len() > TOLD {
        told.push(text!("and {} more", missing.len() - TOLD));
    }
    Problem {
        level: Level::Warning,
        code: "manifest-missing",
        document,
        location: None,
        message: text!("what could not be had when the bundle was collected: {}.", Text::join(told, "; ")),
        help: Some("Mend what hinders it, and collect again with --resume.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_file::record;

    fn source(text: &str) -> Source {
        Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn what_could_not_be_had_is_told() {
        let missing =
            |n| format!(r#"{{"path": "servers/fe{n}/x", "source": "smb://fe{n}/C$/x", "reason": "access denied; password=Hunter2"}}"#);
        let all: Vec<String> = (1..=7).map(missing).collect();
        let text = format!(r#"{{"schema": "kerbsync.manifest/v1", "files": [], "missing": [{}]}}"#, all.join(","));
        let mut documents = vec![record(DocumentId(0), "b/manifest.json", 1)];
        date(&[(DocumentId(0), read(&source(&text)).unwrap())], &mut documents);
        let problem = &documents[0].problems[0];
        assert_eq!(problem.code, "manifest-missing");
        assert!(problem.message.contains("servers/fe5/x") && problem.message.contains("and 2 more"), "{}", problem.message);
        assert!(!problem.message.contains("Hunter2"), "{}", problem.message);
    }

    #[test]
    fn a_file_is_dated_where_its_digest_fits() {
        let digest = "a".repeat(64);
        let text = format!(
            r#"{{"schema": "kerbsync.manifest/v1", "files": [
                {{"path": "servers\\a\\x.config", "sha256": "{}", "read_at": "2026-03-02T08:00:00Z", "written": "2026-03-01T08:00:00Z"}},
                {{"path": "y.config", "sha256": "{digest}", "written": "2026-03-01T08:00:00Z"}}]}}"#,
            digest.to_uppercase()
        );
        let source = source(&text);
        assert!(is_manifest(&source));
        let mut documents = ["b/manifest.json", "b/servers/a/x.config", "b/y.config"]
            .iter()
            .zip(0..)
            .map(|(path, id)| record(DocumentId(id), path, 1))
            .collect::<Vec<_>>();
        documents[1].sha256 = Some(digest.into());
        documents[2].sha256 = Some("b".repeat(64).into());
        date(&[(DocumentId(0), read(&source).unwrap())], &mut documents);
        assert_eq!(documents[1].written.unwrap().to_string(), "2026-03-01T08:00:00Z");
        assert_eq!(documents[1].read_at.unwrap().to_string(), "2026-03-02T08:00:00Z");
        assert_eq!((documents[2].written, documents[0].problems[0].code), (None, "manifest-digest"));
    }

    #[test]
    fn another_version_and_another_form_are_told_without_their_values() {
        assert!(!is_manifest(&source(r#"{"schema": "kerbsync.report/v1"}"#)));
        assert!(read(&source(r#"{"schema": "kerbsync.manifest/v9", "files": []}"#)).is_err());
        let problem = read(&source(r#"{"schema": "kerbsync.manifest/v1", "files": [{"path": "hunter2"}]}"#)).unwrap_err();
        assert!(!problem.message.contains("hunter2"), "{}", problem.message);
    }
}
