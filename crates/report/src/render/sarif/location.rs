//! Places, as SARIF writes them.

use super::SarifProfile;
use crate::format::{Finding, Place, Report};
use crate::render::clean;
use crate::render::told::home;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The first place of a result. GitHub uses no other, and wants one with a line and a column at both ends: what has no place there stands
/// at the first line of its document, or of the topology.
pub(super) fn locations(report: &Report, finding: &Finding, profile: SarifProfile) -> Value {
    let github = profile == SarifProfile::Github;
    match finding.locations.first() {
        Some(place) => json!([location(place, github)]),
        None if github => json!([{
            "physicalLocation": { "artifactLocation": artifact_location(home(report)), "region": region(1, 1, 1, 2) },
        }]),
        None => json!([{
            "logicalLocations": [{ "name": clean(&finding.subject), "kind": finding.subject_kind }],
        }]),
    }
}

/// The other places, each with what is there.
pub(super) fn related(finding: &Finding) -> Value {
    let related = finding.locations.iter().skip(1).enumerate().map(|(id, place)| {
        let mut related = location(place, false);
        related["id"] = json!(id + 1);
        if let Some(note) = &place.note {
            related["message"] = json!({ "text": clean(note) });
        }
        related
    });
    related.collect()
}

fn location(place: &Place, github: bool) -> Value {
    let mut physical = json!({ "artifactLocation": artifact_location(&place.path) });
    match (place.line, place.column) {
        (Some(line), Some(column)) => {
            let end_line = place.end_line.unwrap_or(line).max(line);
            let least = if end_line == line { column } else { 1 };
            let end_column = place.end_column.unwrap_or(column).max(least);
            physical["region"] = region(line, column, end_line, end_column);
            if let (false, Some(start), Some(end)) = (github, place.byte_start, place.byte_end) {
                physical["region"]["byteOffset"] = json!(start);
                physical["region"]["byteLength"] = json!(end.saturating_sub(start));
            }
        }
        _ if github => physical["region"] = region(1, 1, 1, 2),
        _ => {}
    }
    let mut location = json!({ "physicalLocation": physical });
    if github {
        return location;
    }
    if let Some(element) = &place.element {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": clean(element), "kind": "element" }]);
    }
    if let Some(excerpt) = &place.excerpt {
        // The line with its secrets masked is no text of the file, so that it cannot be its snippet.
        location["properties"] = json!({ "excerpt": clean(excerpt) });
    }
    location
}

fn region(line: u32, column: u32, end_line: u32, end_column: u32) -> Value {
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

/// A path as a reference: relative as it was given, or of a file.
pub(super) fn artifact_location(path: &str) -> Value {
    json!({ "uri": uri(path) })
}

fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let drive = path.len() > 1 && path.as_bytes()[0].is_ascii_alphabetic() && path.as_bytes()[1] == b':';
    let (mut uri, rest) = match path.strip_prefix("//") {
        Some(share) => ("file://".to_owned(), share),
        None if drive => ("file:///".to_owned(), path.as_str()),
        None if path.starts_with('/') => ("file://".to_owned(), path.as_str()),
        None => (String::new(), path.trim_start_matches("./")),
    };
    for byte in rest.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'!' | b'(' | b')' | b'+' | b',' | b'=' | b'@' => {
                uri.push(char::from(byte));
            }
            b':' if drive && uri == format!("file:///{}", &path[..1]) => uri.push(':'),
            // Writing to a String cannot fail.
            other => _ = write!(uri, "%{other:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_references_that_mean_the_same_file() {
        for (path, written) in [
            ("exports/servers/fe01/a.config", "exports/servers/fe01/a.config"),
            ("./a b/ü#1?.xml", "a%20b/%C3%BC%231%3F.xml"),
            ("/srv/x.xml", "file:///srv/x.xml"),
            (r"C:\a\b:c", "file:///C:/a/b%3Ac"),
            (r"\\host\share\a", "file://host/share/a"),
            ("a:b/c", "file:///a:b/c"),
            ("ab:c/##vso[d", "ab%3Ac/%23%23vso%5Bd"),
        ] {
            assert_eq!(uri(path), written, "{path}");
        }
    }
}
