//! Single values.

use crate::{Object, Value};
use kerbsync_source::Origin;

/// A text as a value: a collection's type name is [`Value::Lost`], a date and time [`Value::Time`].
pub(crate) fn text_value(text: String) -> Value {
    if is_type_of_collection(&text) {
        Value::Lost(text)
    } else if is_time(&text) {
        Value::Time(text)
    } else {
        Value::Text(text)
    }
}

/// Whether a text is what `ToString` gives for a collection: the name of its type.
fn is_type_of_collection(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '`' | '[' | ']' | ',' | '=' | ' ' | '_' | '+' | '-');
    if !text.contains('.') || text.len() > 2000 || !text.chars().all(plain) || text.starts_with(['.', '[']) {
        return false;
    }
    let outer = text.split(['`', '[']).next().unwrap_or("");
    if outer.contains([' ', ',', '=']) {
        return false;
    }
    let last = outer.rsplit(['.', '+']).next().unwrap_or("");
    text.starts_with("System.Collections.")
        || (text.ends_with("[]") && outer.starts_with("System."))
        || (text.ends_with("[]") && outer.starts_with("Microsoft."))
        || (text.contains("`1[") && outer.contains('.'))
        || (outer.len() == text.len() && outer.starts_with("Microsoft.") && last.ends_with("Collection"))
}

/// Whether a text is a date with time: `/Date(…)/` or ISO 8601.
fn is_time(text: &str) -> bool {
    if let Some(number) = text.strip_prefix("/Date(").and_then(|r| r.strip_suffix(")/")) {
        return !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+'));
    }
    let bytes = text.as_bytes();
    let pattern = b"dddd-dd-ddTdd:dd:dd";
    bytes.len() >= pattern.len()
        && bytes.len() <= 40
        && bytes.iter().zip(pattern).all(|(b, p)| if *p == b'd' { b.is_ascii_digit() } else { b == p })
        && bytes[pattern.len()..].iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'Z' | b'+' | b'-' | b':'))
}

/// A type name without the prefixes that remoting, Import-Clixml and Select-Object put before it.
pub(crate) fn type_name(text: &str) -> String {
    let mut name = text.trim();
    while let Some(rest) = name.strip_prefix("Deserialized.").or_else(|| name.strip_prefix("Selected.")) {
        name = rest;
    }
    name.to_owned()
}

/// How an object is named in a path: the last part of its first type name, else `object`.
pub(crate) fn label(type_names: &[String]) -> &str {
    let name = type_names.first().map_or("", |t| t.split(['`', '[']).next().unwrap_or(""));
    match name.rsplit(['.', '+']).next() {
        None | Some("" | "PSCustomObject" | "Object") => "object",
        Some(last) => last,
    }
}

/// The objects that a value at the top of a document stands for: a list gives its items, a single text an object that is only its text.
pub(crate) fn flatten(value: Value, origin: &Origin, out: &mut Vec<Object>) {
    match value {
        Value::Object(object) => out.push(*object),
        Value::List(items) => items.into_iter().for_each(|i| flatten(i, origin, out)),
        Value::Null => {}
        other => {
            if let Some(text) = other.as_text() {
                out.push(Object {
                    type_names: vec!["System.String".into()],
                    to_string: Some(text),
                    properties: Vec::new(),
                    origin: origin.clone(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_of_collections_are_lost_values() {
        for text in [
            "System.Collections.ObjectModel.Collection`1[Microsoft.Rtc.Management.Deploy.Internal.Machine]",
            "System.Collections.Generic.List`1[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
            "System.String[]",
            "System.Object[]",
            "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection",
        ] {
            assert!(matches!(text_value(text.into()), Value::Lost(_)), "{text}");
        }
        for text in
            ["fe01.contoso.com", "1-WebServices-1", "System.String", "a [b]", "", "Microsoft.Rtc.Management.Deploy.Internal.Machine", ".[]"]
        {
            assert!(matches!(text_value(text.into()), Value::Text(_)), "{text}");
        }
    }

    #[test]
    fn dates_are_recognised() {
        for text in [
            "/Date(1541000000000)/",
            "/Date(-62135596800000)/",
            "2018-11-01T16:45:03",
            "2018-11-01T16:45:03.1234567+01:00",
            "2018-11-01T16:45:03Z",
        ] {
            assert!(matches!(text_value(text.into()), Value::Time(_)), "{text}");
        }
        for text in ["/Date()/", "2018-11-01", "2018-11-01 16:45:03", "/Date(x)/"] {
            assert!(matches!(text_value(text.into()), Value::Text(_)), "{text}");
        }
    }

    #[test]
    fn prefixes_of_type_names_are_dropped() {
        assert_eq!(
            type_name("Selected.Deserialized.Microsoft.Rtc.Management.Xds.DisplayWebServer"),
            "Microsoft.Rtc.Management.Xds.DisplayWebServer"
        );
    }
}
