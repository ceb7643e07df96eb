//! The action plan: a table for spreadsheets with a row for everything that has to be done or decided, and columns to fill in.

use super::assessed::{Assessed, assessed};
use super::csv::row;
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, place, troubles, verdict_sentence};
use super::verdict_word;
use crate::format::{Finding, Report, Severity};
use std::collections::BTreeMap;

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "action-plan",
    help: "For spreadsheets: what to do, with columns to fill in",
    fingerprints: Fingerprints::Table { column: "fingerprint" },
    write: |report, _, out| out.write_all(action_plan(report).as_bytes()),
};

/// The names of the columns; the last ones are filled in by people.
const COLUMNS: [&str; 18] = [
    "item",
    "standing",
    "priority",
    "code",
    "weakness",
    "asset",
    "what was found",
    "why it matters",
    "what to do",
    "where",
    "controls",
    "found on",
    "fingerprint",
    "responsible",
    "due",
    "status",
    "done on",
    "remarks",
];

/// The table.
fn action_plan(report: &Report) -> String {
    let rules: BTreeMap<u16, Assessed<'_>> = assessed(report).into_iter().map(|rule| (rule.number, rule)).collect();
    let mut table = COLUMNS.join(",") + "\r\n";
    let found_on = report.time.get(..10).unwrap_or_default();
    let about = |standing: &str, text: String| {
        let mut cells: [String; 18] = Default::default();
        (cells[1], cells[6], cells[11]) = (standing.to_owned(), text, found_on.to_owned());
        cells
    };
    row(&mut table, &about("the run", format!("{}. {}", verdict_word(report.summary.conclusion), verdict_sentence(report))));
    troubles(report).into_iter().for_each(|trouble| row(&mut table, &about("the run", trouble.text)));
    for (n, finding) in report.findings.iter().enumerate() {
        row(&mut table, &cells(n + 1, finding, rules.get(&finding.number), found_on));
    }
    table
}

fn cells(n: usize, finding: &Finding, rule: Option<&Assessed<'_>>, found_on: &str) -> [String; 18] {
    let standing = Standing::of(finding);
    let at = place(finding).map(|place| {
        let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}", place.path)
    });
    // What is accepted has nobody who must act, and says so; everything else is open until somebody fills it in.
    let (status, remarks) = match (&finding.waived, standing) {
        (Some(reason), _) => ("accepted", format!("Waived: {reason}")),
        (None, Standing::Undecided) => ("to be decided", String::new()),
        (None, _) => ("open", String::new()),
    };
    [
        n.to_string(),
        standing.word().to_owned(),
        priority(standing).to_owned(),
        finding.code(),
        finding.title.to_string(),
        finding.server.as_ref().unwrap_or(&finding.subject).to_string(),
        finding.message.to_string(),
        rule.map(|r| r.doc("Why it matters").join(" ")).unwrap_or_default(),
        finding.help.as_deref().unwrap_or_default().lines().map(str::trim).collect::<Vec<_>>().join(" "),
        at.unwrap_or_default(),
        rule.map(|r| r.controls().join("; ")).unwrap_or_default(),
        found_on.to_owned(),
        finding.fingerprint.to_string(),
        String::new(),
        String::new(),
        status.to_owned(),
        String::new(),
        remarks,
    ]
}

const fn priority(standing: Standing) -> &'static str {
    match standing {
        Standing::Failed(Severity::Error) => "1",
        Standing::Failed(Severity::Warning) | Standing::Undecided => "2",
        Standing::Failed(Severity::Note) | Standing::Waived | Standing::Known => "3",
    }
}
