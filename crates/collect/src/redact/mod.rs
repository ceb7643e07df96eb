//! A copy of a bundle that may leave the server: no secret, clear or encrypted, and no key is in it.
//!
//! What is copied is rewritten value by value, and kept is only what is known to be harmless by its name and by its form ([`keep`]): the
//! same knowledge that decides what an excerpt shows. Comments, layout and what no reader uses are left behind. Encrypted values keep their
//! provider, so that it stays known that they were encrypted; session keys stay different where they were.

mod csv;
mod json;
mod keep;
mod lines;
mod settings;
mod xml;

use crate::budget::{portions, together, unfolded};
use crate::items::{Item, gather};
use crate::manifest;
use crate::read_file::{ReadFile, read_file, sha256};
use crate::recognise::Recognised;
use crate::{Input, config};
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus, Inventory};
use kerbsync_source::{DocumentId, Shown, Source};
use rayon::prelude::*;
use std::collections::HashMap;

/// A file of the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedactedFile {
    /// Path below the copy, `/` between parts.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of the file that it was made from; absent where that could be guessed against.
    pub original_sha256: Option<String>,
    /// Length of that file.
    pub original_bytes: u64,
}

/// A file that is not in the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Path as the report has it.
    pub path: String,
    /// Why.
    pub why: String,
}

/// Rewrites every input that was used, in the order of paths, and hands each to `put`. `inventory` is what was collected from the same inputs.
/// Gives what is left out.
///
/// # Errors
/// Those of `put`.
pub fn redact<E>(
    inputs: &[Input],
    inventory: &Inventory,
    declared_secrets: &[String],
    mut put: impl FnMut(RedactedFile) -> Result<(), E>,
) -> Result<Vec<LeftOut>, E> {
    let mut left_out = Vec::new();
    let gathered = gather(inputs);
    let by_path: HashMap<&str, &Document> = inventory.documents.iter().map(|d| (&*d.path, d)).collect();
    let mut copy = Copy { declared_secrets, numbers: HashMap::new(), digests: HashMap::new() };
    let mut manifests: Vec<&Item> = Vec::new();
    let mut todo: Vec<(&Item, &Document)> = Vec::new();
    for item in &gathered.items {
        let Some(document) = by_path.get(item.path.as_str()) else { continue };
        match why_not(document) {
            Some(why) => left_out.push(LeftOut { path: document.path.to_string(), why: why.to_owned() }),
            None => todo.push((item, document)),
        }
    }
    // Some side by side, as many as may lie in memory with what is made of them.
    for portion in portions(todo, together(0), |(item, _)| unfolded(item.bytes)) {
        let read: Vec<ReadFile> = portion.par_iter().map(|(item, _)| read_file(inputs, item)).collect();
        // Numbers go by the order of paths.
        let numbered: Vec<_> = read.into_iter().zip(&portion).map(|(file, (_, document))| (copy.number(&file, document), file)).collect();
        let rewritten: Vec<Rewritten> =
            numbered.into_par_iter().zip(&portion).map(|((number, file), (_, document))| copy.rewrite(file, number, document)).collect();
        for (rewritten, (item, document)) in rewritten.into_iter().zip(portion) {
            match rewritten {
                Rewritten::File(bytes) => put(copy.file(document, bytes))?,
                Rewritten::Manifest => manifests.push(item),
                Rewritten::Not(why) => left_out.push(LeftOut { path: document.path.to_string(), why: why.to_owned() }),
            }
        }
    }
    // Manifests come last: they hold the digests of the others.
    for item in manifests {
        let Some(document) = by_path.get(item.path.as_str()) else { continue };
        let read = read_file(inputs, item);
        if let Some(Recognised::Text(_, source)) = &read.content
            && let Some(bytes) = manifest::rewritten(source, &item.path, &copy.digests)
        {
            put(copy.file(document, bytes))?;
        }
    }
    let outside = gathered.obstacles.iter().filter(|o| o.error.is_some());
    left_out.extend(outside.map(|o| LeftOut { path: o.path.clone(), why: "it could not be read".to_owned() }));
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(left_out)
}

/// Settings without comments and what looks like a secret; `None` for what is no settings file.
#[must_use]
pub fn redact_settings(bytes: &[u8]) -> Option<String> {
    settings::rewrite(Source::decode(DocumentId(0), bytes.to_vec()).ok()?.text())
}

/// Why a document is not copied at all.
fn why_not(document: &Document) -> Option<&'static str> {
    match (document.kind, &document.status) {
        (DocumentKind::KeyContainer, _) => Some("it is a key"),
        (DocumentKind::Archive, _) => Some("it is an archive; its files are copied one by one"),
        (_, DocumentStatus::Noise(_)) => Some("it is of no kind that is known, so nothing proves it harmless"),
        _ => None,
    }
}

enum Rewritten {
    File(Vec<u8>),
    Manifest,
    Not(&'static str),
}

struct Copy<'a> {
    declared_secrets: &'a [String],
    /// A number for each original, the same for equal ones.
    numbers: HashMap<String, usize>,
    /// Of each original path, in small letters, the digests before and after.
    digests: manifest::NewDigests,
}

impl Copy<'_> {
    /// The number of an original that is XML and can be read; 0 of others, which ask for none.
    fn number(&mut self, read: &ReadFile, document: &Document) -> usize {
        if matches!(document.status, DocumentStatus::Unreadable(_)) || !matches!(read.content, Some(Recognised::Xml(_))) {
            return 0;
        }
        let next = self.numbers.len() + 1;
        *self.numbers.entry(document.sha256.as_deref().unwrap_or_default().to_owned()).or_insert(next)
    }

    fn rewrite(&self, read: ReadFile, number: usize, document: &Document) -> Rewritten {
        match (read.content, &document.status) {
            // What is broken stays broken, and nothing of it is shown.
            (_, DocumentStatus::Unreadable(_)) | (Some(Recognised::Broken(..)), _) => match stub(document.kind) {
                Some(text) => Rewritten::File(text.as_bytes().to_vec()),
                None => Rewritten::Not("it cannot be read, so nothing proves it harmless"),
            },
            (Some(Recognised::Xml(parsed)), _) => {
                Rewritten::File(xml::rewrite(&parsed, document.kind, number, self.declared_secrets).into_bytes())
            }
            (Some(Recognised::Text(_, source)), _) => self.text(&source, document.kind),
            _ => Rewritten::Not("it could not be read"),
        }
    }

    fn text(&self, source: &Source, kind: DocumentKind) -> Rewritten {
        let text = match kind {
            _ if manifest::is_manifest(source) => return Rewritten::Manifest,
            DocumentKind::ProjectConfiguration => settings::rewrite(source.text()),
            DocumentKind::Json => json::rewrite(source.text()),
            DocumentKind::Csv => csv::rewrite(source.text()),
            DocumentKind::Ldif => Some(lines::ldif(source.text())),
            DocumentKind::Setspn => Some(lines::plain(source.text())),
            _ => None,
        };
        text.map_or(Rewritten::Not("no reader uses it, so nothing proves it harmless"), |t| Rewritten::File(t.into_bytes()))
    }

    fn file(&mut self, document: &Document, bytes: Vec<u8>) -> RedactedFile {
        if let Some(before) = &document.sha256 {
            self.digests.insert(document.path.to_lowercase(), (before.to_string(), sha256(&bytes)));
        }
        RedactedFile {
            path: document.below_root().trim_start_matches(['/', '!']).to_owned(),
            bytes,
            original_sha256: document.published_sha256().ok().map(ToString::to_string),
            original_bytes: document.bytes,
        }
    }
}

/// What stands for a document that cannot be read: it cannot be read either.
const fn stub(kind: DocumentKind) -> Option<&'static str> {
    match kind {
        DocumentKind::ApplicationHost | DocumentKind::ApplicationHostHistory | DocumentKind::Redirection => Some("<configuration>"),
        DocumentKind::Topology => Some("<Topology>"),
        DocumentKind::TopologyBuilder => Some("<TopologyBuilder>"),
        DocumentKind::AnchoredXml => Some("<AnchoredXml>"),
        DocumentKind::DocItemSet => Some("<DocItemSet>"),
        DocumentKind::Clixml => Some("<Objs>"),
        DocumentKind::ManagementLog => Some("<CsMgmtLog>"),
        DocumentKind::Json => Some("{"),
        DocumentKind::ProjectConfiguration => Some("= taken out ="),
        _ => None,
    }
}

/// Whether a name may stay: of an element, an attribute, a column or a key.
fn is_plain_name(name: &str) -> bool {
    name.len() <= 64 && !name.is_empty() && !Shown::masks(name) && !name.chars().any(kerbsync_source::steers)
}

/// Whether a text still reads as settings.
fn reads_as_settings(text: &str) -> bool {
    let source = Source::decode(DocumentId(0), text.as_bytes().to_vec());
    source.is_ok_and(|s| config::read_settings(&s).is_ok() || config::read_waivers(&s).is_ok())
}

#[cfg(test)]
mod tests;
