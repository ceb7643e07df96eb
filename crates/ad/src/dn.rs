//! Distinguished names.

/// The DNS name that the `DC=` parts of a distinguished name spell; `None` without any.
#[must_use]
pub fn domain_of(distinguished_name: &str) -> Option<String> {
    let labels: Vec<String> = parts(distinguished_name)
        .into_iter()
        .filter_map(|part| {
            let (kind, value) = part.split_once('=')?;
            kind.trim().eq_ignore_ascii_case("DC").then(|| value.trim().to_owned())
        })
        .filter(|label| !label.is_empty())
        .collect();
    (!labels.is_empty()).then(|| labels.join("."))
}

/// A distinguished name in lower case and without blanks around its parts, for comparing.
#[must_use]
pub fn distinguished_name_key(distinguished_name: &str) -> String {
    let part = |part: &str| match part.split_once('=') {
        Some((kind, value)) => format!("{}={}", kind.trim(), value.trim()),
        None => part.trim().to_owned(),
    };
    parts(distinguished_name).into_iter().map(part).collect::<Vec<_>>().join(",").to_lowercase()
}

/// The value of the first part: the common name.
pub(crate) fn first_value(distinguished_name: &str) -> &str {
    parts(distinguished_name).first().and_then(|p| p.split_once('=')).map_or("", |(_, v)| v.trim())
}

/// Whether the object's own part of the name is a common name.
pub(crate) fn is_named_cn(distinguished_name: &str) -> bool {
    parts(distinguished_name).first().and_then(|p| p.split_once('=')).is_some_and(|(kind, _)| kind.trim().eq_ignore_ascii_case("CN"))
}

/// Whether the name is that of a deleted object: below `CN=Deleted Objects`, or with what the deletion adds to a name (`\0ADEL:<GUID>`).
pub(crate) fn is_deleted(distinguished_name: &str) -> bool {
    let parts = parts(distinguished_name);
    let marked = parts.first().is_some_and(|p| p.contains("\\0ADEL:") || p.contains("\nDEL:"));
    marked || parts.iter().skip(1).any(|p| p.trim().eq_ignore_ascii_case("CN=Deleted Objects"))
}

/// The common name that an object had before it was deleted.
pub(crate) fn name_before_deletion(distinguished_name: &str) -> &str {
    let name = first_value(distinguished_name);
    name.split("\\0ADEL:").next().and_then(|n| n.split("\nDEL:").next()).unwrap_or(name)
}

/// Whether a text has the form of a distinguished name within a domain.
pub(crate) fn is_distinguished_name(text: &str) -> bool {
    let parts = parts(text);
    let kind = |part: &&str| {
        part.split_once('=').is_some_and(|(kind, _)| !kind.is_empty() && kind.trim().bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    parts.len() > 1 && parts.iter().all(kind) && domain_of(text).is_some()
}

/// Splits at commas that are neither escaped by a backslash nor within quotes.
fn parts(distinguished_name: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut escaped, mut quoted) = (0, false, false);
    for (i, c) in distinguished_name.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                out.push(&distinguished_name[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    out.push(&distinguished_name[start..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_commas_that_are_not_escaped() {
        let dn = r"CN=Kerb\, Auth,OU=Svc , DC=contoso,dc=Com";
        assert_eq!(domain_of(dn).as_deref(), Some("contoso.Com"));
        assert_eq!(distinguished_name_key(dn), r"cn=kerb\, auth,ou=svc,dc=contoso,dc=com");
        assert_eq!(first_value(dn), r"Kerb\, Auth");
        assert_eq!(domain_of("CN=x"), None);
        assert_eq!(first_value(""), "");
    }
}
