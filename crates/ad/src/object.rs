//! Objects of the Active Directory module for PowerShell.

use crate::DirectoryFacts;
use crate::entry::{Datum, Entry, Requested, kept, report};
use kerbsync_objects::{Object, Property, Value, is_secret_property};
use kerbsync_source::{DocumentId, Level, Origin, Problem, Spanned, text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Types of the Active Directory module that are read.
const TYPES: &[&str] = &["ADComputer", "ADUser", "ADObject", "ADGroup", "ADServiceAccount", "ADAccount", "ADPrincipal", "ADDomain"];

/// Attributes with several values, whose values a CSV cell joins.
const LISTS: &[&str] = &[
    "objectclass",
    "serviceprincipalname",
    "serviceprincipalnames",
    "memberof",
    "member",
    "members",
    "msds-allowedtodelegateto",
    "msds-keycredentiallink",
    "principalsallowedtodelegatetoaccount",
];

/// The directory facts of an export of objects; `None` where no object of Active Directory is among them.
///
/// `problems` holds what the reader of the objects noticed: after an error the export counts as cut.
///
/// An object is one of Active Directory when its type says so, or when it has a distinguished name and a class, an account name or a GUID.
#[must_use]
pub fn read_objects(objects: &[Object], document: DocumentId, problems: &mut Vec<Problem>) -> Option<DirectoryFacts> {
    let cut = problems.iter().any(|p| p.document == document && p.level == Level::Error);
    let mut reader = Reader {
        problems,
        secrets: BTreeMap::new(),
        lost: Vec::new(),
        nameless: None,
        part: DirectoryFacts { cut, ..DirectoryFacts::default() },
        entries: Vec::new(),
    };
    for object in objects {
        reader.object(object, 0);
    }
    reader.tell_nameless();
    crate::class::tell_peers(&mut reader.entries);
    for entry in &reader.entries {
        reader.part.take(entry, reader.problems);
    }
    reader.part.pack_rest();
    crate::facts::report_secrets(reader.problems, document, &reader.secrets);
    (!reader.entries.is_empty()).then_some(reader.part)
}

/// The most objects of one export that are kept: each takes some kilobytes beside what the export itself takes.
const MOST: usize = 65_536;

struct Reader<'p> {
    problems: &'p mut Vec<Problem>,
    secrets: BTreeMap<String, (usize, Origin)>,
    /// Attributes whose loss was reported.
    lost: Vec<&'static str>,
    /// The first object that has signs of one of the directory, and no distinguished name.
    nameless: Option<Origin>,
    part: DirectoryFacts,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    fn object(&mut self, object: &Object, depth: usize) {
        if self.entries.len() >= MOST {
            self.too_many(object);
        } else if let Some(entry) = self.entry(object) {
            self.entries.push(entry);
        } else if depth < 3 {
            // A script may have put several exports under one name each: { "computers": [ … ], "groups": [ … ] }.
            for property in &object.properties {
                self.inner(&property.value, depth);
            }
        }
    }

    /// What was read counts, and the rest proves nothing.
    fn too_many(&mut self, object: &Object) {
        if !std::mem::replace(&mut self.part.cut, true) {
            let message = text!("more than {MOST} objects: the rest is not read");
            report(
                self.problems,
                Level::Error,
                "ad-size",
                &object.origin,
                message,
                Some("Export only the accounts that matter, or all of them with ldifde."),
            );
        }
    }

    /// An object among others of the directory that has no name may be one that is looked for.
    fn tell_nameless(&mut self) {
        if let Some(origin) = self.nameless.take().filter(|_| !self.entries.is_empty()) {
            self.part.cut = true;
            let message = "an object without a distinguished name is left out";
            report(self.problems, Level::Warning, "ad-name", &origin, message, Some("Export DistinguishedName of every object."));
        }
    }

    fn inner(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Object(object) => self.object(object, depth + 1),
            Value::List(items) if depth < 3 => items.iter().for_each(|i| self.inner(i, depth + 1)),
            _ => {}
        }
    }

    fn entry(&mut self, object: &Object) -> Option<Entry> {
        let name = |n: &str| object.get(n).and_then(|p| Some((p.value.as_text()?, p.origin.clone())));
        let typed = TYPES.iter().find(|t| object.is_type(t));
        let marks = ["objectClass", "sAMAccountName", "objectGUID", "nETBIOSName"];
        if typed.is_none() && !marks.iter().any(|m| object.get(m).is_some()) {
            return None;
        }
        let Some((dn, dn_origin)) = name("DistinguishedName").or_else(|| name("DN")).filter(|(dn, _)| dn.contains('=')) else {
            self.nameless.get_or_insert_with(|| object.origin.clone());
            return None;
        };
        let mut entry = Entry {
            distinguished_name: Spanned::new(dn.trim().to_owned(), dn_origin),
            origin: object.origin.clone(),
            attributes: Vec::new(),
            requested: Requested::Unknown,
            unread: Vec::new(),
            peers: Arc::default(),
            cut: false,
            type_name: typed.map(|t| (*t).to_owned()),
        };
        for property in &object.properties {
            if is_secret_property(&property.name) {
                if !matches!(property.value, Value::Null) {
                    self.secrets.entry(property.name.clone()).or_insert((0, property.origin.clone())).0 += 1;
                }
            } else if let Some(known) = kept(&property.name) {
                self.attribute(&mut entry, known, property);
            }
        }
        Some(entry)
    }

    fn attribute(&mut self, entry: &mut Entry, name: &'static str, property: &Property) {
        if let Value::Lost(_) = property.value {
            entry.unread.push(name);
            let told = self.problems.iter().any(|p| p.code == "csv-collection" && p.location == property.origin.location());
            if !told && !self.lost.contains(&name) {
                self.lost.push(name);
                let message = text!("the values of '{}' were lost in the export: only the name of their type is left", property.name);
                let help = "Export with Export-Clixml, or with ConvertTo-Json -Depth 4.";
                report(self.problems, Level::Warning, "ad-lost", &property.origin, message, Some(help));
            }
            return;
        }
        let mut data = Vec::new();
        if !collect(&property.value, LISTS.contains(&name), &mut data) {
            entry.unread.push(name);
        }
        let values = data.into_iter().map(|d| Spanned::new(d, property.origin.clone()));
        entry.add(name, values, property.origin.clone());
    }
}

/// Adds what a property holds; tells whether that is all of it.
fn collect(value: &Value, list: bool, out: &mut Vec<Datum>) -> bool {
    match value {
        Value::Null => {}
        Value::Lost(_) => return false,
        Value::Bytes(bytes) => out.push(Datum::Bytes(bytes.clone())),
        Value::List(items) => {
            // A SID may come as a list of numbers.
            let bytes: Option<Vec<u8>> =
                items.iter().map(|i| if let Value::Integer(n) = i { u8::try_from(*n).ok() } else { None }).collect();
            match bytes.filter(|b| b.len() >= 12) {
                Some(bytes) => out.push(Datum::Bytes(bytes)),
                None => {
                    let whole: Vec<bool> = items.iter().map(|i| collect(i, list, out)).collect();
                    return !whole.contains(&false);
                }
            }
        }
        other => {
            let Some(text) = other.as_text() else { return false };
            if let Some(bytes) = hexadecimal(&text) {
                out.push(Datum::Bytes(bytes));
            } else if list {
                out.extend(split(&text).into_iter().map(|t| Datum::Text(t.to_owned())));
            } else if !text.trim().is_empty() {
                out.push(Datum::Text(text));
            }
        }
    }
    true
}

/// The values of a cell in which a user or `csvde` joined several: `a;b`, `a; b`; service principal names also with commas or blanks.
fn split(text: &str) -> Vec<&str> {
    let parts = |by: &[char]| text.split(by).map(str::trim).filter(|p| !p.is_empty()).collect::<Vec<_>>();
    let names = parts(&[';', ',', '|', ' ', '\n', '\r']);
    if names.len() > 1 && names.iter().all(|p| p.contains('/') && !p.contains('=')) {
        return names;
    }
    let distinguished = |p: &&str| p.get(..3).is_some_and(|s| s.eq_ignore_ascii_case("CN=") || s.eq_ignore_ascii_case("OU="));
    let parts = parts(&[';', '|', '\n', '\r']);
    // A distinguished name may hold a semicolon itself.
    if parts.first().is_some_and(distinguished) && !parts.iter().all(distinguished) { vec![text.trim()] } else { parts }
}

/// `X'0105…'`, as `csvde` writes bytes.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim().strip_prefix("X'")?.strip_suffix('\'')?;
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_cells_are_split() {
        assert_eq!(split("http/a.contoso.com; http/b.contoso.com"), ["http/a.contoso.com", "http/b.contoso.com"]);
        assert_eq!(split("http/a http/b"), ["http/a", "http/b"]);
        assert_eq!(split("http/a.contoso.com|http/b.contoso.com | http/c"), ["http/a.contoso.com", "http/b.contoso.com", "http/c"]);
        assert_eq!(split("CN=a,DC=b|CN=c,DC=b"), ["CN=a,DC=b", "CN=c,DC=b"]);
        assert_eq!(split("CN=a,DC=b;CN=c,DC=b"), ["CN=a,DC=b", "CN=c,DC=b"]);
        assert_eq!(split("CN=a\\;x,DC=b"), ["CN=a\\;x,DC=b"]);
        assert_eq!(split("top;person;user"), ["top", "person", "user"]);
        assert!(split(" ").is_empty());
        assert_eq!(hexadecimal("X'01ff'"), Some(vec![1, 255]));
        assert_eq!((hexadecimal("X'01f'"), hexadecimal("X'é'"), hexadecimal("01")), (None, None, None));
    }
}
