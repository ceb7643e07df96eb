//! Export-Clixml of Active Directory objects.

use crate::objects::{Object, Value};
use std::fmt::Write;

/// The document: no XML declaration, lines end in `\n`. Windows PowerShell writes it as UTF-16 with BOM.
#[must_use]
pub fn clixml(objects: &[Object]) -> String {
    let mut out = String::from("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n");
    let mut ids = Ids { next: 0, types: Vec::new() };
    for o in objects {
        let _ = writeln!(out, "  <Obj RefId=\"{}\">", ids.object());
        ids.types(&mut out, "    ", o.class);
        let _ = writeln!(out, "    <ToString>{}</ToString>\n    <Props>", Escaped(&o.text));
        for (name, value) in &o.properties {
            property(&mut out, name, value, &mut ids);
        }
        out.push_str("    </Props>\n  </Obj>\n");
    }
    out.push_str("</Objs>\n");
    out
}

struct Ids {
    next: usize,
    types: Vec<&'static str>,
}

impl Ids {
    fn object(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn types(&mut self, out: &mut String, indent: &str, name: &'static str) {
        if let Some(id) = self.types.iter().position(|t| *t == name) {
            let _ = writeln!(out, "{indent}<TNRef RefId=\"{id}\" />");
        } else {
            let id = self.types.len();
            self.types.push(name);
            let _ = writeln!(out, "{indent}<TN RefId=\"{id}\">\n{indent}  <T>{name}</T>\n{indent}  <T>System.Object</T>\n{indent}</TN>");
        }
    }
}

/// Writing to a `String` does not fail: results of `write!` are dropped here.
fn property(out: &mut String, name: &str, value: &Value, ids: &mut Ids) {
    let name = Escaped(name);
    let _ = match value {
        Value::Null => writeln!(out, "      <Nil N=\"{name}\" />"),
        Value::Text(text) => writeln!(out, "      <S N=\"{name}\">{}</S>", Escaped(text)),
        Value::Number(n) if i32::try_from(*n).is_ok() => writeln!(out, "      <I32 N=\"{name}\">{n}</I32>"),
        Value::Number(n) => writeln!(out, "      <I64 N=\"{name}\">{n}</I64>"),
        Value::Flag(flag) => writeln!(out, "      <B N=\"{name}\">{flag}</B>"),
        Value::Date(time) => writeln!(out, "      <DT N=\"{name}\">{}</DT>", time.strftime("%Y-%m-%dT%H:%M:%SZ")),
        Value::Sid(sid) => {
            let _ = writeln!(out, "      <Obj N=\"{name}\" RefId=\"{}\">", ids.object());
            ids.types(out, "        ", "System.Security.Principal.SecurityIdentifier");
            writeln!(
                out,
                "        <ToString>{sid}</ToString>\n        <Props>\n          <I32 N=\"BinaryLength\">28</I32>\n          <S \
                 N=\"AccountDomainSid\">{}</S>\n          <S N=\"Value\">{sid}</S>\n        </Props>\n      </Obj>",
                sid.domain_text()
            )
        }
        Value::List(items) => {
            let _ = writeln!(out, "      <Obj N=\"{name}\" RefId=\"{}\">", ids.object());
            ids.types(out, "        ", "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection");
            out.push_str("        <LST>\n");
            for item in items {
                let _ = writeln!(out, "          <S>{}</S>", Escaped(item));
            }
            writeln!(out, "        </LST>\n      </Obj>")
        }
    };
}

/// Text with the escapes of XML and of Clixml.
struct Escaped<'t>(&'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rest = self.0;
        while let Some(c) = rest.chars().next() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                c if c.is_control() || (c == '_' && rest[1..].starts_with('x')) => write!(f, "_x{:04X}_", u32::from(c))?,
                c => f.write_char(c)?,
            }
            rest = &rest[c.len_utf8()..];
        }
        Ok(())
    }
}
