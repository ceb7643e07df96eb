//! Generated documents are committed, and a test writes them anew: it fails once when one was out of date.
#![expect(clippy::disallowed_methods, reason = "tests read and write the project's own files")]

use crate::source_tree::root;
use kerbsync_audit::Severity;
use kerbsync_audit::controls::{Catalogue, Guide, Standing};
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
    out.push_str("| rule | id | severity | confidence | about | profile | product error |\n|---|---|---|---|---|---|---|\n");
    for rule in RULES {
        writeln!(
            out,
            "| [{code}](#{anchor}) | {id} | {severity} | {confidence} | {subject} | {profile} | {error} |",
            code = rule.code(),
            anchor = format_args!("{}-{}", rule.code().to_lowercase(), rule.id),
            id = rule.id,
            severity = rule.severity.name(),
            confidence = rule.confidence.name(),
            subject = rule.subject.name(),
            profile = rule.profile.name(),
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

#[test]
fn the_table_of_controls_is_fresh() {
    let mut out = String::from("# Controls\n\n");
    out.push_str(
        "Written by `cargo test` from the rules and the tables of the program. Each rule names the controls of public catalogues that it serves; \
         `kerbsync explain RULE` and every report show them. That its rules pass does not prove that a control is met.\n\n",
    );
    out.push_str("| catalogue | release | source | rules that name it |\n|---|---|---|---|\n");
    for catalogue in Catalogue::ALL {
        let rules = RULES.iter().filter(|r| r.controls.iter().any(|c| Catalogue::of(c).is_some_and(|(of, _)| of == *catalogue))).count();
        let (name, release, source) = (catalogue.name(), catalogue.release(), catalogue.source());
        writeln!(out, "| {name} | {release} | <{source}> | {rules} |").unwrap();
    }
    out.push_str(GUIDES);
    out.push_str("| | decided | in part | evidence only | not visible here | in conflict |\n|---|---|---|---|---|---|\n");
    for guide in Guide::ALL {
        let count = |fits: fn(&Standing) -> bool| guide.items().iter().filter(|i| fits(&i.standing)).count();
        writeln!(
            out,
            "| {} ({}) | {} | {} | {} | {} | {} |",
            guide.title().trim_end_matches(" Security Technical Implementation Guide"),
            guide.catalogue().release(),
            count(|s| matches!(s, Standing::Decided)),
            count(|s| matches!(s, Standing::DecidedWhereItFails(_) | Standing::DecidedWhereItPasses(_))),
            count(|s| matches!(s, Standing::Evidence(_))),
            count(|s| matches!(s, Standing::Elsewhere(_))),
            guide.items().iter().filter(|i| i.conflict.is_some()).count(),
        )
        .unwrap();
    }
    for guide in Guide::ALL {
        write!(out, "\n### {}\n\n", guide.title()).unwrap();
        out.push_str("| item | severity | what it wants, in our words | standing | rule, or where to look |\n|---|---|---|---|---|\n");
        for item in guide.items() {
            let rules: Vec<String> =
                item.rules().iter().map(|r| format!("[{0}](rules.md#{1}-{2}) {2}.", r.code(), r.code().to_lowercase(), r.id)).collect();
            let note = item.standing.note().map(str::to_owned);
            let conflict = item.conflict.map(|c| format!("**In conflict with the product** ({}): {}", c.certainty.name(), c.why));
            let told: Vec<String> = rules.into_iter().chain(note).chain(conflict).collect();
            let severity = match item.severity {
                Severity::Error => "high",
                Severity::Warning => "medium",
                Severity::Note => "low",
            };
            let standing = item.standing.words();
            writeln!(out, "| {} {} | {severity} | {} | {standing} | {} |", item.group, item.version, item.topic, told.join(" ")).unwrap();
        }
    }
    assert!(!out.contains("\\|") && out.lines().all(|l| !l.starts_with('|') || l.matches('|').count() >= 5), "a cell would be lost");
    refresh("docs/controls.md", &out);
}

/// What is to be said before the tables of the guides.
const GUIDES: &str = r"
## The guides of DISA for IIS 10.0

`kerbsync audit --profile stig` runs the rules about the hardening of IIS, and `--profile all` these beside those about the Kerberos account.
They judge what `applicationHost.config` holds, for the whole server, for the web sites of the product and for the application pools that serve them.

- *Decided*: the rule's outcome is that of the item. A section that a `web.config` may set passes only where this file locks it; else it is *unknown*. What this file sets badly fails; what it leaves to a default of IIS and a `web.config` could mend is unknown.
- *Decided where it fails*, *where it passes*: the other outcome does not decide the item, for the reason told.
- *Evidence only*: something is seen, and it does not decide.
- *Not visible here*: no input of an audit holds it; the table says where to look. In checklists such an item is *not reviewed*.
- *In conflict with the product*: the item contradicts what the product needs, with the reason and how sure that is. None of the guides' own exceptions names Lync Server or Skype for Business: an exception is yours, by analogy and with a reason. Write it as a waiver.

Other web sites of a server are not judged, nor is any `web.config`, nor `machine.config`. Ids and severities are those of the guides; the words are ours.

";
