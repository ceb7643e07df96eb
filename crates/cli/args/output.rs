//! In what formats documents are written, and where to.

use clap::builder::PossibleValue;
use clap::{ArgAction, Args, ValueEnum};
use kerbsync_report::render;
use std::path::PathBuf;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

/// In what a report can be written: one of the formats that `kerbsync_report` has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReportFormat(pub(crate) &'static render::ReportFormat);

impl ValueEnum for ReportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<ReportFormat>> = LazyLock::new(|| render::REPORT_FORMATS.iter().copied().map(ReportFormat).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name).help(self.0.help))
    }
}

/// In what a comparison can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For a comment on a pull request, of at most 64 KiB
    Markdown,
}

/// Whom SARIF is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SarifProfile {
    /// Everything that SARIF has a place for
    Full,
    /// What GitHub's code scanning takes: a whole place for each result, and no waived ones
    Github,
}

/// Where a report goes besides standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutputArg<F = Format> {
    pub(crate) format: F,
    /// `None` = standard output.
    pub(crate) file: Option<PathBuf>,
}

pub(super) fn output_arg<F: ValueEnum>(text: &str) -> Result<OutputArg<F>, String> {
    let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE, such as json=report.json")?;
    let format = F::from_str(format, true).map_err(|_| {
        let names: Vec<String> = F::value_variants().iter().filter_map(|f| Some(f.to_possible_value()?.get_name().to_owned())).collect();
        format!("'{format}' is no format: {} are", names.join(", "))
    })?;
    if file.is_empty() {
        return Err("the file is missing behind '='; '-' is standard output".to_owned());
    }
    Ok(OutputArg { format, file: (file != "-").then(|| PathBuf::from(file)) })
}

#[derive(Debug, Args)]
pub(crate) struct OutputArgs<F: ValueEnum + Clone + Send + Sync + 'static = Format> {
    /// Format of standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = clap::builder::EnumValueParser::<F>::new())]
    pub(crate) format: F,
    /// Write the report in a format to a file too ('-' is standard output); may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output_arg::<F>)]
    pub(crate) output: Vec<OutputArg<F>>,
    /// Show more: -v what passed and long lists in full, -vv also what did not apply
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) output: OutputArgs<ReportFormat>,
    /// Whom SARIF is for
    #[arg(long, value_name = "PROFILE", default_value = "full")]
    pub(crate) sarif_profile: SarifProfile,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_a_format_and_a_file() {
        assert_eq!(output_arg("json=a=b"), Ok(OutputArg { format: Format::Json, file: Some(PathBuf::from("a=b")) }));
        assert_eq!(output_arg("TEXT=-"), Ok(OutputArg { format: Format::Text, file: None }));
        for bad in ["json", "json=", "sarif=x"] {
            assert!(output_arg::<Format>(bad).is_err(), "{bad}");
        }
        assert_eq!(output_arg::<ReportFormat>("sarif=x").map(|o| o.format.0.name), Ok("sarif"));
        assert!(output_arg::<ReportFormat>("pdf=x").is_err_and(|e| e.contains("text, concise, json")));
    }
}
