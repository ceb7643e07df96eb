//! The guides of DISA for IIS: every item, with what the audit says of it, or why it says nothing.

use super::checked::{section, table};
use crate::format::{Guide, GuideItem, Outcome, Report, Severity};
use crate::render::html_writer::HtmlWriter;

/// Both guides; nothing where no rule about them was run.
pub(super) fn guides(page: &mut HtmlWriter, report: &Report) {
    if report.guides.is_empty() {
        return;
    }
    let items: usize = report.guides.iter().map(|g| g.items.len()).sum();
    section(page, "guides", &format!("The guides of DISA for IIS 10.0 ({items} items)"), |page| {
        let text = "What the files that were read say of each item. Where they do not show it, the table says where to look. The words are ours; of the web sites, those of the product are judged.";
        page.element("p", &[], text);
        page.raw("\n");
        for guide in &report.guides {
            page.element("h3", &[], &format!("{}, {}", guide.title, guide.release));
            page.element("p", &[], &counted(guide));
            page.raw("\n");
            table(
                page,
                &format!("Table of items: {}", guide.id),
                &["item", "severity", "what it wants", "result", "rule, or where to look"],
                |page| {
                    guide.items.iter().for_each(|item| row(page, item));
                },
            );
        }
    });
}

/// How many items came to what.
fn counted(guide: &Guide) -> String {
    let count = |outcomes: &[Outcome]| guide.items.iter().filter(|i| outcomes.contains(&i.outcome)).count();
    format!(
        "{} failed, {} passed, {} not decided, {} not visible in these files.",
        count(&[Outcome::Fail]),
        count(&[Outcome::Pass]),
        count(&[Outcome::Unknown]),
        count(&[Outcome::NotChecked, Outcome::NotApplicable, Outcome::Informational])
    )
}

fn row(page: &mut HtmlWriter, item: &GuideItem) {
    let (word, tone) = match item.outcome {
        Outcome::Fail => ("failed", "bad"),
        Outcome::Pass => ("passed", "good"),
        Outcome::Unknown => ("not decided", "doubtful"),
        Outcome::NotChecked | Outcome::NotApplicable | Outcome::Informational => ("not visible", "plain"),
    };
    let severity = match item.severity {
        Severity::Error => "high",
        Severity::Warning => "medium",
        Severity::Note => "low",
    };
    page.raw("<tr>");
    page.element("td", &[("class", "name")], &format!("{} {}", item.group, item.version));
    page.element("td", &[], severity);
    page.element("td", &[], &item.topic);
    page.within("td", &[], |page| page.element("span", &[("class", &format!("badge {tone}"))], word));
    page.within("td", &[], |page| {
        let rules = kerbsync_audit::rules::RULES.iter().filter(|r| item.judged_by.iter().any(|id| id == r.id));
        let codes: Vec<String> = rules.map(|r| format!("{} {}", r.code(), r.id)).collect();
        let mut told = Vec::new();
        told.extend((!codes.is_empty()).then(|| format!("{}.", codes.join(", "))));
        told.extend(item.note.clone());
        told.extend(item.conflict.as_ref().map(|c| format!("In conflict with the product ({}): {}", c.certainty, c.why)));
        page.text(&told.join(" "));
    });
    page.raw("</tr>\n");
}
