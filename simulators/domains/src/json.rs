//! ConvertTo-Json of Windows PowerShell.

use crate::objects::{Object, Value};

/// The text: one object as `{}`, several as `[]`; dates as `\/Date(ms)\/`, a SID as the object that its class is.
#[must_use]
pub fn json(objects: &[Object]) -> String {
    let mut out = String::new();
    match objects {
        [one] => object(&mut out, one, 0),
        many => {
            out.push_str("[\n");
            for (i, o) in many.iter().enumerate() {
                out.push_str("    ");
                object(&mut out, o, 1);
                out.push_str(if i + 1 < many.len() { ",\n" } else { "\n" });
            }
            out.push(']');
        }
    }
    out.push('\n');
    out
}

fn object(out: &mut String, o: &Object, depth: usize) {
    out.push_str("{\n");
    for (i, (name, value)) in o.properties.iter().enumerate() {
        out.push_str(&"    ".repeat(depth + 1));
        string(out, name);
        out.push_str(":  ");
        match value {
            Value::Null => out.push_str("null"),
            Value::Text(text) => string(out, text),
            Value::Number(number) => out.push_str(&number.to_string()),
            Value::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Value::Date(time) => out.push_str(&format!("\"\\/Date({})\\/\"", time.as_millisecond())),
            Value::Sid(sid) => {
                out.push_str(&format!(
                    "{{\"BinaryLength\":  28, \"AccountDomainSid\":  \"{}\", \"Value\":  \"{sid}\"}}",
                    sid.domain_text()
                ));
            }
            Value::List(items) => {
                out.push('[');
                for (j, item) in items.iter().enumerate() {
                    if j > 0 {
                        out.push_str(", ");
                    }
                    string(out, item);
                }
                out.push(']');
            }
        }
        out.push_str(if i + 1 < o.properties.len() { ",\n" } else { "\n" });
    }
    out.push_str(&"    ".repeat(depth));
    out.push('}');
}

/// Windows PowerShell writes `'<>&` as `\u00XX`.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || matches!(c, '\'' | '<' | '>' | '&') => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
