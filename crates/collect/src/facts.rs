//! What one document that belongs to no server says.

use crate::empty;
use crate::manifest::{self, Manifest};
use crate::read_file::ReadFile;
use crate::recognise::{Recognised, problem};
use crate::server;
use crate::topology::{self, TopologyFacts};
use crate::{probe, proof};
use kerbsync_ad::DirectoryFacts;
use kerbsync_inventory::state::TicketProof;
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus};
use kerbsync_objects::Object;
use kerbsync_source::{DocumentId, Level, Problem, Shown, text};

/// What a document says.
pub(crate) enum DocumentFacts {
    Topology(Box<TopologyFacts>),
    Directory(Box<DirectoryFacts>),
    Manifest(Manifest),
    Proofs(Vec<TicketProof>),
}

impl DocumentFacts {
    /// About how many bytes of memory they take, with what is made of them.
    pub(crate) fn weight(&self) -> u64 {
        match self {
            Self::Topology(part) => part.weight(),
            Self::Directory(part) => part.weight() as u64,
            Self::Manifest(manifest) => manifest.weight(),
            Self::Proofs(proofs) => proofs.iter().map(|p| 200 + 200 * p.servers.len() as u64).sum(),
        }
    }
}

/// Reads a document that was taken in, and completes its record.
pub(crate) fn read_facts(file: ReadFile) -> (Document, Vec<DocumentFacts>) {
    let ReadFile { mut document, content } = file;
    let id = document.id;
    let mut problems = Vec::new();
    let parts = match content {
        Some(Recognised::Noise(DocumentKind::Empty, _)) if empty::is_of_assignments(&document.path) => none(&mut document),
        None | Some(Recognised::Broken(..) | Recognised::Noise(..)) => Vec::new(),
        Some(Recognised::Xml(xml)) => {
            if let Some((kind, part)) = topology::read_xml(&xml, &mut problems) {
                used(&mut document, kind);
                let cut = too_many(&problems);
                let part = if cut.is_some() { part.in_part() } else { part };
                document.status = cut.map_or(DocumentStatus::Used, DocumentStatus::Unreadable);
                vec![DocumentFacts::Topology(Box::new(part))]
            } else if xml.root().local_name() == "Objs" {
                document.kind = DocumentKind::Clixml;
                let objects = kerbsync_objects::read_clixml(&xml, &mut problems);
                from_objects(&objects, &mut document, &mut problems)
            } else {
                other_xml(&xml, &mut document);
                Vec::new()
            }
        }
        Some(Recognised::Text(DocumentKind::Json, source)) if manifest::is_manifest(&source) => {
            document.kind = DocumentKind::ProjectConfiguration;
            match manifest::read(&source) {
                Ok(manifest) => {
                    document.status = DocumentStatus::Used;
                    vec![DocumentFacts::Manifest(manifest)]
                }
                Err(problem) => {
                    document.status = DocumentStatus::Unreadable(problem);
                    Vec::new()
                }
            }
        }
        Some(Recognised::Text(DocumentKind::Json, source)) if proof::is_proof(&source) || probe::is_probe(&source) => {
            document.kind = DocumentKind::TicketProof;
            let read = if probe::is_probe(&source) { probe::read(&source) } else { proof::read(&source) };
            match read {
                Ok(proofs) => {
                    document.status = DocumentStatus::Used;
                    vec![DocumentFacts::Proofs(proofs)]
                }
                Err(problem) => {
                    document.status = DocumentStatus::Unreadable(problem);
                    Vec::new()
                }
            }
        }
        Some(Recognised::Text(DocumentKind::Json, source)) => {
            let objects = kerbsync_objects::read_json(&source, &mut problems);
            from_objects(&objects, &mut document, &mut problems)
        }
        Some(Recognised::Text(DocumentKind::Csv, source)) => {
            let objects = kerbsync_objects::read_csv(&source, &mut problems);
            if objects.is_empty() && problems.is_empty() && empty::head_is_of_assignments(source.text()) {
                none(&mut document)
            } else {
                from_objects(&objects, &mut document, &mut problems)
            }
        }
        Some(Recognised::Text(DocumentKind::Ldif, source)) => match kerbsync_ad::read_ldif(&source, &mut problems) {
            Some(part) => {
                used(&mut document, DocumentKind::Ldif);
                if let Some(problem) = problems.iter().find(|p| p.level == Level::Error) {
                    document.status = DocumentStatus::Unreadable(problem.clone());
                }
                vec![DocumentFacts::Directory(Box::new(part))]
            }
            None => {
                document.status = DocumentStatus::SetAside("an LDIF file without an object that matters here".into());
                Vec::new()
            }
        },
        Some(Recognised::Text(DocumentKind::Setspn, source)) => match kerbsync_ad::read_setspn(&source, &mut problems) {
            Some(part) => {
                used(&mut document, DocumentKind::Setspn);
                vec![DocumentFacts::Directory(Box::new(part))]
            }
            None => {
                document.status = DocumentStatus::SetAside("output of setspn that names no object".into());
                Vec::new()
            }
        },
        Some(Recognised::Text(DocumentKind::KeyContainer, _)) => {
            document.status =
                DocumentStatus::SetAside("an exported key outside of a server's folder: put it into servers/<FQDN>/keys/".into());
            Vec::new()
        }
        Some(Recognised::Text(DocumentKind::ManagementLogHtml, _)) => {
            document.status =
                DocumentStatus::SetAside("an HTML page: where it is a report of the product, add the XML file that lies beside it".into());
            Vec::new()
        }
        Some(Recognised::Text(_, source)) if source.text().trim() == "null" && empty::is_of_assignments(&document.path) => {
            none(&mut document)
        }
        Some(Recognised::Text(_, source)) => {
            other_text(id, source.text(), &mut document);
            Vec::new()
        }
    };
    document.problems.extend(problems);
    (document, parts)
}

/// The problem of a document that holds more than a deployment has.
fn too_many(problems: &[Problem]) -> Option<Problem> {
    problems.iter().find(|p| p.code == kerbsync_topology::TOO_MANY).cloned()
}

fn used(document: &mut Document, kind: DocumentKind) {
    document.kind = kind;
    document.status = DocumentStatus::Used;
}

/// An export of the assignments without any: no site has an account.
fn none(document: &mut Document) -> Vec<DocumentFacts> {
    document.status = DocumentStatus::Used;
    vec![DocumentFacts::Topology(Box::new(topology::no_assignments()))]
}

/// `problems` holds what the reader of the format noticed: after an error the document counts as read in part.
fn from_objects(objects: &[Object], document: &mut Document, problems: &mut Vec<Problem>) -> Vec<DocumentFacts> {
    let cut = problems.iter().find(|p| p.level == Level::Error).cloned();
    if objects.is_empty() && cut.is_none() {
        if empty::is_of_assignments(&document.path) {
            return none(document);
        }
        document.status = DocumentStatus::Noise(
            "an export without any object: its name should say of which command, such as assignments.xml for Get-CsKerberosAccountAssignment"
                .into(),
        );
        return Vec::new();
    }
    let mut parts = Vec::new();
    let read = topology::read_objects(objects, document.id, problems);
    let cut = cut.or_else(|| too_many(problems));
    if let Some(part) = read {
        parts.push(DocumentFacts::Topology(Box::new(if cut.is_some() { part.in_part() } else { part })));
    }
    parts.extend(kerbsync_ad::read_objects(objects, document.id, problems).map(|p| DocumentFacts::Directory(Box::new(p))));
    let damaged = problems.iter().find(|p| p.level == Level::Error).cloned();
    document.status = match (cut, parts.is_empty(), damaged) {
        (Some(problem), ..) | (None, true, Some(problem)) => DocumentStatus::Unreadable(problem),
        (None, false, _) => DocumentStatus::Used,
        (None, true, None) => DocumentStatus::Noise("an export of objects that are not read here".into()),
    };
    parts
}

fn other_xml(xml: &kerbsync_xml::Document, document: &mut Document) {
    let (kind, status) = if server::is_application_host(xml) {
        (
            DocumentKind::ApplicationHost,
            DocumentStatus::SetAside("an applicationHost.config whose server is not known: put it into servers/<FQDN>/".into()),
        )
    } else if server::is_redirection(xml) {
        (
            DocumentKind::Redirection,
            DocumentStatus::SetAside("a redirection.config whose server is not known: put it into servers/<FQDN>/".into()),
        )
    } else if server::is_key_container(xml) {
        (
            DocumentKind::KeyContainer,
            DocumentStatus::SetAside("an exported key outside of a server's folder: put it into servers/<FQDN>/keys/".into()),
        )
    } else if server::is_iis_schema(xml) {
        (DocumentKind::IisSchema, DocumentStatus::SetAside("a schema of IIS: not needed".into()))
    } else {
        (
            DocumentKind::Unrecognised,
            DocumentStatus::Noise(text!("XML with the root <{}>, which is not read here", Shown::naming(xml.root().local_name()))),
        )
    };
    document.kind = kind;
    document.status = status;
}

fn other_text(id: DocumentId, text: &str, document: &mut Document) {
    match kerbsync_topology::text_hint(text) {
        Some(hint) => {
            document.kind = DocumentKind::FormatList;
            document.status = DocumentStatus::Unreadable(problem(id, "listing", hint.message(), hint.help()));
        }
        None => document.status = DocumentStatus::Noise("text of no known kind".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_file::record;
    use crate::recognise::recognise;
    use kerbsync_inventory::Inventory;

    /// The record of a document, and what the inventory says of it as the only one.
    fn read(path: &str, bytes: &[u8]) -> (Document, Inventory) {
        let id = DocumentId(0);
        let content = Some(recognise(id, path, bytes.to_vec(), None));
        let (document, parts) = read_facts(ReadFile { document: record(id, path, bytes.len() as u64), content });
        let mut inventory = Inventory { documents: vec![document], ..Inventory::default() };
        let parts = parts.into_iter().filter_map(|p| if let DocumentFacts::Topology(part) = p { Some((id, *part)) } else { None });
        topology::join(parts.collect(), &crate::competing::Preferred::new(&[]), &mut inventory);
        (inventory.documents[0].clone(), inventory)
    }

    #[test]
    fn an_empty_export_of_the_assignments_says_that_there_are_none() {
        let clixml = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"/>";
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(clixml.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let none: [(&str, &[u8]); 11] = [
            ("assignments.xml", &utf16),
            ("assignments.xml", b""),
            ("assignments.xml", &[0xEF, 0xBB, 0xBF]),
            ("assignments.txt", &[0xFF, 0xFE, 0x0D, 0, 0x0A, 0]),
            ("assignments.xml", b"<Objs xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Nil /></Objs>"),
            ("assignments.xml", b"<Objs xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><LST /></Obj></Objs>"),
            ("assignments.json", b"[]\r\n"),
            ("assignments.json", b"null"),
            ("assignments.json", b"{\"value\": [], \"Count\": 0}"),
            ("kerb.csv", b"\"Identity\",\"UserAccount\"\r\n"),
            ("assignments.csv", b"\r\n"),
        ];
        for (path, bytes) in none {
            let (document, inventory) = read(path, bytes);
            assert!(inventory.assignments_known && inventory.assignments.is_empty(), "{path} {bytes:?}: {document:?}");
            assert_eq!(document.status, DocumentStatus::Used, "{path} {bytes:?}");
        }
        // Nothing says of which command the others are.
        for (path, bytes) in [("export.xml", utf16.as_slice()), ("empty.xml", b""), ("pools.json", b"[]")] {
            let (document, inventory) = read(path, bytes);
            assert!(!inventory.assignments_known && matches!(document.status, DocumentStatus::Noise(_)), "{path}: {document:?}");
        }
    }

    /// Rules say something of each: memory is not spent on more than any deployment has.
    #[test]
    fn more_assignments_than_any_deployment_has_are_left_out_and_told() {
        let one = |n: usize| format!("{{\"Identity\": \"Site:S{n}\", \"UserAccount\": \"CONTOSO\\\\a{n}\"}}");
        let text = format!("[{}]", (0..5000).map(one).collect::<Vec<_>>().join(","));
        let (document, inventory) = read("assignments.json", text.as_bytes());
        let DocumentStatus::Unreadable(problem) = &document.status else { panic!("{document:?}") };
        assert_eq!((problem.code, problem.location.is_some()), (kerbsync_topology::TOO_MANY, true));
        assert_eq!((inventory.assignments.len(), inventory.assignments_known), (4096, false));
    }

    #[test]
    fn a_document_that_is_cut_or_followed_by_another_is_told_and_proves_no_absence() {
        let one = "{\n\"Identity\": \"Site:Redmond\",\n\"UserAccount\": \"CONTOSO\\\\KerbAuth\"\n}\n";
        let csv = "\"Identity\",\"UserAccount\"\r\n\"Site:Redmond\",\"CONTOSO\\KerbAuth\"\r\n";
        for (path, text, line) in [
            ("assignments.json", format!("{one}{one}"), 5),
            ("assignments.json", format!("[{one},{{\"Identity\": \"Si"), 5),
            ("assignments.csv", format!("{csv}{csv}"), 3),
            ("assignments.csv", format!("{csv}\"Site:Dub"), 3),
        ] {
            let (document, inventory) = read(path, text.as_bytes());
            let DocumentStatus::Unreadable(problem) = &document.status else { panic!("{path}: {document:?}") };
            assert_eq!(problem.location.map(|l| l.position.line), Some(line), "{problem}");
            assert!(inventory.assignments.len() == 1 && !inventory.assignments_known, "{path}: {:?}", inventory.assignments);
        }
        assert!(read("assignments.json", one.as_bytes()).1.assignments_known);
    }
}
