//! What a name stands for, for people.

use super::TextOptions;
use super::text_writer::{BLUE, BOLD, Cell, RED, TextWriter};
use crate::format::ResolveReport;

/// The server with its pool and site, or the reason why there is none and what to use instead.
#[must_use]
pub fn resolve(report: &ResolveReport, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    if let Some(computer) = &report.computer {
        writer.line(0, computer, Some(BOLD));
        let pool = match (&report.pool, &report.pool_kind) {
            (Some(pool), Some(kind)) => format!("{pool} ({kind})"),
            _ => String::new(),
        };
        let site = match (&report.site_name, &report.site) {
            (Some(name), Some(id)) => format!("{name} (site {id})"),
            (None, Some(id)) => format!("site {id}, which the topology does not describe"),
            _ => "not known".to_owned(),
        };
        writer.table(2, false, &[vec![Cell::from("pool"), pool.into()], vec![Cell::from("site"), site.into()]]);
        for note in &report.notes {
            writer.labelled(2, "note:", Some(BLUE), note, 8);
        }
    } else {
        let label = format!("refused[{}]:", report.rule.as_deref().unwrap_or("N07"));
        writer.labelled(0, &label, Some(RED), report.reason.as_deref().unwrap_or_default(), 4);
        for line in &report.instead {
            writer.labelled(2, "instead:", Some(BLUE), line, 11);
        }
    }
    writer.into_text()
}
