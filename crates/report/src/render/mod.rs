//! Texts for people, made from the formats.

mod advice;
mod annotations;
mod audit;
mod caret;
mod checkstyle;
mod concise;
mod coverage;
mod csv;
mod diff;
mod diff_markdown;
mod excerpt;
mod findings;
mod gitlab;
mod inventory;
mod json;
mod junit;
mod learn;
mod management_log;
mod markdown;
mod ndjson;
mod opening;
mod page;
mod plan;
mod preview;
mod proof;
mod report_format;
mod resolve;
mod rules;
mod run;
mod sarif;
mod servers;
mod slots;
mod text_writer;
mod told;
mod toml;
mod xml_writer;

pub use annotations::{azure, github};
pub use audit::{LOOKED_FOR, audit, verdict, verdict_sentence, verdict_word};
pub use checkstyle::checkstyle;
pub use concise::concise;
pub use csv::csv;
pub use diff::diff;
pub use diff_markdown::diff_markdown;
pub use gitlab::write_gitlab;
pub use inventory::inventory;
pub use json::{json, write_json};
pub use junit::junit;
pub use learn::{declaration, learn};
pub use management_log::management_log;
pub use markdown::markdown;
pub use ndjson::write_ndjson;
pub use page::page;
pub use plan::{plan, refused, runs};
pub use preview::preview;
pub use proof::proof;
pub use report_format::{ReportFormat, write_report};
pub use resolve::resolve;
pub use rules::{explain, rules};
pub use run::{outcome, status};
pub use sarif::{SarifProfile, write_sarif};
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
