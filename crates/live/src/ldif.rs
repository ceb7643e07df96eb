//! Entries as LDIF (RFC 2849), the form in which `ldifde` exports them and the readers of exports take them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Distinguished name.
    pub(crate) dn: String,
    /// Values of an attribute, in the order in which the directory gave them.
    pub(crate) values: Vec<(String, Vec<u8>)>,
}

/// Writes entries in the order of their names, so that the same directory gives the same bytes.
pub(crate) fn write(mut entries: Vec<Entry>) -> String {
    entries.sort_by_cached_key(|e| e.dn.to_lowercase());
    let mut out = String::from("version: 1\n");
    for mut entry in entries {
        out.push('\n');
        line(&mut out, "dn", entry.dn.as_bytes());
        entry.values.sort_by_cached_key(|(name, _)| name.to_lowercase());
        for (name, value) in &entry.values {
            line(&mut out, name, value);
        }
    }
    out
}

fn line(out: &mut String, name: &str, value: &[u8]) {
    out.push_str(name);
    match std::str::from_utf8(value).ok().filter(|text| is_safe(text)) {
        Some(text) => {
            out.push_str(": ");
            out.push_str(text);
        }
        None => {
            out.push_str(":: ");
            STANDARD.encode_string(value, out);
        }
    }
    out.push('\n');
}

/// RFC 2849's SAFE-STRING, which also does not end in a blank.
fn is_safe(text: &str) -> bool {
    text.bytes().all(|b| b != 0 && b != b'\n' && b != b'\r' && b < 128) && !text.starts_with([' ', ':', '<']) && !text.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(dn: &str, values: &[(&str, &[u8])]) -> Entry {
        Entry { dn: dn.to_owned(), values: values.iter().map(|(n, v)| ((*n).to_owned(), v.to_vec())).collect() }
    }

    #[test]
    fn entries_and_attributes_are_in_order_and_awkward_values_are_encoded() {
        let entries = vec![
            entry("CN=b,DC=contoso,DC=com", &[("sAMAccountName", b"b$"), ("description", " K\u{f6}ln".as_bytes())]),
            entry("CN=a,DC=contoso,DC=com", &[("objectSid", &[1, 0, 255]), ("cn", b"a"), ("cn", b": x")]),
        ];
        insta::assert_snapshot!(write(entries), @r"
        version: 1

        dn: CN=a,DC=contoso,DC=com
        cn: a
        cn:: OiB4
        objectSid:: AQD/

        dn: CN=b,DC=contoso,DC=com
        description:: IEvDtmxu
        sAMAccountName: b$
        ");
    }
}
