//! JSON, as `ConvertTo-Json` writes it.

use crate::allowance::{Allowance, path_label};
use crate::leaf::{flatten, text_value};
use crate::positions::Positions;
use crate::{MAX_DEPTH, MAX_VALUES, Object, Property, Value, is_secret_property};
use kerbsync_source::{Level, Origin, Problem, Source, Span, Text, is_harmless, text};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The objects of a JSON document: `{…}` is one, `[…]` several, `{"value": […], "Count": n}` (as Windows PowerShell wraps arrays) several.
///
/// A document that is cut or damaged gives the objects before the damage, and a problem with its place.
#[must_use]
pub fn read_json(source: &Source, problems: &mut Vec<Problem>) -> Vec<Object> {
    let text = source.text();
    let mut reader = Reader {
        text,
        positions: Positions::new(source),
        path: String::new(),
        allowance: Allowance::of(text.len()),
        left: MAX_VALUES,
        full: false,
        problems,
    };
    let mut parser = serde_json::Deserializer::from_str(text);
    let mut items: Vec<&RawValue> = Vec::new();
    let is_list = text.trim_start().starts_with('[');
    let result =
        if is_list { Items(&mut items).deserialize(&mut parser) } else { <&RawValue>::deserialize(&mut parser).map(|v| items.push(v)) };
    let result = result.and_then(|()| parser.end());
    let mut out = Vec::new();
    for item in items {
        reader.path = if is_list { format!("object[{}]", out.len() + 1) } else { "object".into() };
        let value = reader.value(item, 0);
        let origin = if matches!(value, Value::Object(_)) { Origin::document(source.document()) } else { reader.origin(item, "") };
        flatten(value, &origin, &mut out);
    }
    if let Err(e) = result {
        let at = offset(text, e.line(), e.column());
        // Behind a whole document stands the beginning of another one where two outputs were written to one file.
        let second = !out.is_empty() && e.to_string().starts_with("trailing characters") && text[at..].starts_with(['{', '[']);
        let (reason, help) = if e.is_eof() {
            ("the JSON document ends too early: it is cut", "Export the objects again with ConvertTo-Json -Depth 4.")
        } else if second {
            let reason = "a second JSON document begins here: it is not read, nor is what follows";
            (reason, "Write the output of each command to a file of its own, or put the objects into one list before ConvertTo-Json.")
        } else {
            ("this is not JSON: it is not read from here on", "Export the objects again with ConvertTo-Json -Depth 4.")
        };
        reader.problems.push(Problem {
            level: Level::Error,
            code: "json-syntax",
            document: source.document(),
            location: Some(source.location(Span::new(at, at))),
            message: reason.into(),
            help: Some(help.into()),
        });
    }
    out
}

/// The text offset of serde_json's line (from 1, ended by `\n`) and column (bytes, from 1).
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        None => 0,
        Some(nth) => text.bytes().enumerate().filter(|(_, b)| *b == b'\n').nth(nth).map_or(text.len(), |(i, _)| i + 1),
    };
    let mut at = start.saturating_add(column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Collects the items of a list one by one, so that those before an error are kept.
struct Items<'v, 'de>(&'v mut Vec<&'de RawValue>);

impl<'de> DeserializeSeed<'de> for Items<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            if self.0.len() >= MAX_VALUES {
                return Err(A::Error::custom("too many items"));
            }
            self.0.push(item);
        }
        Ok(())
    }
}

/// Members of one object; no class of the directory has a thousand attributes.
const MAX_MEMBERS: usize = 16_384;

/// The members of an object in order, values unread; one more than [`MAX_MEMBERS`] at most.
struct Members<'de>(Vec<(String, &'de RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while members.len() <= MAX_MEMBERS
                    && let Some(member) = map.next_entry()?
                {
                    members.push(member);
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

struct Reader<'s, 'p> {
    text: &'s str,
    positions: Positions<'s>,
    path: String,
    allowance: Allowance,
    left: usize,
    full: bool,
    problems: &'p mut Vec<Problem>,
}

impl<'s> Reader<'s, '_> {
    fn value(&mut self, raw: &'s RawValue, depth: usize) -> Value {
        let text = raw.get().trim();
        // A list or object is no text of its own: its members are counted.
        let own = if matches!(text.as_bytes().first(), Some(b'{' | b'[')) { 0 } else { text.len() };
        if self.left == 0 || depth > 2 * MAX_DEPTH || !self.allowance.take(own + self.path.len()) {
            self.left = if depth > 2 * MAX_DEPTH { self.left } else { 0 };
            return self.beyond_bounds(raw);
        }
        self.left -= 1;
        match text.as_bytes().first() {
            Some(b'{') => self.object(raw, depth),
            Some(b'[') => match serde_json::from_str::<Vec<&'s RawValue>>(raw.get()) {
                Ok(items) => {
                    let mut values = Vec::new();
                    for item in items {
                        values.push(self.value(item, depth + 1));
                        // The first that is beyond the bounds stands for all that follow.
                        if self.left == 0 {
                            break;
                        }
                    }
                    Value::List(values)
                }
                Err(_) => self.odd(raw),
            },
            Some(b'"') => match serde_json::from_str::<String>(text) {
                Ok(text) => text_value(text),
                Err(_) => self.odd(raw),
            },
            Some(b't') => Value::Boolean(true),
            Some(b'f') => Value::Boolean(false),
            Some(b'n') | None => Value::Null,
            Some(_) => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Integer),
        }
    }

    fn beyond_bounds(&mut self, raw: &'s RawValue) -> Value {
        if !self.full {
            self.full = true;
            let message = text!(
                "more than {MAX_VALUES} values or {MAX_DEPTH} levels, an object of more than {MAX_MEMBERS} members, or texts that repeat \
                 too much: the rest is left out"
            );
            self.report(Level::Error, "json-size", raw, message);
        }
        Value::Lost("beyond the bounds".into())
    }

    fn odd(&mut self, raw: &'s RawValue) -> Value {
        self.report(Level::Warning, "json-value", raw, "a value that is not valid JSON, such as half a surrogate pair");
        Value::Null
    }

    fn report(&mut self, level: Level, code: &'static str, raw: &'s RawValue, message: impl Into<Text>) {
        if self.problems.len() < 1000 {
            let span = self.span(raw);
            let problem = self.positions.problem(level, code, span, message, None);
            self.problems.push(problem);
        }
    }

    fn object(&mut self, raw: &'s RawValue, depth: usize) -> Value {
        let origin = self.origin(raw, "");
        let Ok(Members(members)) = serde_json::from_str::<Members<'s>>(raw.get()) else { return self.odd(raw) };
        if members.len() > MAX_MEMBERS {
            return self.beyond_bounds(raw);
        }
        let mut properties = Vec::with_capacity(members.len());
        for (name, raw) in members {
            let secret = is_secret_property(&name);
            let length = self.path.len();
            self.path.push('/');
            self.path.push_str(path_label(&name));
            let origin = self.origin(raw, if secret { "" } else { &name });
            let value = match raw.get().trim() {
                "null" => Value::Null,
                _ if secret => Value::Lost("not kept: a secret".into()),
                _ => self.value(raw, depth + 1),
            };
            self.path.truncate(length);
            properties.push(Property { name, value, origin });
        }
        unwrap(Object { type_names: Vec::new(), to_string: None, properties, origin })
    }

    fn span(&self, raw: &'s RawValue) -> Span {
        // The raw value is a slice of the text that is read.
        let start = (raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        Span::new(start, (start + raw.get().len()).min(self.text.len()))
    }

    /// The place of a value; the line is shown where it holds nothing but one property that may be shown.
    fn origin(&mut self, raw: &'s RawValue, shown: &str) -> Origin {
        let span = self.span(raw);
        self.positions.origin(span, &self.path, |line| {
            let line = line.strip_suffix(',').unwrap_or(line);
            !shown.is_empty()
                && line
                    .strip_suffix(raw.get())
                    .and_then(|l| l.trim_end().strip_suffix("\":")?.strip_prefix('"'))
                    .is_some_and(|name| name == shown && is_harmless(name, raw.get().trim().trim_matches('"')))
        })
    }
}

/// Undoes what PowerShell wraps: a date `{value, DisplayHint, DateTime}`, an array `{value: […], Count}`, a text `{value, PSPath, …}`; and takes
/// the text of an object that has a property `Value`, such as a SID.
fn unwrap(mut object: Object) -> Value {
    let Some(at) = object.properties.iter().position(|p| p.name.eq_ignore_ascii_case("value")) else {
        return Value::Object(Box::new(object));
    };
    match &object.properties[at].value {
        Value::Time(_) if object.get("DateTime").is_some() || object.get("DisplayHint").is_some() => {
            object.properties.swap_remove(at).value
        }
        Value::List(_) if object.get("Count").is_some() => object.properties.swap_remove(at).value,
        value @ Value::Text(_) => {
            object.to_string = value.as_text();
            Value::Object(Box::new(object))
        }
        _ => Value::Object(Box::new(object)),
    }
}
