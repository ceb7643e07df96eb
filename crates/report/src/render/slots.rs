//! The credential slots of one configuration for people.

use super::text_writer::{BOLD, Cell, GREEN, RED, TextWriter, YELLOW, count};
use super::{TextOptions, coverage};
use crate::format::{InputStatus, Place, SlotsReport};

/// Slots one by one, then the protection providers.
#[must_use]
pub fn slots(report: &SlotsReport, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    writer.labelled(0, &report.input.path, Some(BOLD), &format!("({}, {})", report.input.kind, count_bytes(report.input.bytes)), 4);
    if report.input.status == InputStatus::Unreadable {
        coverage::unreadable(&mut writer, std::slice::from_ref(&report.input));
        return writer.into_text();
    }
    let sites = if report.product_web_sites.is_empty() {
        "none of the product's".to_owned()
    } else {
        report.product_web_sites.iter().map(|s| format!("'{s}'")).collect::<Vec<_>>().join(", ")
    };
    writer.labelled(2, &format!("{}:", count(report.web_sites, "web site")), None, &sites, 4);
    for slot in &report.slots {
        writer.gap();
        let here = if slot.active { "" } else { " (not in force)" };
        writer.line(0, &format!("{}{here}", slot.label), Some(BOLD));
        let (secret, style) = match slot.secret.as_str() {
            "opened" => ("encrypted, opened with a key", GREEN),
            "clear" => ("in clear", RED),
            "empty" => ("empty", YELLOW),
            _ => ("encrypted, not opened", YELLOW),
        };
        let account = match &slot.account_name {
            Some(name) if *name != slot.account => format!("{} ({name})", slot.account),
            _ => slot.account.clone(),
        };
        let mut rows = vec![vec!["account".into(), Cell::from(account)], vec!["secret".into(), Cell::styled(secret, style)]];
        let mut row = |name: &str, value: Option<String>| rows.extend(value.map(|v| vec![Cell::from(name), Cell::from(v)]));
        row("provider", slot.provider.clone());
        row("why not opened", slot.reason.clone());
        row("equal secrets", slot.group.as_ref().map(|g| format!("group {g}")));
        row("layout", Some(format!("{} ({})", slot.layout, slot.evidence)));
        row("account is", Some(format!("{} here", slot.place)).filter(|_| slot.place == "expected"));
        row("location", slot.location_path.clone());
        row("attributes", Some(format!("{}, {} in {}", slot.account_attribute, slot.secret_attribute, slot.section)));
        row("at", Some(at(&slot.location)));
        writer.table(2, false, &rows);
    }
    if report.slots.is_empty() {
        writer.gap();
        writer.text(0, "No place holds an account and a secret.");
    }
    if !report.providers.is_empty() {
        writer.heading("Protection providers");
        let mut rows = vec![["name", "key container", "key"].map(Cell::from).to_vec()];
        for provider in &report.providers {
            let key = match provider.key.as_str() {
                "fits" => "fits",
                "none-fits" => "none of the keys fits",
                "no-key" => "no key was given",
                "unsupported" => "its values cannot be opened here",
                _ => "nothing uses it",
            };
            rows.push(vec![provider.name.as_str().into(), provider.key_container.as_deref().unwrap_or("").into(), key.into()]);
        }
        writer.table(2, true, &rows);
    }
    writer.gap();
    writer.text(0, &format!("{}.", count(report.slots.len(), "credential slot")));
    writer.into_text()
}

fn at(place: &Place) -> String {
    match (place.line, place.column, place.byte_start) {
        (Some(line), Some(column), Some(byte)) => format!("line {line}, column {column} (byte {byte})"),
        _ => place.element.as_deref().unwrap_or_default().to_owned(),
    }
}

fn count_bytes(bytes: u64) -> String {
    usize::try_from(bytes).map_or_else(|_| format!("{bytes} bytes"), |n| count(n, "byte").into_string())
}
