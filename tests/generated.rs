//! Generated documents are committed, and a test writes them anew: it fails once when one was out of date.
#![expect(clippy::disallowed_methods, reason = "tests read and write the project's own files")]

use crate::source_tree::root;
use kerbsync_audit::rules::RULES;
use kerbsync_inventory::LayoutId;
use std::fmt::Write as _;
use std::fs;

/// Compares a committed file with what it should be, writes it when it differs, and fails then.
fn refresh(path: &str, text: &str) {
    let file = root().join(path);
    if fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return;
    }
    if std::env::var_os("CI").is_none() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    panic!("{path} was out of date; outside of CI it has been written anew: look at it, commit it, and run again");
}

/// Rules of the committed manual that no rule has the number and id of any more.
fn gone(manual: &str) -> Vec<&str> {
    let known =
        |line: &str| RULES.iter().any(|r| line.starts_with(&format!("| [{}](", r.code())) && line.contains(&format!(" | {} | ", r.id)));
    manual.lines().filter(|line| line.starts_with("| [KS") && !known(line)).collect()
}

/// Markdown in which `<pool>` of the text is no tag of HTML; code is left as it is.
fn without_tags(doc: &str) -> String {
    let mut fenced = false;
    let line = |line: &str| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        if fenced || fence {
            return line.to_owned();
        }
        let parts = line.split('`').enumerate().map(|(n, part)| if n % 2 == 0 { part.replace('<', "\\<") } else { part.to_owned() });
        parts.collect::<Vec<_>>().join("`")
    };
    doc.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn names_in_angle_brackets_are_no_tags() {
    assert_eq!(without_tags("http/<pool> and `http/<pool>`\n```\n<a/>\n```"), "http/\\<pool> and `http/<pool>`\n```\n<a/>\n```");
}

#[test]
fn a_rule_that_loses_its_number_or_id_is_told() {
    let committed = fs::read_to_string(root().join("docs/rules.md")).unwrap();
    assert!(gone(&committed).is_empty());
    assert_eq!(gone(&committed.replace(" | stale-secret | ", " | old-secret | ")).len(), 1);
    assert_eq!(gone(&committed.replace("| [KS201](", "| [KS299](")).len(), 1);
}

#[test]
fn the_layouts_of_the_glossary_are_fresh() {
    const MEANS: &str = " | A layout: ";
    let committed = fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let rows = LayoutId::ALL.iter().map(|layout| {
        let (first, rest) = layout.description().split_at(1);
        format!("| `{layout}`{MEANS}{}{rest} |", first.to_lowercase())
    });
    let is_row = |line: &&str| line.contains(MEANS);
    let known = |line: &str| line.split('`').nth(1).is_some_and(|name| LayoutId::parse(name).is_some());
    let gone: Vec<&str> = committed.lines().filter(|line| is_row(line) && !known(line)).collect();
    assert!(gone.is_empty(), "ids of layouts are public, since plans and journals name them; these are gone: {gone:?}");
    let before = committed.lines().take_while(|line| !is_row(line)).map(str::to_owned);
    let after = committed.lines().skip_while(|line| !is_row(line)).filter(|line| !is_row(line)).map(str::to_owned);
    let fresh: Vec<String> = before.chain(rows).chain(after).collect();
    refresh("docs/glossary.md", &(fresh.join("\n") + "\n"));
}

#[test]
fn the_manual_of_the_rules_is_fresh() {
    let mut out =
        String::from("# Rules\n\nWritten by `cargo test` from the rules themselves; `kerbsync explain RULE` shows the same text.\n\n");
    out.push_str("| rule | id | severity | confidence | about | product error |\n|---|---|---|---|---|---|\n");
    for rule in RULES {
        writeln!(
            out,
            "| [{code}](#{anchor}) | {id} | {severity} | {confidence} | {subject} | {error} |",
            code = rule.code(),
            anchor = format_args!("{}-{}", rule.code().to_lowercase(), rule.id),
            id = rule.id,
            severity = rule.severity.name(),
            confidence = rule.confidence.name(),
            subject = rule.subject.name(),
            error = rule.product_error.unwrap_or(""),
        )
        .unwrap();
    }
    for rule in RULES {
        let doc = without_tags(rule.doc.trim()).replace("\n## ", "\n### ");
        write!(out, "\n## {} {}\n\n{doc}\n", rule.code(), rule.id).unwrap();
        if !rule.controls.is_empty() {
            write!(out, "\nControls: {}.\n", rule.controls.join(", ")).unwrap();
        }
    }
    let committed = fs::read_to_string(root().join("docs/rules.md")).unwrap_or_default();
    let gone = gone(&committed);
    assert!(gone.is_empty(), "ids and numbers are public, since waivers name them; these are gone from docs/rules.md: {gone:?}");
    refresh("docs/rules.md", &out);
}
