//! Settings of this program: all of them, but for what looks like a secret.

use super::{is_plain_name, reads_as_settings};
use crate::config::LONGEST;
use kerbsync_source::{Shown, TAKEN_OUT};
use toml::Value;

/// The settings without comments; `None` for what is no settings file.
pub(super) fn rewrite(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let table: toml::Table = toml::from_str(text).ok()?;
    let Value::Table(table) = redacted(Value::Table(table)) else { return None };
    let out = toml::to_string(&table).ok()?;
    reads_as_settings(&out).then_some(out)
}

fn redacted(value: Value) -> Value {
    match value {
        Value::String(text) if Shown::masks(&text) => Value::String(TAKEN_OUT.to_owned()),
        Value::Array(items) => Value::Array(items.into_iter().map(redacted).collect()),
        Value::Table(table) => {
            Value::Table(table.into_iter().filter(|(key, _)| is_plain_name(key)).map(|(key, value)| (key, redacted(value))).collect())
        }
        other => other,
    }
}
