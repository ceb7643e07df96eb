//! On which line of a `kerbsync.toml` a setting stands, so that it can be told where it comes from.

use kerbsync_source::{Source, Span};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// The line of every key, from 1, by its path: `thresholds.password_age_days`, `waivers[0].reason`.
pub(crate) fn lines(source: &Source) -> BTreeMap<String, u32> {
    let mut lines = BTreeMap::new();
    // What is no TOML was told before.
    if let Ok(table) = DeTable::parse(source.text()) {
        walk(source, "", table.get_ref(), &mut lines);
    }
    lines
}

fn walk(source: &Source, above: &str, table: &DeTable<'_>, lines: &mut BTreeMap<String, u32>) {
    for (key, value) in table.iter() {
        let path = if above.is_empty() { key.get_ref().to_string() } else { format!("{above}.{}", key.get_ref()) };
        lines.insert(path.clone(), line(source, key.span()));
        match value.get_ref() {
            DeValue::Table(table) => walk(source, &path, table, lines),
            DeValue::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    if let DeValue::Table(table) = item.get_ref() {
                        walk(source, &format!("{path}[{number}]"), table, lines);
                    }
                }
            }
            _ => {}
        }
    }
}

fn line(source: &Source, span: std::ops::Range<usize>) -> u32 {
    source.location(Span::new(span.start, span.end)).position.line
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;

    #[test]
    fn every_key_has_its_line() {
        let text = "operator = 'A\\b'\n\n[thresholds]\npassword_age_days = 9\n[[waivers]]\nrule = 'KS101'\n[[waivers]]\nreason = 'x'\n";
        let lines = lines(&Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap());
        let of = |key: &str| lines.get(key).copied();
        assert_eq!([of("operator"), of("thresholds.password_age_days")], [Some(1), Some(4)]);
        assert_eq!([of("waivers[0].rule"), of("waivers[1].reason"), of("waivers[2].reason")], [Some(6), Some(8), None]);
    }
}
