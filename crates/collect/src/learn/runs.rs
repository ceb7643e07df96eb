//! When Set-CsKerberosAccountPassword ran, from its reports.

use crate::read_file::ReadFile;
use crate::recognise::{Recognised, problem};
use jiff::Timestamp;
use kerbsync_names::HostName;
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_topology::LogTime;

/// The cmdlet, in small letters.
const CMDLET: &str = "set-cskerberosaccountpassword";

/// A run of the cmdlet.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its report.
    pub document: DocumentId,
    /// The first time in the report. UTC.
    pub started: Timestamp,
    /// The last time in the report. UTC.
    pub ended: Timestamp,
    /// The report's text in small letters: whom it names.
    text: String,
}

impl Run {
    /// Whether the report names a server.
    #[must_use]
    pub fn names(&self, server: &HostName) -> bool {
        let name = server.to_key();
        let part = |c: char| c.is_alphanumeric() || c == '-';
        self.text.match_indices(&name).any(|(at, _)| {
            let (before, after) = (self.text[..at].chars().next_back(), self.text[at + name.len()..].chars().next());
            !before.is_some_and(|c| part(c) || c == '.') && !after.is_some_and(part)
        })
    }
}

/// Reads a report: the HTML page, or its XML twin. Both write times as `2018-11-01 17:37:04Z` (observed in reports of the same family).
///
/// # Errors
/// It is no report of this cmdlet, or tells no time.
pub(super) fn read(file: &ReadFile) -> Result<Run, Problem> {
    let source: Option<&Source> = match &file.content {
        Some(Recognised::Xml(xml)) => Some(xml.source()),
        Some(Recognised::Text(_, source)) => Some(source),
        _ => None,
    };
    let id = file.document.id;
    let help = "Give the HTML page that -Report names, or the XML file beside it.";
    let text = source.map(|s| s.text().to_lowercase()).filter(|text| text.contains(CMDLET));
    let Some(text) = text else {
        return Err(problem(id, "not-a-report", "the file is no report of Set-CsKerberosAccountPassword.", help));
    };
    let times: Vec<Timestamp> = times(source.map_or("", Source::text)).collect();
    match (times.iter().min(), times.iter().max()) {
        (Some(started), Some(ended)) => Ok(Run { document: id, started: *started, ended: *ended, text }),
        _ => Err(problem(id, "report-without-time", "the report tells no time such as 2026-03-01 08:00:00Z.", help)),
    }
}

fn times(text: &str) -> impl Iterator<Item = Timestamp> {
    /// Length of `2018-11-01 17:37:04Z`.
    const LENGTH: usize = 20;
    let at = text.match_indices('Z').map(|(at, _)| at + 1);
    at.filter_map(|end| LogTime::parse(text.get(end.checked_sub(LENGTH)?..end)?)?.as_str().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_in_markup() {
        let text = r#"<td>2026-03-01 08:00:00Z</td><Info Time="2026-03-01T08:02:09Z"/> 2026-13-01 08:00:00Z ZZ é2026-03-01 08:00:00"#;
        assert_eq!(times(text).map(|t| t.to_string()).collect::<Vec<_>>(), ["2026-03-01T08:00:00Z", "2026-03-01T08:02:09Z"]);
    }

    #[test]
    fn a_report_names_whole_host_names() {
        let time = Timestamp::UNIX_EPOCH;
        let run = Run { document: DocumentId(0), started: time, ended: time, text: "on fe01.contoso.com, x-fe02.contoso.com".into() };
        assert!(run.names(&HostName::new("FE01.contoso.com").unwrap()));
        assert!(!run.names(&HostName::new("fe02.contoso.com").unwrap()) && !run.names(&HostName::new("01.contoso.com").unwrap()));
    }
}
