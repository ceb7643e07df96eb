//! What a file is, by its content.

use crate::server::Models;
use kerbsync_inventory::DocumentKind;
use kerbsync_source::{DecodeError, DocumentId, Level, Location, Position, Problem, Source, Text, text};
use kerbsync_xml::{Document, ErrorKind, Limits, XmlError};

/// A file, as far as its own bytes tell.
pub(crate) enum Recognised {
    /// Well-formed XML.
    Xml(Document),
    /// Text of a known kind that is not XML.
    Text(DocumentKind, Source),
    /// Recognised, and cannot be read.
    Broken(DocumentKind, Problem),
    /// Nothing that is read here: what it is, in a few words.
    Noise(DocumentKind, Text),
}

/// Roots that mark a file as one of ours even where the rest is cut.
const ROOTS: &[(&str, DocumentKind)] = &[
    ("configuration", DocumentKind::ApplicationHost),
    ("Topology", DocumentKind::Topology),
    ("TopologyBuilder", DocumentKind::TopologyBuilder),
    ("AnchoredXml", DocumentKind::AnchoredXml),
    ("DocItemSet", DocumentKind::DocItemSet),
    ("KerberosAccountAssignment", DocumentKind::AnchoredXml),
    ("Objs", DocumentKind::Clixml),
    ("CsMgmtLog", DocumentKind::ManagementLog),
    ("RSAKeyValue", DocumentKind::KeyContainer),
];

/// Looks at the bytes of a file. `path` decides nothing but whether an empty or damaged file was expected to be something, and whether to ask
/// `models` first.
pub(crate) fn recognise(id: DocumentId, path: &str, bytes: Vec<u8>, models: Option<&Models>) -> Recognised {
    let expected = expected_by_name(path);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return empty(id, expected);
    }
    let head: Vec<u8> = bytes.iter().copied().take(1024).collect();
    let utf16 = matches!(head.as_slice(), [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, ..] | [0, b'<', ..]);
    if !utf16 && head.iter().any(|&b| b < 0x09 || (0x0E..0x20).contains(&b)) {
        return match expected {
            Some(kind) => Recognised::Broken(
                kind,
                problem(id, "binary", "the file holds binary data, not text.", "Export it again, or restore it from a backup."),
            ),
            None => Recognised::Noise(DocumentKind::Unrecognised, binary(&head).into()),
        };
    }
    let source = match Source::decode(id, bytes) {
        Ok(source) => source,
        Err(error) => return Recognised::Broken(expected.unwrap_or(DocumentKind::Unrecognised), undecodable(id, &error)),
    };
    let text = source.text().trim_start();
    if text.is_empty() {
        return empty(id, expected);
    }
    match text.as_bytes().first() {
        Some(b'<') => xml(source, expected, models),
        Some(b'{' | b'[') => Recognised::Text(DocumentKind::Json, source),
        _ if text.starts_with("-----BEGIN ") => Recognised::Text(DocumentKind::KeyContainer, source),
        _ if path.rsplit('/').next().is_some_and(|n| n.eq_ignore_ascii_case("kerbsync.toml")) => {
            Recognised::Text(DocumentKind::ProjectConfiguration, source)
        }
        _ if kerbsync_ad::looks_like_ldif(text) => Recognised::Text(DocumentKind::Ldif, source),
        _ if kerbsync_ad::looks_like_setspn(text) => Recognised::Text(DocumentKind::Setspn, source),
        _ if kerbsync_objects::looks_like_csv(text) => Recognised::Text(DocumentKind::Csv, source),
        _ => match expected {
            Some(kind) => {
                Recognised::Broken(kind, problem(id, "not-xml", "the file does not begin with an XML element.", "Export it again."))
            }
            None => Recognised::Text(DocumentKind::Unrecognised, source),
        },
    }
}

/// What binary data is, and what to do with it.
fn binary(head: &[u8]) -> &'static str {
    match head {
        [b'7', b'z', 0xBC, 0xAF, ..] => "a 7-Zip archive, which is not opened: unpack it, or pack its files as .zip",
        [b'R', b'a', b'r', b'!', ..] => "a RAR archive, which is not opened: unpack it, or pack its files as .zip",
        [b'E', b'l', b'f', b'F', b'i', b'l', b'e', 0, ..] => {
            "an event log, which is not read: the product's reports are XML files beside the HTML page that the cmdlet names"
        }
        _ => "binary data",
    }
}

fn empty(id: DocumentId, expected: Option<DocumentKind>) -> Recognised {
    match expected {
        Some(kind) => Recognised::Broken(kind, problem(id, "empty", "the file is empty.", "Export it again.")),
        None => Recognised::Noise(DocumentKind::Empty, "an empty file".into()),
    }
}

fn xml(mut source: Source, expected: Option<DocumentKind>, models: Option<&Models>) -> Recognised {
    if expected == Some(DocumentKind::ApplicationHost)
        && let Some(models) = models
    {
        match models.read(source) {
            Ok(document) => return Recognised::Xml(document),
            Err(other) => source = *other,
        }
    }
    if expected.is_none() && is_html(source.text()) {
        return Recognised::Text(DocumentKind::ManagementLogHtml, source);
    }
    let kind = expected.or_else(|| root_kind(source.text()));
    match Document::parse(source, &limits(kind)) {
        Ok(document) => Recognised::Xml(document),
        Err(error) => match kind {
            Some(kind) => Recognised::Broken(kind, damaged(&error)),
            None => {
                // Of a file that may be anything, no name is told.
                let Position { line, column } = error.location.position;
                let what = match error.kind {
                    // Nothing is wrong as far as it was read.
                    ErrorKind::Limit { .. } => text!("a larger XML document than is read, of no known kind"),
                    _ => text!("markup that is not well-formed XML (line {line}, column {column}) and of no known kind"),
                };
                Recognised::Noise(DocumentKind::Unrecognised, what)
            }
        },
    }
}

/// A Clixml export has an element for each property of an object; the largest other documents have some ten thousands.
fn limits(kind: Option<DocumentKind>) -> Limits {
    const ELEMENTS: usize = 500_000;
    let all = Limits::default();
    if kind == Some(DocumentKind::Clixml) { all } else { Limits { elements: ELEMENTS, ..all } }
}

fn damaged(error: &XmlError) -> Problem {
    error.to_problem()
}

/// Whether a text is an HTML page.
fn is_html(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(64).collect::<String>().to_ascii_lowercase();
    head.starts_with("<html") || head.starts_with("<!doctype html")
}

/// The kind that the first start tag names, in a text that may be cut anywhere.
fn root_kind(text: &str) -> Option<DocumentKind> {
    let mut rest = text.trim_start();
    loop {
        rest = rest.trim_start();
        let skip = if rest.starts_with("<?") {
            rest.find("?>")? + 2
        } else if rest.starts_with("<!--") {
            rest.find("-->")? + 3
        } else if rest.get(..9).is_some_and(|r| r.eq_ignore_ascii_case("<!DOCTYPE")) {
            // It is refused, and what has one is told for what it is all the same.
            let head = rest.find(['[', '>'])?;
            let subset = if rest[head..].starts_with('[') { head + rest[head..].find(']')? } else { head };
            subset + rest[subset..].find('>')? + 1
        } else {
            break;
        };
        rest = &rest[skip..];
    }
    let name = rest.strip_prefix('<')?.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
    let local = name.rsplit(':').next()?;
    ROOTS.iter().find(|(root, _)| *root == local).map(|(_, kind)| *kind)
}

/// Files that stand for something by name, so that an empty or damaged one is a failure and not noise.
fn expected_by_name(path: &str) -> Option<DocumentKind> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    match name.as_str() {
        "applicationhost.config" => Some(DocumentKind::ApplicationHost),
        "redirection.config" => Some(DocumentKind::Redirection),
        "docitemset.xml" => Some(DocumentKind::DocItemSet),
        _ if name.ends_with(".tbxml") => Some(DocumentKind::TopologyBuilder),
        _ => None,
    }
}

fn undecodable(id: DocumentId, error: &DecodeError) -> Problem {
    let position = Position { line: 1, column: 1 };
    let location = Location { position, end: position, byte_start: error.byte_offset, byte_end: error.byte_offset };
    Problem { location: Some(location), ..problem(id, "encoding", text!("{}.", error.reason), "Export the file again.") }
}

pub(crate) fn problem(document: DocumentId, code: &'static str, message: impl Into<Text>, help: impl Into<Text>) -> Problem {
    Problem { level: Level::Error, code, document, location: None, message: message.into(), help: Some(help.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str, bytes: &[u8]) -> String {
        match recognise(DocumentId(0), path, bytes.to_vec(), None) {
            Recognised::Xml(d) => format!("xml {}", d.root().name()),
            Recognised::Text(kind, _) => format!("text {}", kind.name()),
            Recognised::Broken(kind, problem) => format!("broken {}: {problem}", kind.name()),
            Recognised::Noise(kind, what) => format!("noise {}: {what}", kind.name()),
        }
    }

    /// A document type is refused; what it stands in front of is no noise.
    #[test]
    fn a_document_type_does_not_hide_what_the_file_is() {
        for doctype in ["<!DOCTYPE x>", "<!doctype x [<!ENTITY a 'b'>]>", "<?xml version='1.0'?>\n<!DOCTYPE x SYSTEM 'y' [ ]  >\n"] {
            let told = kind("a.xml", format!("{doctype}<Topology xmlns='urn:x'/>").as_bytes());
            assert!(told.starts_with("broken topology: "), "{told}");
        }
        for cut in ["<!DOCTYPE", "<!DOCTYPE x [", "<!DOCTYPE x []", "<!DOCTYPE x><"] {
            assert!(kind("a.xml", cut.as_bytes()).starts_with("noise "), "{cut}");
        }
    }

    /// Exports of objects have an element for each property; nothing else has half a million.
    #[test]
    fn documents_of_endless_elements_are_refused_and_exports_of_objects_are_not() {
        let of = |root: &str| format!("<{root}>{}</{root}>", "<a/>".repeat(500_000)).into_bytes();
        assert!(kind("a.xml", &of("Topology")).starts_with("broken topology: "), "{}", kind("a.xml", &of("Topology")));
        assert!(kind("a.xml", &of("configuration")).contains("500000"), "{}", kind("a.xml", &of("configuration")));
        assert_eq!(kind("a.xml", &of("Objs")), "xml Objs");
        assert_eq!(kind("a.xml", &of("svg")), "noise unrecognised: a larger XML document than is read, of no known kind");
    }

    #[test]
    fn content_decides() {
        let seen = [
            kind("a.txt", b"<Topology/>"),
            kind("photo.jpg", &[0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10]),
            kind("x.xml", b""),
            kind("servers/a/applicationHost.config", b"\r\n"),
            kind("cut.xml", b"<?xml version=\"1.0\"?>\n<!-- c -->\n<configuration>\n  <system.webServer>"),
            kind("cut.svg", b"<svg><br>"),
            kind("report.html", b"<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'><html><br>"),
            kind("u.xml", &[0xFF, 0xFE, b'<', 0, 0, 0xD8]),
            kind("k", b"-----BEGIN RSA PRIVATE KEY-----"),
            kind("a.json", b" [1]"),
            kind("notes.txt", b"hello"),
        ];
        insta::assert_snapshot!(seen.join("\n"), @r"
        xml Topology
        noise unrecognised: binary data
        noise empty: an empty file
        broken application-host: the file is empty. Export it again.
        broken application-host: line 4, column 21 (byte 69): the file ends while <system.webServer> of line 4 is still open: it is cut, or its end tag is missing. Export the file again, or repair it at this place.
        noise unrecognised: markup that is not well-formed XML (line 1, column 10) and of no known kind
        text management-log-html
        broken unrecognised: line 1, column 1 (byte 4): a UTF-16 surrogate without its partner: the file is damaged or cut. Export the file again.
        text key-container
        text json
        text unrecognised
        ");
    }
}
