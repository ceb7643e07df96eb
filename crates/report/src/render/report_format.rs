//! The formats that a report can be written in.

use super::{
    SarifProfile, TextOptions, audit, azure, checkstyle, concise, csv, github, junit, markdown, write_gitlab, write_json, write_ndjson,
    write_sarif,
};
use crate::format::Report;
use std::io::{self, Write};

/// A format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// One line a finding.
    Concise,
    /// `kerbsync.report/v1`, all of it.
    Json,
    /// The same as lines.
    Ndjson,
    /// For pull requests and tickets.
    Markdown,
    /// For spreadsheets.
    Csv,
    /// SARIF 2.1.0.
    Sarif(SarifProfile),
    /// JUnit.
    Junit,
    /// Annotations of GitHub.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// Issues of Azure Pipelines.
    Azure,
    /// Checkstyle.
    Checkstyle,
}

impl ReportFormat {
    /// Every format, in the order in which users are told of them.
    pub const ALL: &[Self] = &[
        Self::Text,
        Self::Concise,
        Self::Json,
        Self::Ndjson,
        Self::Markdown,
        Self::Csv,
        Self::Sarif(SarifProfile::Full),
        Self::Sarif(SarifProfile::Github),
        Self::Junit,
        Self::Github,
        Self::Gitlab,
        Self::Azure,
        Self::Checkstyle,
    ];
}

/// Writes a report in a format. What `options` say counts for text alone.
///
/// # Errors
/// Those of `out`.
pub fn write_report(report: &Report, format: ReportFormat, options: &TextOptions, mut out: impl Write) -> io::Result<()> {
    let text = match format {
        ReportFormat::Json => return write_json(report, out),
        ReportFormat::Ndjson => return write_ndjson(report, out),
        ReportFormat::Sarif(profile) => return write_sarif(report, profile, out),
        ReportFormat::Gitlab => return write_gitlab(report, out),
        ReportFormat::Text => audit(report, options),
        ReportFormat::Concise => concise(report),
        ReportFormat::Markdown => markdown(report),
        ReportFormat::Csv => csv(report),
        ReportFormat::Junit => junit(report)?,
        ReportFormat::Github => github(report),
        ReportFormat::Azure => azure(report),
        ReportFormat::Checkstyle => checkstyle(report)?,
    };
    out.write_all(text.as_bytes())
}
