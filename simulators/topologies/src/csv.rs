//! Export-Csv.

use crate::objects::{Object, Value};

/// The text: `#TYPE` line where asked for, quoted header, quoted rows. A collection is written as `joined` says: its items with that text
/// between them as careful users do, or else the name of its type as Export-Csv does by itself.
#[must_use]
pub fn csv(objects: &[Object], separator: char, type_line: bool, joined: Option<&str>) -> String {
    let mut out = String::new();
    let Some(first) = objects.first() else { return out };
    if type_line {
        out.push_str("#TYPE ");
        out.push_str(first.class);
        out.push('\n');
    }
    row(&mut out, separator, first.properties.iter().map(|p| p.0.to_owned()));
    for o in objects {
        row(
            &mut out,
            separator,
            o.properties.iter().map(|(_, value)| match value {
                Value::Null => String::new(),
                Value::Text(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Flag(flag) => if *flag { "True" } else { "False" }.to_owned(),
                Value::List(items) => joined
                    .map_or_else(|| "System.Collections.ObjectModel.Collection`1[System.String]".to_owned(), |between| items.join(between)),
            }),
        );
    }
    out
}

fn row(out: &mut String, separator: char, cells: impl Iterator<Item = String>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(separator);
        }
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    }
    out.push('\n');
}
