//! What one document that belongs to no server says.

use crate::read_file::ReadFile;
use crate::recognise::{Recognised, problem};
use crate::server;
use crate::topology::{self, TopologyPart};
use kerbsync_ad::DirectoryPart;
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus};
use kerbsync_objects::Object;
use kerbsync_source::{DocumentId, Problem};

/// What a document says.
pub(crate) enum DocumentFacts {
    Topology(Box<TopologyPart>),
    Directory(Box<DirectoryPart>),
}

/// Reads a document that was taken in, and completes its record.
pub(crate) fn read_facts(file: ReadFile) -> (Document, Vec<DocumentFacts>) {
    let ReadFile { mut document, content } = file;
    let id = document.id;
    let mut problems = Vec::new();
    let parts = match content {
        None | Some(Recognised::Broken(..) | Recognised::Noise(..)) => Vec::new(),
        Some(Recognised::Xml(xml)) => {
            if let Some((kind, part)) = topology::read_xml(&xml, &mut problems) {
                used(&mut document, kind);
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
        Some(Recognised::Text(DocumentKind::Json, source)) => {
            let objects = kerbsync_objects::read_json(&source, &mut problems);
            from_objects(&objects, &mut document, &mut problems)
        }
        Some(Recognised::Text(DocumentKind::Csv, source)) => {
            let objects = kerbsync_objects::read_csv(&source, &mut problems);
            from_objects(&objects, &mut document, &mut problems)
        }
        Some(Recognised::Text(DocumentKind::Ldif, source)) => match kerbsync_ad::read_ldif(&source, &mut problems) {
            Some(part) => {
                used(&mut document, DocumentKind::Ldif);
                vec![DocumentFacts::Directory(Box::new(part))]
            }
            None => {
                document.status = DocumentStatus::SetAside("an LDIF file without an object that matters here".into());
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
        Some(Recognised::Text(_, source)) => {
            other_text(id, source.text(), &mut document);
            Vec::new()
        }
    };
    document.problems.extend(problems);
    (document, parts)
}

fn used(document: &mut Document, kind: DocumentKind) {
    document.kind = kind;
    document.status = DocumentStatus::Used;
}

fn from_objects(objects: &[Object], document: &mut Document, problems: &mut Vec<Problem>) -> Vec<DocumentFacts> {
    let mut parts = Vec::new();
    parts.extend(topology::read_objects(objects, document.id, problems).map(|p| DocumentFacts::Topology(Box::new(p))));
    parts.extend(kerbsync_ad::read_objects(objects, document.id, problems).map(|p| DocumentFacts::Directory(Box::new(p))));
    let damaged = problems.iter().find(|p| p.level == kerbsync_source::Level::Error).cloned();
    document.status = match (parts.is_empty(), damaged) {
        (false, _) => DocumentStatus::Used,
        (true, Some(problem)) => DocumentStatus::Unreadable(problem),
        (true, None) => DocumentStatus::Noise("an export of objects that are not read here".into()),
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
            DocumentStatus::Noise(format!("XML with the root <{}>, which is not read here", xml.root().local_name())),
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
