//! What others do to a configuration.

use crate::format::{SECTION, SITES, decoded, encoded};
use kerbsync_faults::foreign::{Edited, ForeignEdit};

/// Changes the text of a file and leaves its encoding alone.
fn text(bytes: &[u8], change: impl FnOnce(&str) -> Option<String>) -> Edited {
    let changed = decoded(bytes).and_then(|(text, wide)| Some(encoded(&change(&text).filter(|new| *new != text)?, wide)));
    changed.map_or(Edited::Nothing, Edited::Bytes)
}

/// The start tag of the first element of a name behind a place.
fn tag<'t>(text: &'t str, behind: &str, name: &str) -> Option<&'t str> {
    let from = text.find(behind)?;
    let start = from + text[from..].find(&format!("<{name}"))?;
    Some(&text[start..start + text[start..].find('>')? + 1])
}

/// Gives an attribute of a tag another value, or takes it away.
fn set(tag: &str, attribute: &str, value: Option<&str>) -> Option<String> {
    let start = tag.find(&format!(" {attribute}="))?;
    let quoted = start + attribute.len() + 2;
    let quote = tag[quoted..].chars().next()?;
    let end = quoted + 1 + tag[quoted + 1..].find(quote)? + 1;
    let new = value.map_or_else(String::new, |v| format!(" {attribute}=\"{v}\""));
    Some(format!("{}{new}{}", &tag[..start], &tag[end..]))
}

fn slot(bytes: &[u8], sets: &[(&str, Option<&str>)]) -> Edited {
    in_tag(bytes, &format!("<location path=\"{}\">", SITES[0]), SECTION, sets)
}

fn pool(bytes: &[u8], sets: &[(&str, Option<&str>)]) -> Edited {
    in_tag(bytes, "<add name=\"LyncIntFeature\"", "processModel", sets)
}

fn in_tag(bytes: &[u8], behind: &str, name: &str, sets: &[(&str, Option<&str>)]) -> Edited {
    text(bytes, |text| {
        let old = tag(text, behind, name)?;
        let new = sets.iter().try_fold(old.to_owned(), |tag, (attribute, value)| set(&tag, attribute, *value))?;
        Some(text.replacen(old, &new, 1))
    })
}

const THEIRS: &str = "[enc:AesProvider:dGhlaXJzdGhlaXJz:enc]";

pub(crate) static EDITS: [ForeignEdit; 14] = [
    ForeignEdit { name: "another secret", change: |b| slot(b, &[("password", Some(THEIRS))]) },
    ForeignEdit { name: "a secret in clear", change: |b| slot(b, &[("password", Some("somebody else's"))]) },
    ForeignEdit { name: "another account", change: |b| slot(b, &[("userName", Some("CONTOSO\\theirs"))]) },
    ForeignEdit { name: "another credential", change: |b| slot(b, &[("userName", Some("CONTOSO\\theirs")), ("password", Some(THEIRS))]) },
    ForeignEdit { name: "the removal of a secret", change: |b| slot(b, &[("password", None)]) },
    ForeignEdit {
        name: "the removal of a slot",
        change: |b| text(b, |t| Some(t.replacen(tag(t, &format!("<location path=\"{}\">", SITES[0]), SECTION)?, "", 1))),
    },
    ForeignEdit { name: "another identity of a pool", change: |b| pool(b, &[("identityType", Some("LocalSystem"))]) },
    ForeignEdit { name: "another password of a pool", change: |b| pool(b, &[("password", Some(THEIRS))]) },
    ForeignEdit { name: "the renaming of a site", change: |b| text(b, |t| Some(t.replace(SITES[0], "Renamed Web Site"))) },
    ForeignEdit { name: "the renaming of a pool", change: |b| text(b, |t| Some(t.replace("\"LyncIntFeature\"", "\"RenamedPool\""))) },
    ForeignEdit {
        name: "another attribute of a slot",
        change: |b| {
            text(b, |t| {
                let old = tag(t, &format!("<location path=\"{}\">", SITES[0]), SECTION)?;
                Some(t.replacen(old, &old.replacen(&format!("<{SECTION}"), &format!("<{SECTION} theirs=\"1\""), 1), 1))
            })
        },
    },
    ForeignEdit {
        name: "another encoding",
        change: |b| match decoded(b) {
            Some((text, false)) => Edited::Bytes(encoded(&text.trim_start_matches('\u{FEFF}').replacen("UTF-8", "UTF-16", 1), true)),
            Some((text, true)) => Edited::Bytes(encoded(&text.replacen("UTF-16", "UTF-8", 1), false)),
            None => Edited::Nothing,
        },
    },
    ForeignEdit { name: "the removal of the file", change: |_| Edited::Removed },
    ForeignEdit { name: "a torn copy", change: |b| Edited::Bytes(b[..b.len() / 2].to_vec()) },
];
