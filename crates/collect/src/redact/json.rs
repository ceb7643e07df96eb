//! JSON: keys, and harmless values.

use super::{is_plain_name, keep};
use serde_json::{Map, Value};

/// The document with every value that is not known to be harmless taken out; `None` for what is no JSON.
pub(super) fn rewrite(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    serde_json::to_string_pretty(&redacted(value, "")).ok().map(|text| text + "\n")
}

fn redacted(value: Value, name: &str) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(key, _)| is_plain_name(key)).map(|(key, value)| {
                // PowerShell wraps lists as { "value": […], "Count": n }.
                let of = if key.eq_ignore_ascii_case("value") && !name.is_empty() { name.to_owned() } else { key.clone() };
                let value = redacted(value, &of);
                (key, value)
            });
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|item| redacted(item, name)).collect()),
        Value::String(text) => Value::String(keep::value(name, &text).into_owned()),
        Value::Number(number) if !kerbsync_source::is_secret_name(name) || keep::is_kept(name, &number.to_string()) => {
            Value::Number(number)
        }
        Value::Number(_) => Value::String(kerbsync_source::TAKEN_OUT.to_owned()),
        other => other,
    }
}
