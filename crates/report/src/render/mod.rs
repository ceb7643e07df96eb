//! Texts for people and programs, made from the formats.
//!
//! A new format of the audit's report is a file with a `FORMAT` and nothing else: the block below is written by a test of this crate, which
//! fails once when the block was out of date. It puts a new one at the end; users are told of formats in the order of the list, so move its
//! line to where they would look for it.

mod advice;
mod annotations;
mod assessed;
mod caret;
mod checklist;
mod coverage;
mod derivation;
mod diff;
mod diff_markdown;
mod excerpt;
mod findings;
mod glossary;
mod guides;
mod html_writer;
mod inventory;
mod learn;
mod management_log;
mod map;
mod opening;
mod page;
mod plan;
mod preview;
mod probe;
mod proof;
mod report_format;
mod resolve;
mod rules;
mod run;
mod script;
mod servers;
mod slots;
mod text_writer;
mod told;
mod toml;
mod uuid;
mod xml_writer;

// formats:begin
mod action_plan;
mod audit;
mod azure;
mod checkstyle;
mod ckl;
mod cklb;
mod concise;
mod csv;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod ndjson;
mod oscal;
mod sarif;
mod svg;
mod xccdf;

/// Every format of the audit's report, in the order in which users are told of them.
#[rustfmt::skip]
pub static REPORT_FORMATS: &[&ReportFormat] = &[
    &audit::FORMAT,
    &concise::FORMAT,
    &json::FORMAT,
    &ndjson::FORMAT,
    &markdown::FORMAT,
    &html::FORMAT,
    &svg::FORMAT,
    &csv::FORMAT,
    &action_plan::FORMAT,
    &sarif::FORMAT,
    &junit::FORMAT,
    &github::FORMAT,
    &gitlab::FORMAT,
    &azure::FORMAT,
    &checkstyle::FORMAT,
    &ckl::FORMAT,
    &cklb::FORMAT,
    &xccdf::FORMAT,
    &oscal::FORMAT,
];
// formats:end

pub use audit::{LOOKED_FOR, audit, verdict, verdict_sentence, verdict_word};
pub use diff::diff;
pub use diff_markdown::diff_markdown;
pub use glossary::{Meaning, meanings};
pub use inventory::inventory;
pub use json::{json, write_json};
pub use learn::{declaration, learn};
pub use management_log::management_log;
pub use page::page;
pub use plan::{plan, refused, runs};
pub use preview::preview;
pub use probe::probe;
pub use proof::proof;
pub use report_format::{Fingerprints, ReportFormat, ReportOptions, write_report};
pub use resolve::resolve;
pub use rules::{explain, explain_finding, explain_item, rules};
pub use run::{outcome, status};
pub use sarif::SarifProfile;
pub use script::{ansible, powershell};
pub use slots::slots;
pub use text_writer::clean;
pub use toml::toml_text;

/// How a text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextOptions {
    /// Whether colours may be used.
    pub color: bool,
    /// Columns that a line should not pass. Names and paths are never cut or broken, so some lines are longer.
    pub width: usize,
    /// 0 what needs attention, 1 also what passed and long lists in full, 2 also what did not apply.
    pub verbosity: u8,
}

impl TextOptions {
    /// No colour, 100 columns, only what needs attention.
    pub const PLAIN: Self = Self { color: false, width: 100, verbosity: 0 };
}
