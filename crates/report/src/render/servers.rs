//! The servers of each site with their states.

use super::text_writer::{Cell, DIM, GREEN, RED, TextWriter, YELLOW, count};
use crate::format::{Basis, Computer, Estate, Pool, Site, State};
use anstyle::Style;

/// Servers of no topology from which on the others are only counted.
const MANY: usize = 50;
/// Servers of one site that need attention from which on the others are only counted.
const FEW: usize = 20;

const fn color(state: State) -> Option<Style> {
    match state {
        State::InSync => Some(GREEN),
        State::Stale | State::DifferentAccount => Some(RED),
        State::NotConfigured | State::Unknown => Some(YELLOW),
        State::NotApplicable => None,
    }
}

/// A table of web servers for every site that has any.
pub(super) fn servers(writer: &mut TextWriter<'_>, estate: &Estate) {
    let web = |pools: &[Pool]| pools.iter().any(|p| p.web_services && !p.computers.is_empty());
    let (with, without): (Vec<&Site>, Vec<&Site>) = estate.sites.iter().partition(|s| web(&s.pools));
    if estate.sites.is_empty() && estate.unplaced_pools.is_empty() && estate.other_servers.is_empty() {
        return;
    }
    writer.heading("Servers");
    let brief = writer.options.verbosity == 0;
    for site in with {
        if !brief {
            writer.gap();
        }
        site_line(writer, site, estate.assignments_known);
        table(writer, &site.pools);
    }
    if web(&estate.unplaced_pools) {
        writer.gap();
        writer.line(2, "Pools whose site is not in the topology", None);
        table(writer, &estate.unplaced_pools);
    }
    if !without.is_empty() {
        if !brief {
            writer.gap();
        }
        let names: Vec<&str> = without.iter().map(|s| s.name.as_str()).collect();
        writer.labelled(2, "Without web servers:", None, &names.join(", "), 4);
    }
    others(writer, &estate.other_servers);
}

/// Servers that no topology names.
pub(super) fn others(writer: &mut TextWriter<'_>, servers: &[String]) {
    if servers.is_empty() {
        return;
    }
    writer.gap();
    let shown = if writer.options.verbosity == 0 { MANY.min(servers.len()) } else { servers.len() };
    let mut text = servers[..shown].join(", ");
    if shown < servers.len() {
        text.push_str(&format!(" and {}", count(servers.len() - shown, "other")));
    }
    writer.labelled(2, "In no topology that was read:", None, &text, 4);
}

/// `Zürich (central site 1): account CONTOSO\KerbAuth`.
pub(super) fn site_line(writer: &mut TextWriter<'_>, site: &Site, assignments_known: bool) {
    let account = match &site.account {
        Some(account) => format!("account {account}"),
        None if assignments_known => "no account, or none that is clear".to_owned(),
        None => "account not known: no export of the assignments among the inputs".to_owned(),
    };
    writer.line(2, &format!("{} ({} site {}): {account}", site.name, site.kind, site.id), None);
}

fn table(writer: &mut TextWriter<'_>, pools: &[Pool]) {
    let all: Vec<(&Pool, &Computer)> =
        pools.iter().flat_map(|p| p.computers.iter().map(move |c| (p, c))).filter(|(_, c)| c.web_server).collect();
    let brief = writer.options.verbosity == 0;
    let attention = all.iter().filter(|(_, c)| !brief || !matches!(c.state, State::InSync | State::NotApplicable));
    let shown: Vec<_> = attention.take(if brief { FEW } else { usize::MAX }).collect();
    if !shown.is_empty() {
        let mut rows = vec![["server", "pool", "state", "compared with", "group"].map(Cell::from).to_vec()];
        rows.extend(shown.iter().map(|(pool, computer)| row(&pool.fqdn, computer)));
        writer.table(4, true, &rows);
    }
    if shown.len() < all.len() {
        let of = |state| all.iter().filter(|(_, c)| c.state == state).count();
        let (in_sync, without) = (of(State::InSync), of(State::NotApplicable));
        let rest = all.len() - shown.len() - in_sync - without;
        let told = [(in_sync, "in sync"), (without, "without an account to hold"), (rest, "more that need attention")];
        let told: Vec<String> = told.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", count(*n, "server"))).collect();
        let and = if shown.is_empty() { "" } else { "and " };
        writer.text(4, &format!("{and}{}: -v shows all", told.join(", ")));
    }
}

/// What a server's secret was compared with, in words; nothing where it was compared with nothing.
pub(super) const fn compared_with(basis: Basis) -> &'static str {
    match basis {
        Basis::Directory => "the directory",
        Basis::ProductReport => "the product's own test",
        Basis::Named => "the server named by --reference",
        Basis::Plurality => "the largest group",
        Basis::None => "",
    }
}

/// One computer as a row: name, pool, state, basis, group.
pub(super) fn row(pool: &str, computer: &Computer) -> Vec<Cell> {
    let basis = compared_with(computer.basis);
    let pool = if pool.eq_ignore_ascii_case(&computer.fqdn) { "(itself)" } else { pool };
    vec![
        computer.fqdn.as_str().into(),
        pool.into(),
        Cell::styled(computer.state.word(), color(computer.state).unwrap_or(DIM)),
        basis.into(),
        computer.group.as_deref().unwrap_or("").into(),
    ]
}
