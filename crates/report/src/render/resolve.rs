//! What a name stands for, for people.

use super::View;
use super::paper::{BLUE, BOLD, Cell, Paper, RED};
use crate::format::ResolveReport;

/// The server with its pool and site, or the reason why there is none and what to use instead.
#[must_use]
pub fn resolve(report: &ResolveReport, view: &View) -> String {
    let mut paper = Paper::new(view);
    if let Some(computer) = &report.computer {
        paper.line(0, computer, Some(BOLD));
        let pool = match (&report.pool, &report.pool_kind) {
            (Some(pool), Some(kind)) => format!("{pool} ({kind})"),
            _ => String::new(),
        };
        let site = match (&report.site_name, &report.site) {
            (Some(name), Some(id)) => format!("{name} (site {id})"),
            (None, Some(id)) => format!("site {id}, which the topology does not describe"),
            _ => "not known".to_owned(),
        };
        paper.table(2, false, &[vec![Cell::from("pool"), pool.into()], vec![Cell::from("site"), site.into()]]);
        for note in &report.notes {
            paper.labelled(2, "note:", Some(BLUE), note, 8);
        }
    } else {
        let label = format!("refused[{}]:", report.rule.as_deref().unwrap_or("N07"));
        paper.labelled(0, &label, Some(RED), report.reason.as_deref().unwrap_or_default(), 4);
        for line in &report.instead {
            paper.labelled(2, "instead:", Some(BLUE), line, 11);
        }
    }
    paper.into_text()
}
