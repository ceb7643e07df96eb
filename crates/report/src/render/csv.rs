//! Findings as a table for spreadsheets, RFC 4180. The first row below the heading is the run itself, so that an empty table is no clean bill.

use super::clean;
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{place, troubles, verdict_sentence};
use super::verdict_word;
use crate::format::{Finding, Report};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "csv",
    help: "For spreadsheets",
    fingerprints: Fingerprints::Table { column: "fingerprint" },
    write: |report, _, out| out.write_all(csv(report).as_bytes()),
};

/// The names of the columns.
const COLUMNS: [&str; 18] = [
    "record",
    "code",
    "rule",
    "severity",
    "outcome",
    "waived",
    "server",
    "site",
    "subject_kind",
    "subject",
    "message",
    "help",
    "path",
    "line",
    "column",
    "element",
    "fingerprint",
    "time",
];

/// The table.
fn csv(report: &Report) -> String {
    let mut table = COLUMNS.join(",") + "\r\n";
    let run = |outcome: &str, message: &str| {
        let mut cells: [String; 18] = Default::default();
        cells[0] = "run".to_owned();
        cells[4] = outcome.to_owned();
        cells[10] = message.to_owned();
        cells[17].clone_from(&report.time);
        cells
    };
    row(&mut table, &run(verdict_word(report.summary.conclusion), &verdict_sentence(report)));
    for trouble in troubles(report) {
        row(&mut table, &run(if trouble.grave { "error" } else { "informational" }, &trouble.text));
    }
    report.findings.iter().for_each(|finding| row(&mut table, &cells(finding, &report.time)));
    table
}

fn cells(finding: &Finding, time: &str) -> [String; 18] {
    let place = place(finding);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
    [
        "finding".to_owned(),
        finding.code(),
        finding.rule.to_string(),
        finding.severity.name().to_owned(),
        finding.outcome.name().to_owned(),
        text(finding.waived.as_deref()),
        text(finding.server.as_deref()),
        text(finding.site.as_deref()),
        finding.subject_kind.to_string(),
        finding.subject.to_string(),
        finding.message.to_string(),
        text(finding.help.as_deref()).lines().map(str::trim).collect::<Vec<_>>().join(" "),
        text(place.map(|p| p.path.as_str())),
        number(place.and_then(|p| p.line)),
        number(place.and_then(|p| p.column)),
        text(place.and_then(|p| p.element.as_deref())),
        finding.fingerprint.to_string(),
        time.to_owned(),
    ]
}

/// A row of a table.
pub(super) fn row(table: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    table.push_str(&cells.join(","));
    table.push_str("\r\n");
}

/// A cell. What a spreadsheet would evaluate gets the apostrophe before it that makes it text.
fn quoted(cell: &str) -> String {
    let cell = clean(cell);
    let evaluated = cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠']) || cell.starts_with('\t');
    let guarded = if evaluated { format!("'{cell}") } else { cell.into_owned() };
    match guarded.contains(['"', ',', ';', '\t', '\'']) || guarded.starts_with(' ') {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_a_formula() {
        for (cell, written) in [
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            (" -1", "\"' -1\""),
            ("a=1", "a=1"),
            ("say \"no\", twice", "\"say \"\"no\"\", twice\""),
            ("a\nb", "a b"),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }

    proptest! {
        #[test]
        fn no_cell_begins_as_a_formula_or_breaks_out(cell in "[=+@ \t\r\n\"',a-]{0,8}") {
            let written = quoted(&cell);
            let inner = written.strip_prefix('"').and_then(|w| w.strip_suffix('"')).map_or_else(|| written.clone(), |w| w.replace("\"\"", "\u{1}"));
            prop_assert!(!inner.contains('"') && !written.contains(['\r', '\n']), "{}", written);
            prop_assert!(!inner.trim_start().starts_with(['=', '+', '-', '@']), "{}", written);
        }
    }
}
