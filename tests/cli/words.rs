//! `explain` knows every word that the program prints: this walks all of them.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]

use super::Shell;
use crate::source_tree::{root, rust_files};
use serde_json::Value;
use std::collections::BTreeSet;

/// Where codes are written: readers, joiners, planners.
const CRATES: &[&str] =
    &["ad", "audit", "collect", "credential", "diff", "iis", "inventory", "objects", "plan", "source", "topology", "xml"];

/// Literals of that shape which are no words of any output: names of attributes and cmdlets, words of the code and of other formats.
const OTHERS: &[&str] = &["canary-walk", "kebab-case", "max-age", "utf-8"];

#[test]
fn every_word_of_the_formats_is_explained() {
    let shell = Shell::empty();
    let mut words = BTreeSet::new();
    for name in shell.run("schema").out.lines() {
        enums(&serde_json::from_str(&shell.run(&format!("schema {name}")).out).unwrap(), &mut words);
    }
    assert!(words.contains("in-sync") && words.contains("no-key") && words.len() > 100, "{words:?}");
    explained(&shell, words);
}

/// The words that a schema allows.
fn enums(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            let allowed = map.get("enum").and_then(Value::as_array);
            words.extend(allowed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
            map.values().for_each(|inner| enums(inner, words));
        }
        Value::Array(items) => items.iter().for_each(|inner| enums(inner, words)),
        _ => {}
    }
}

#[test]
fn every_naming_rule_layout_and_exit_code_is_explained() {
    let naming = (1..=16).map(|n| format!("N{n:02}"));
    let layouts = kerbsync_inventory::LayoutId::ALL.iter().map(|l| l.name().to_owned());
    let codes = ["0", "1", "2", "3", "4", "5", "6", "10"].map(str::to_owned);
    explained(&Shell::empty(), naming.chain(layouts).chain(codes));
    let mut used = BTreeSet::new();
    for file in rust_files(&root().join("crates/inventory/src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        used.extend(literals(&text).map(|(_, word)| word.to_owned()).filter(|w| w.len() == 3 && w.starts_with('N')));
    }
    assert!(used.len() >= 12 && used.iter().all(|w| w.as_str() <= "N16"), "{used:?}");
}

#[test]
fn every_code_of_gaps_problems_and_preconditions_is_explained() {
    let mut words = BTreeSet::new();
    for name in CRATES {
        for file in rust_files(&root().join("crates").join(name).join("src")) {
            let path = file.to_string_lossy().replace('\\', "/");
            if path.contains("/rules/") || path.contains("test") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            words.extend(literals(text).filter(|(before, word)| is_code(before, word)).map(|(_, word)| word.to_owned()));
        }
    }
    for known in ["no-topology", "ldif-cut", "encoding", "source-current", "keys", "recycle"] {
        assert!(words.contains(known), "the search misses {known}: {words:?}");
    }
    words.retain(|w| !OTHERS.contains(&w.as_str()) && !w.starts_with("msds-") && !w.starts_with("mspki-") && !w.starts_with("ms-mcs-"));
    words.retain(|w| !w.starts_with("set-cs"));
    explained(&Shell::empty(), words);
}

/// Every text in quotes without an escape, with the code before it on its line.
fn literals(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let code = text.lines().filter(|l| !l.trim_start().starts_with("//"));
    code.flat_map(|line| {
        let parts: Vec<&str> = line.split('"').collect();
        (1..parts.len()).step_by(2).map(|at| (parts[at - 1], parts[at])).collect::<Vec<_>>()
    })
}

/// Whether a text is a code by its shape, or by where it stands.
fn is_code(before: &str, word: &str) -> bool {
    let kebab = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let shaped = kebab && word.contains('-') && word.starts_with(|c: char| c.is_ascii_lowercase()) && !word.ends_with('-');
    let placed = ["code: ", "ID: &str = ", ".pass(", ".fail(", ".unknown(", " id: ", "problem(document.id, ", "problem(id, "];
    shaped || (kebab && placed.iter().any(|p| before.ends_with(p)))
}

fn explained(shell: &Shell, words: impl IntoIterator<Item = String>) {
    let unknown: Vec<String> = words.into_iter().filter(|w| shell.run(&format!("explain {w}")).code != 0).collect();
    assert!(unknown.is_empty(), "docs/glossary.md does not say what these mean: {unknown:?}");
}

#[test]
fn a_word_is_explained_in_every_sense_that_it_has() {
    let shell = Shell::empty();
    insta::assert_snapshot!(shell.run("explain in-sync").transcript());
    insta::assert_snapshot!(shell.run("explain N02").transcript());
    let both = shell.run("explain different-account").out;
    assert!(both.starts_with("KS202 different-account\n") && both.contains("\ndifferent-account (States of a server)\n"), "{both}");
}
