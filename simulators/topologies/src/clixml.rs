//! Export-Clixml.

use crate::objects::{Object, Value};
use crate::xml::Xml;
use std::collections::BTreeMap;

/// The document: no XML declaration, lines end in `\n`. Windows PowerShell writes it as UTF-16 with BOM.
#[must_use]
pub fn clixml(objects: &[Object]) -> String {
    let mut x = Xml::default();
    let mut ids = Ids::default();
    x.nest("Objs", &[("Version", "1.1.0.1"), ("xmlns", "http://schemas.microsoft.com/powershell/2004/04")], |x| {
        for o in objects {
            x.nest("Obj", &[("RefId", &ids.object())], |x| {
                ids.types(x, &[o.class, "System.Object"]);
                x.text("ToString", &[], &escape(&o.text));
                x.nest("Props", &[], |x| {
                    for (name, value) in &o.properties {
                        property(x, name, value, &mut ids);
                    }
                });
            });
        }
    });
    x.into_text()
}

/// Numbers of objects and of lists of type names.
#[derive(Default)]
struct Ids {
    objects: usize,
    types: BTreeMap<String, usize>,
}

impl Ids {
    fn object(&mut self) -> String {
        self.objects += 1;
        (self.objects - 1).to_string()
    }

    fn types(&mut self, x: &mut Xml, names: &[&str]) {
        let next = self.types.len();
        match self.types.get(names[0]) {
            Some(id) => x.leaf("TNRef", &[("RefId", &id.to_string())]),
            None => {
                self.types.insert(names[0].to_owned(), next);
                x.nest("TN", &[("RefId", &next.to_string())], |x| names.iter().for_each(|n| x.text("T", &[], n)));
            }
        }
    }
}

fn property(x: &mut Xml, name: &str, value: &Value, ids: &mut Ids) {
    match value {
        Value::Null => x.leaf("Nil", &[("N", name)]),
        Value::Text(text) => x.text("S", &[("N", name)], &escape(text)),
        Value::Number(number) => x.text("I32", &[("N", name)], &number.to_string()),
        Value::Flag(flag) => x.text("B", &[("N", name)], if *flag { "true" } else { "false" }),
        Value::List(items) => {
            let id = ids.object();
            x.nest("Obj", &[("N", name), ("RefId", &id)], |x| {
                ids.types(x, &["System.Collections.ObjectModel.Collection`1[[System.String]]", "System.Object"]);
                x.nest("LST", &[], |x| items.iter().for_each(|i| x.text("S", &[], &escape(i))));
            });
        }
    }
}

/// `_x000A_` and the like for control characters, and for an underscore that would look like one.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_control() || (c == '_' && rest[1..].starts_with('x')) {
            out.push_str(&format!("_x{:04X}_", u32::from(c)));
        } else {
            out.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn underscores_and_line_ends() {
        assert_eq!(super::escape("a_b\r\n_x_"), "a_b_x000D__x000A__x005F_x_");
    }
}
