//! How a finding follows from the bytes that were read, step by step.

use super::text_writer::{TextWriter, grouped};
use crate::format::{Basis, Computer, Finding, Input, Outcome, Place, Pool, Report, Site};

/// The steps from the inputs to a finding, for a person who wants to go them again.
pub(super) fn derivation(writer: &mut TextWriter<'_>, report: &Report, finding: &Finding) {
    let mut steps = Vec::new();
    for (at, place) in finding.locations.iter().enumerate() {
        if !finding.locations[..at].iter().any(|earlier| earlier.path == place.path) {
            steps.push(report.inputs.iter().find(|i| place.path == i.path).map_or_else(|| format!("{} was read.", place.path), read));
        }
        steps.push(there(place));
    }
    if finding.locations.is_empty() {
        steps.push("No place of a document shows it: it follows from what the documents hold together, or from what they lack.".to_owned());
    }
    let found = finding.server.as_deref().and_then(|name| computer(report, name));
    let site = match &found {
        Some((site, ..)) => *site,
        None => finding.site.as_deref().and_then(|id| report.inventory.sites.iter().find(|s| s.id == id)),
    };
    if let Some((_, pool, computer)) = &found {
        let place = site.map_or_else(|| "a site that the topology does not hold".to_owned(), |s| format!("site {}", s.name));
        let what = if computer.web_server { "a web server" } else { "a computer without Web Services" };
        steps.push(format!("{} is {what} of pool {}, in {place}.", computer.fqdn, pool.fqdn));
    }
    steps.extend(site.map(|site| account(report, site)));
    steps.extend(found.map(|(.., computer)| state(computer)));
    let code = finding.code();
    let end = match finding.outcome {
        Outcome::Unknown => {
            format!("{code} looks for this: {}. The inputs do not decide it for {}: unknown, not passed.", finding.title, finding.subject)
        }
        _ => format!("{code} looks for this: {}. It is so for {}: {}.", finding.title, finding.subject, finding.severity.name()),
    };
    steps.push(end);
    writer.heading("How it follows");
    writer.gap();
    for (number, step) in steps.iter().enumerate() {
        let label = format!("{}.", number + 1);
        writer.labelled(2, &label, None, step, 2 + label.len() + 1);
    }
}

fn read(input: &Input) -> String {
    let digest = match (&input.sha256, &input.sha256_absent) {
        (Some(sha256), _) => format!("SHA-256 {sha256}"),
        (None, Some(why)) => format!("no digest: {why}"),
        (None, None) => "no digest".to_owned(),
    };
    let when = input.read_at.as_ref().map(|at| format!(", read from the live system at {at}")).unwrap_or_default();
    format!(
        "{} was read as {}: {} bytes, {digest}{when}.",
        input.path,
        input.kind,
        grouped(usize::try_from(input.bytes).unwrap_or(usize::MAX))
    )
}

fn there(place: &Place) -> String {
    let mut text = match (place.line, place.column, place.byte_start, place.byte_end) {
        (Some(line), Some(column), Some(from), Some(to)) => {
            format!("Its line {line}, column {column} (bytes {from} to {to})")
        }
        (Some(line), Some(column), ..) => format!("Its line {line}, column {column}"),
        _ => "The whole of it".to_owned(),
    };
    if let Some(element) = &place.element {
        text.push_str(&format!(", at {element},"));
    }
    match &place.note {
        Some(note) => text.push_str(&format!(" says: {note}.")),
        None => text.push_str(" is what the finding rests on."),
    }
    text
}

fn computer<'r>(report: &'r Report, name: &str) -> Option<(Option<&'r Site>, &'r Pool, &'r Computer)> {
    let of = |pool: &'r Pool| pool.computers.iter().find(|c| c.fqdn.eq_ignore_ascii_case(name)).map(|c| (pool, c));
    let mut placed = report.inventory.sites.iter().flat_map(|site| site.pools.iter().map(move |pool| (Some(site), pool)));
    let found = placed.find_map(|(site, pool)| of(pool).map(|(pool, computer)| (site, pool, computer)));
    found.or_else(|| report.inventory.unplaced_pools.iter().find_map(|pool| of(pool).map(|(pool, computer)| (None, pool, computer))))
}

fn account(report: &Report, site: &Site) -> String {
    let Some(account) = &site.account else {
        return format!("Site {} has no Kerberos account, or none that is clear.", site.name);
    };
    let assignment = report.inventory.assignments.iter().find(|a| a.site.as_deref() == Some(site.id.as_str()));
    let place = assignment.map(|a| match a.location.line {
        Some(line) => format!(" (line {line} of {})", a.location.path),
        None => format!(" ({})", a.location.path),
    });
    format!("The Kerberos account of site {} is {account}{}.", site.name, place.unwrap_or_default())
}

fn state(computer: &Computer) -> String {
    let group = computer.group.as_ref().map(|g| format!(" Servers of group {g} hold the secret that it holds.")).unwrap_or_default();
    let compared = match computer.basis {
        Basis::Directory => "it was compared with the password of Active Directory",
        Basis::ProductReport => "it was compared with what the product's own test proved",
        Basis::Named => "it was compared with the server that was named as the reference",
        Basis::Plurality => "it was compared with the largest group of servers that hold equal secrets",
        Basis::None => "it was compared with nothing",
    };
    let reason = computer.reason.as_ref().map(|r| format!(" {}", sentence(r))).unwrap_or_default();
    format!("Its state is {}: {compared}.{group}{reason}", computer.state.word())
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let rest = chars.as_str().trim_end_matches('.');
    format!("{first}{rest}.")
}
