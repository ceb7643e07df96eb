//! The inventory for people: sites, pools, computers.

use super::text_writer::{BOLD, TextWriter, count};
use super::{TextOptions, coverage, servers};
use crate::format::{InputStatus, InventoryReport, Pool, State};
use kerbsync_source::Text;

/// Pools without Web Services are named in one line each unless asked for.
#[must_use]
pub fn inventory(report: &InventoryReport, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    for topology in &report.topologies {
        let used = if topology.used { "Topology:" } else { "Other topology:" };
        let mut text = format!("{} ({}", topology.path, topology.form);
        if topology.draft {
            text.push_str(", a draft");
        }
        if !topology.complete {
            text.push_str(", a part of the deployment");
        }
        text.push(')');
        writer.labelled(0, used, Some(BOLD), &text, 4);
        for line in topology.differences.iter().chain(&topology.pending_changes) {
            writer.labelled(2, "-", None, line, 4);
        }
    }
    if report.topologies.is_empty() {
        writer.labelled(0, "Topology:", Some(BOLD), "none among the inputs, so that no site and no pool is known.", 4);
    }
    for site in &report.sites {
        writer.gap();
        servers::site_line(&mut writer, site, report.assignments_known);
        if let Some(parent) = &site.parent {
            let name = report.sites.iter().find(|s| s.id == *parent).map_or(parent.as_str(), |s| s.name.as_str());
            writer.line(4, &format!("branch of {name}"), None);
        }
        for pool in &site.pools {
            self::pool(&mut writer, pool);
        }
        if site.pools.is_empty() {
            writer.line(4, "no pools", None);
        }
    }
    if !report.unplaced_pools.is_empty() {
        writer.gap();
        writer.line(2, "Pools whose site is not in the topology", None);
        for pool in &report.unplaced_pools {
            self::pool(&mut writer, pool);
        }
    }
    servers::others(&mut writer, &report.other_servers);
    coverage::unreadable(&mut writer, &report.inputs);
    coverage::gaps(&mut writer, &report.gaps);
    summary(&mut writer, report);
    writer.into_text()
}

fn pool(writer: &mut TextWriter<'_>, pool: &Pool) {
    let mut text = format!("{} ({}", pool.fqdn, pool.kind);
    if pool.web_services {
        text.push_str(", Web Services");
    }
    if pool.kind == "other" && !pool.roles.is_empty() {
        text.push_str(&format!(", {}", pool.roles.join(", ")));
    }
    text.push(')');
    writer.line(4, &text, None);
    for (name, host) in [("internal web", &pool.internal_web_fqdn), ("external web", &pool.external_web_fqdn)] {
        if let Some(host) = host.as_ref().filter(|h| !h.eq_ignore_ascii_case(&pool.fqdn)) {
            writer.line(6, &format!("{name}: {host}"), None);
        }
    }
    // A pool of one computer of the same name has been named already; only a state is news.
    let rows: Vec<_> = pool
        .computers
        .iter()
        .filter(|c| c.web_server || !c.fqdn.eq_ignore_ascii_case(&pool.fqdn) || writer.options.verbosity > 0)
        .map(|c| {
            let mut row = servers::row(&pool.fqdn, c);
            // The pool stands above.
            row.remove(1);
            if c.state == State::NotApplicable && !c.web_server {
                row.truncate(1);
            }
            row
        })
        .collect();
    writer.table(6, false, &rows);
}

fn summary(writer: &mut TextWriter<'_>, report: &InventoryReport) {
    let s = &report.summary;
    writer.gap();
    let parts = [count(s.sites, "site"), count(s.pools, "pool"), count(s.computers, "computer"), count(s.web_servers, "web server")];
    let used = report.inputs.iter().filter(|i| i.status == InputStatus::Used).count();
    let bad = report.inputs.iter().filter(|i| i.status == InputStatus::Unreadable).count();
    let mut text = format!("{}; {used} of {} used", Text::join(parts, ", "), count(report.inputs.len(), "document"));
    if bad > 0 {
        text.push_str(&format!(", {bad} not readable"));
    }
    writer.text(0, &format!("{text}."));
}
