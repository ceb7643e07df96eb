//! Values of objects as the texts that they stand for.

use crate::model::role_from_cmdlet;
use kerbsync_names::{HostName, SiteId};
use kerbsync_objects::{Object, Value};
use kerbsync_source::Spanned;

/// A property as text, trimmed; `None` when missing, null or empty.
pub(super) fn text(object: &Object, name: &str) -> Option<String> {
    let text = object.get(name)?.value.as_text()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The same with its place.
pub(super) fn spanned_text(object: &Object, name: &str) -> Option<Spanned<String>> {
    Some(Spanned::new(text(object, name)?, object.get(name)?.origin.clone()))
}

/// A property as a host name.
pub(super) fn host(object: &Object, name: &str) -> Option<Spanned<HostName>> {
    let text = spanned_text(object, name)?;
    Some(Spanned::new(HostName::new(&text.value)?, text.origin))
}

/// A property as a boolean, also written as text.
pub(super) fn boolean(object: &Object, name: &str) -> Option<bool> {
    match &object.get(name)?.value {
        Value::Boolean(b) => Some(*b),
        other => match other.as_text()?.trim().to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
    }
}

/// Several texts. A single text that a user joined (`a; b`, `a, b`, or `a b` without colons) is taken apart. `None` where values were lost.
pub(super) fn list(value: &Value) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let lists_within = match value {
        Value::List(items) => items.iter().any(|i| matches!(i, Value::Lost(_))),
        _ => false,
    };
    if lists_within {
        return None;
    }
    for item in value.as_list()? {
        let item = item.trim().trim_start_matches('{').trim_end_matches('}');
        let blanks_part = !item.contains(':');
        let parts = item.split(|c: char| matches!(c, ';' | ',' | '\r' | '\n') || (blanks_part && c.is_whitespace()));
        out.extend(parts.map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned));
    }
    Some(out)
}

/// The objects that a value holds.
pub(super) fn objects(value: &Value) -> Vec<&Object> {
    match value {
        Value::Object(o) => vec![o],
        Value::List(items) => items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

/// A service as cmdlets name it: `WebServer:pool01.contoso.com`.
#[derive(Debug, Clone)]
pub(super) struct ServiceName {
    /// Role in the words of documents.
    pub(super) role: String,
    /// Whether the role was `Director`.
    pub(super) director: bool,
    /// Whether the role is one that is known.
    pub(super) known: bool,
    /// The pool.
    pub(super) pool: HostName,
}

impl ServiceName {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (role, pool) = text.split_once(':')?;
        let role = role.trim();
        if role.is_empty() || !role.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let known = role_from_cmdlet(role);
        Some(Self {
            role: known.unwrap_or(role).to_owned(),
            director: role.eq_ignore_ascii_case("Director"),
            known: known.is_some(),
            pool: HostName::new(pool)?,
        })
    }
}

/// A printed service id, `1-WebServices-1`, taken apart from the right: site ids may hold hyphens.
pub(super) fn service_id(text: &str) -> Option<(SiteId, String)> {
    let (rest, instance) = text.trim().rsplit_once('-')?;
    let (site, role) = rest.rsplit_once('-')?;
    if role.is_empty() || instance.is_empty() || !instance.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((SiteId::new(site)?, role.to_owned()))
}

/// What names a site in objects.
#[derive(Debug, Clone)]
pub(super) enum SiteRef {
    /// `Site:Redmond`, or a bare name.
    Name(String),
    /// A site id.
    Id(SiteId),
}

impl SiteRef {
    /// Reads `Site:<name>`; anything else is taken as a name too, which may turn out to be an id.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let name = match text.split_once(':') {
            Some((scope, name)) if scope.trim().eq_ignore_ascii_case("site") => name.trim(),
            _ => text,
        };
        (!name.is_empty()).then(|| Self::Name(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_ids_are_split_from_the_right() {
        let (site, role) = service_id("north-west-WebServices-12").unwrap();
        assert_eq!((site.as_str(), role.as_str()), ("north-west", "WebServices"));
        assert!(service_id("WebServices-1").is_none());
        assert!(service_id("1-WebServices-").is_none());
    }

    #[test]
    fn joined_cells_are_taken_apart_and_type_names_are_not() {
        let joined = |t: &str| list(&Value::Text(t.into()));
        assert_eq!(joined("fe01.contoso.com; fe02.contoso.com").unwrap().len(), 2);
        assert_eq!(joined("{fe01.contoso.com, fe02.contoso.com}").unwrap(), ["fe01.contoso.com", "fe02.contoso.com"]);
        assert_eq!(joined("Registrar: pool01.contoso.com").unwrap(), ["Registrar: pool01.contoso.com"]);
        assert!(list(&Value::Lost("System.Object[]".into())).is_none());
    }
}
