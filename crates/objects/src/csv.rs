//! CSV, as `Export-Csv` writes it.

use crate::allowance::{Allowance, MAX_LABEL};
use crate::leaf::{label, text_value, type_name};
use crate::positions::Positions;
use crate::{MAX_VALUES, Object, Property, Value, is_secret_property};
use kerbsync_source::{Level, Problem, Shown, Source, Span, text};

/// Columns one of which every export has that kerbsync can use.
const KNOWN: &[&str] = &["Identity", "Fqdn", "PoolFqdn", "SiteId", "UserAccount", "DistinguishedName", "SamAccountName", "DN"];

/// The most columns that are read.
const MAX_COLUMNS: usize = 4096;

/// Whether a text begins like a CSV export of objects: a `#TYPE` line, or a header that names a property such as `Identity` or `Fqdn`.
#[must_use]
pub fn looks_like_csv(text: &str) -> bool {
    let Some((line, _)) = first_line(text) else { return false };
    if line.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("#TYPE ")) {
        return true;
    }
    let cells = header(line, separator(line));
    let name = |c: &String| {
        c.starts_with(|f: char| f.is_ascii_alphabetic())
            && c.chars().all(|x| x.is_ascii_alphanumeric() || matches!(x, '-' | '_' | ' ' | '.' | ';' | '='))
    };
    (line.starts_with('"') || cells.len() > 1)
        && cells.iter().all(name)
        && cells.iter().any(|c| KNOWN.iter().any(|k| k.eq_ignore_ascii_case(c)))
}

/// What the head of a CSV export says: the type of its `#TYPE` line, and the names of its columns.
#[must_use]
pub fn csv_head(text: &str) -> (Option<String>, Vec<String>) {
    let Some((line, start)) = first_line(text) else { return (None, Vec::new()) };
    if !line.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("#TYPE ")) {
        return (None, header(line, separator(line)));
    }
    let columns = first_line(&text[start + line.len()..]).map_or_else(Vec::new, |(next, _)| header(next, separator(next)));
    (Some(type_name(&line[6..])), columns)
}

/// The first line that is not blank, without its line end, and its offset.
fn first_line(text: &str) -> Option<(&str, usize)> {
    let start = text.find(|c: char| !c.is_whitespace())?;
    let rest = &text[start..];
    Some((rest[..rest.find(['\r', '\n']).unwrap_or(rest.len())].trim_end(), start))
}

/// The separator of a table, by its first line that is not blank.
#[must_use]
pub fn csv_separator(text: &str) -> u8 {
    first_line(text).map_or(b',', |(line, _)| separator(line))
}

/// The separator of a header line: what stands most often outside quotes of comma, semicolon and tab.
fn separator(line: &str) -> u8 {
    let mut quoted = false;
    let (mut comma, mut semicolon, mut tab) = (0usize, 0usize, 0usize);
    for b in line.bytes() {
        match b {
            b'"' => quoted = !quoted,
            b',' if !quoted => comma += 1,
            b';' if !quoted => semicolon += 1,
            b'\t' if !quoted => tab += 1,
            _ => {}
        }
    }
    if semicolon > comma && semicolon >= tab {
        b';'
    } else if tab > comma {
        b'\t'
    } else {
        b','
    }
}

fn builder(separator: u8) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator);
    builder
}

fn header(line: &str, separator: u8) -> Vec<String> {
    let mut record = csv::StringRecord::new();
    match builder(separator).from_reader(line.as_bytes()).read_record(&mut record) {
        Ok(true) => record.iter().take(MAX_COLUMNS).map(|c| c.trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// The objects of a CSV document, one a row.
///
/// Cells are texts, except `True`, `False`, whole numbers and dates with time. An empty cell is null. A cell that only holds the type name of a
/// collection is [`Value::Lost`], and one problem for its column says which command keeps the values.
#[must_use]
pub fn read_csv(source: &Source, problems: &mut Vec<Problem>) -> Vec<Object> {
    let text = source.text();
    let mut positions = Positions::new(source);
    let Some((line, mut start)) = first_line(text) else { return Vec::new() };
    let mut type_names = Vec::new();
    if line.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("#TYPE ")) {
        type_names.push(type_name(&line[6..]));
        start += line.len();
    }
    let Some((line, offset)) = first_line(&text[start..]) else { return Vec::new() };
    start += offset;
    let mut reader = builder(separator(line)).from_reader(&text.as_bytes()[start..]);
    let mut record = csv::StringRecord::new();
    let mut names: Vec<String> = Vec::new();
    let mut labels: Vec<String> = Vec::new();
    let mut lost: Vec<bool> = Vec::new();
    let mut out: Vec<Object> = Vec::new();
    let mut left = MAX_VALUES;
    let mut allowance = Allowance::of(text.len());
    loop {
        let begin = start.saturating_add(usize::try_from(reader.position().byte()).unwrap_or(usize::MAX)).min(text.len());
        match reader.read_record(&mut record) {
            Ok(true) => {}
            // The text is UTF-8 and rows may differ in length: nothing else can fail in memory.
            Ok(false) | Err(_) => break,
        }
        let end = start.saturating_add(usize::try_from(reader.position().byte()).unwrap_or(usize::MAX)).clamp(begin, text.len());
        let row = text.get(begin..end).unwrap_or("");
        let blank = row.len() - row.trim_start_matches(['\r', '\n']).len();
        let span = Span::new(begin + blank, begin + blank.max(row.trim_end().len()));
        if names.is_empty() {
            // A name of any length would be repeated in each row.
            let name = |c: &str| if c.len() <= MAX_LABEL { c.trim().to_owned() } else { "(long name)".to_owned() };
            names = record.iter().take(MAX_COLUMNS).map(name).collect();
            // Without a header the first row holds values: they are not repeated as names.
            let header = names.iter().any(|n| KNOWN.iter().any(|k| k.eq_ignore_ascii_case(n)));
            let label = |(i, name): (usize, &String)| match Shown::of(name) {
                shown if header && name.len() <= MAX_LABEL && shown.as_str() == name => shown.into_string(),
                _ => format!("column {}", i + 1),
            };
            labels = names.iter().enumerate().map(label).collect();
            lost = vec![false; names.len()];
            continue;
        }
        // `Export-Csv -Append` writes no second header; `>>` and `ConvertTo-Csv` do.
        let again = record.iter().map(str::trim).eq(names.iter().map(String::as_str)) && !names.is_empty();
        let typed = record.get(0).is_some_and(|c| c.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("#TYPE ")));
        if again || typed {
            let message = "a second CSV document begins here: it is not read, nor is what follows";
            let help = Some("Write the output of each command to a file of its own.");
            problems.push(positions.problem(Level::Error, "csv-second", span, message, help));
            break;
        }
        // The last row has fewer cells than the header, or its last cell has a quote that nothing closes.
        if end == text.len()
            && (ends_within_quotes(&row[blank..], separator(line)) || (record.len() < names.len() && !text.ends_with(['\r', '\n'])))
        {
            let message = "the file ends within a row: it is cut";
            problems.push(positions.problem(Level::Error, "csv-cut", span, message, Some("Export the objects again.")));
            break;
        }
        // `Export-Csv` ends every row with a line end: without one, and without a quote, nothing shows that the last value is all there. One
        // that another row has too is.
        if end == text.len() && record.len() == names.len() && !text.ends_with(['\r', '\n', '"']) {
            let last = cell_value(record.iter().next_back().unwrap_or(""));
            if !out.iter().any(|o| o.properties.last().is_some_and(|p| same(&p.value, &last))) {
                let message = "the file ends without a line end: its last value may be cut, and its last row is left out";
                let help = "Export the objects again; where the value is all there, put a line end behind it.";
                problems.push(positions.problem(Level::Error, "csv-cut", span, message, Some(help)));
                break;
            }
        }
        if record.len() != names.len() && problems.len() < 1000 {
            let message = text!("a row of {} cells under a header of {}", record.len(), names.len());
            problems.push(positions.problem(
                Level::Warning,
                "csv-row",
                span,
                message,
                Some("Look for a quote or separator that was edited by hand."),
            ));
        }
        left = left.saturating_sub(record.len());
        if !names.iter().zip(&record).all(|(name, cell)| allowance.take(2 * name.len() + cell.len() + 40)) {
            left = 0;
        }
        if left == 0 {
            let message = text!("the document holds more than {MAX_VALUES} cells, or more than memory is spent on: the rest is left out");
            problems.push(positions.problem(Level::Error, "csv-size", span, message, Some("Export fewer objects or fewer properties.")));
            break;
        }
        let path = format!("{}[{}]", label(&type_names), out.len() + 1);
        let origin = positions.origin(span, &path, |_| false);
        let mut properties = Vec::with_capacity(names.len());
        for (i, (name, cell)) in names.iter().zip(&record).enumerate() {
            let origin = origin.clone().with_element(format!("{path}/{}", labels[i]));
            let value =
                if is_secret_property(name) && !cell.is_empty() { Value::Lost("not kept: a secret".into()) } else { cell_value(cell) };
            if matches!(value, Value::Lost(_)) && !is_secret_property(name) && !std::mem::replace(&mut lost[i], true) {
                problems.push(Problem {
                    level: Level::Warning,
                    code: "csv-collection",
                    document: source.document(),
                    location: origin.location(),
                    message: text!("the column '{}' holds the name of a collection's type: Export-Csv has lost the values", labels[i]),
                    help: Some("Export with Export-Clixml, or with ConvertTo-Json -Depth 4.".into()),
                });
            }
            properties.push(Property { name: name.clone(), value, origin });
        }
        out.push(Object { type_names: type_names.clone(), to_string: None, properties, origin });
    }
    out
}

/// Whether the last cell of a row begins with a quote that is not closed.
fn ends_within_quotes(row: &str, separator: u8) -> bool {
    let mut is_open = false;
    let mut is_begin = true;
    let mut bytes = row.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, is_open) {
            (b'"', false) => is_open = is_begin,
            // Two quotes stand for one.
            (b'"', true) => is_open = bytes.next_if_eq(&b'"').is_some(),
            _ => {}
        }
        is_begin = byte == separator && !is_open;
    }
    is_open
}

/// Whether two cells hold the same.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Null, Value::Null) => true,
        (Value::Text(a), Value::Text(b)) | (Value::Time(a), Value::Time(b)) => a == b,
        (Value::Boolean(a), Value::Boolean(b)) => a == b,
        (Value::Integer(a), Value::Integer(b)) => a == b,
        _ => false,
    }
}

fn cell_value(cell: &str) -> Value {
    match cell.trim() {
        "" => Value::Null,
        "True" | "TRUE" | "true" => Value::Boolean(true),
        "False" | "FALSE" | "false" => Value::Boolean(false),
        text => match text.parse::<i64>() {
            // Only where the number prints as it was written: '007' and '+1' stay texts.
            Ok(number) if number.to_string() == text => Value::Integer(number),
            _ => text_value(cell.to_owned()),
        },
    }
}
