//! CSV: columns, and harmless cells.

use super::{is_plain_name, keep};

/// The table with every cell that is not known to be harmless taken out; `None` for what is no table.
pub(super) fn rewrite(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text.trim_start();
    if rest.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("#TYPE ")) {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if keep::is_kept("typename", line[6..].trim()) {
            out.push_str(&format!("{}\r\n", line.trim_end()));
        }
        rest = after;
    }
    let separator = kerbsync_objects::csv_separator(rest);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(rest.as_bytes());
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .delimiter(separator)
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let mut header: Option<Vec<String>> = None;
    for record in reader.records() {
        let record = record.ok()?;
        let cells: Vec<String> = match &header {
            None => record.iter().map(|c| if is_plain_name(c.trim()) { c.to_owned() } else { "column".to_owned() }).collect(),
            Some(names) => {
                let name = |i: usize| names.get(i).map_or("", |n| n.trim());
                record.iter().enumerate().map(|(i, cell)| cell_of(name(i), cell)).collect()
            }
        };
        writer.write_record(&cells).ok()?;
        header.get_or_insert(cells);
    }
    out.push_str(&String::from_utf8(writer.into_inner().ok()?).ok()?);
    Some(out)
}

/// A cell, or each of the values that it joins.
fn cell_of(name: &str, cell: &str) -> String {
    for separator in ["|", ";"] {
        if cell.contains(separator) && cell.split(separator).all(|part| keep::is_kept(name, part)) {
            return cell.to_owned();
        }
    }
    let words = || cell.split_whitespace();
    if words().count() > 1 && words().all(|part| keep::is_kept(name, part)) {
        return cell.to_owned();
    }
    keep::value(name, cell).into_owned()
}
