//! The pages for whoever changes the code, and its comments, name places that are there.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]

use crate::source_tree::{root, rust_files};
use kerbsync_audit::Profile;
use kerbsync_audit::rules::RULES;
use kerbsync_report::render::REPORT_FORMATS;
use std::collections::BTreeSet;
use std::fs;

/// The text of a recipe, up to the next one.
fn recipe(title: &str) -> String {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let from = page.find(&format!("\n### {title}\n")).unwrap_or_else(|| panic!("ARCHITECTURE.md has no recipe '{title}'")) + 1;
    let rest = &page[from..];
    let end = ["\n### ", "\n## "].iter().filter_map(|next| rest.find(next)).min().unwrap_or(rest.len());
    rest[..end].to_owned()
}

/// The paths of a recipe: what stands in backticks and has a slash.
fn places(recipe: &str) -> Vec<String> {
    spans(recipe).filter(|span| span.contains('/') && !span.starts_with("//")).map(str::to_owned).collect()
}

/// What stands in backticks, outside of blocks of commands.
fn spans(page: &str) -> impl Iterator<Item = &str> {
    page.split("```").step_by(2).flat_map(|part| part.split('`').skip(1).step_by(2))
}

/// Folders and files of the root that a path of the project begins with.
const ROOTS: &[&str] = &["benches", "ci", "crates", "docs", "examples", "fixtures", "fuzz", "simulators", "tests"];

/// Whether a span is a path of the project: it begins with a folder of the root, and holds no blank and nothing to be filled in.
fn is_path(span: &str) -> bool {
    span.split_once('/').is_some_and(|(first, _)| ROOTS.contains(&first)) && !span.contains([' ', '<', '*'])
}

#[test]
fn paths_of_pages_and_comments_lead_somewhere() {
    let mut missing = Vec::new();
    let mut walk = |file: &str, spans: Vec<String>| {
        let gone = spans.into_iter().filter(|span| is_path(span) && !root().join(span).exists());
        missing.extend(gone.map(|span| format!("{file} names {span}")));
    };
    let mut seen = 0;
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "TRACK-RECORD.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let found: Vec<String> = spans(&text).map(str::to_owned).collect();
        seen += found.iter().filter(|span| is_path(span)).count();
        walk(page, found);
    }
    assert!(seen > 40, "only {seen} paths were found: how are they written?");
    for file in ["crates", "simulators", "tests", "benches"].iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let text = fs::read_to_string(&file).unwrap();
        let comments = text.lines().filter_map(|line| line.trim_start().strip_prefix("//"));
        walk(&file.display().to_string(), comments.flat_map(|c| c.split('`').skip(1).step_by(2)).map(str::to_owned).collect());
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// `collect::budget` and the like: the last name is defined in the crate that the first one names, or anywhere where that is a type.
#[test]
fn names_of_code_in_pages_are_defined() {
    let definitions = |folder: &str| -> BTreeSet<String> {
        let words = ["fn", "mod", "struct", "enum", "trait", "type"];
        let mut names = BTreeSet::new();
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(file).unwrap();
            let all: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
            names.extend(all.windows(2).filter(|pair| words.contains(&pair[0])).map(|pair| pair[1].to_owned()));
        }
        names
    };
    let (mut missing, mut seen) = (Vec::new(), 0);
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for span in spans(&text).filter(|span| span.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':')) {
            let Some((first, rest)) = span.split_once("::") else { continue };
            let own = format!("crates/{}/src", first.replace('_', "-"));
            let folder = if root().join(&own).exists() { own.as_str() } else { "crates" };
            let known = definitions(folder);
            seen += 1;
            missing.extend(
                rest.split("::").filter(|name| !known.contains(*name)).map(|name| format!("{page}: {span}: no {name} in {folder}")),
            );
        }
    }
    assert!(seen >= 10, "only {seen} names were found: how are they written?");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_places_of_a_rule_are_those_of_every_rule() {
    let places = places(&recipe("A rule"));
    assert!(places.len() >= 7, "{places:?}");
    let mut missing = Vec::new();
    for rule in RULES {
        for place in &places {
            let path = place.replace("<id>", rule.id).replace("<file>", &rule.id.replace('-', "_"));
            if !root().join(&path).exists() {
                missing.push(path);
            }
        }
        // A defect is planted for those about the account alone.
        let lists = |p: &String| p.ends_with("rules.md") || (p.ends_with("list.rs") && rule.profile == Profile::Default);
        for file in places.iter().filter(|p| !p.contains('<') && lists(p)) {
            if !fs::read_to_string(root().join(file)).unwrap().contains(rule.id) {
                missing.push(format!("{} in {file}", rule.id));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_places_of_a_format_are_those_of_every_format() {
    let places = places(&recipe("A format of a report"));
    assert!(places.len() >= 5, "{places:?}");
    let list = fs::read_to_string(root().join("crates/report/src/render/mod.rs")).unwrap();
    let files: Vec<&str> = list.lines().filter_map(|l| l.trim().strip_prefix('&')?.strip_suffix("::FORMAT,")).collect();
    assert_eq!(files.len(), REPORT_FORMATS.len());
    for (file, format) in files.iter().zip(REPORT_FORMATS) {
        // The snapshots of these two show more than one report.
        let alone = !["text", "json"].contains(&format.name);
        for place in places.iter().filter(|p| alone || !p.contains("<name>")) {
            let path = place.replace("<file>", file).replace("<name>", format.name);
            assert!(root().join(&path).exists(), "{path}");
        }
    }
}

#[test]
fn the_places_of_a_text_are_those_of_every_text() {
    let places = places(&recipe("A text for people"));
    assert!(places.len() >= 4, "{places:?}");
    let names = fs::read_to_string(root().join("crates/report/src/render/mod.rs")).unwrap();
    for output in ["audit", "inventory", "rules", "slots", "resolve"] {
        assert!(names.contains(&format!("mod {output};")), "{output}");
        for place in &places {
            let path = place.replace("<output>", output);
            assert!(root().join(&path).exists(), "{path}");
        }
    }
}

#[test]
fn the_places_of_a_store_are_those_of_every_archive() {
    let places = places(&recipe("A store"));
    assert!(places.len() >= 6, "{places:?}");
    let registry = fs::read_to_string(root().join("crates/store/src/archive/mod.rs")).unwrap();
    for file in ["zip", "tar"] {
        assert!(registry.contains(&format!("mod {file};")) && registry.contains(&format!("&{file}::")), "{file}");
        for place in &places {
            let path = place.replace("<file>", file);
            assert!(root().join(&path).exists(), "{path}");
        }
    }
}

#[test]
fn the_places_of_a_layout_are_those_of_every_layout() {
    let places = places(&recipe("A slot layout"));
    assert!(places.len() >= 5, "{places:?}");
    let registry = fs::read_to_string(root().join("crates/credential/src/layouts/mod.rs")).unwrap();
    for layout in kerbsync_inventory::LayoutId::ALL {
        let file = layout.name().replace('-', "_");
        assert!(registry.contains(&format!("mod {file};")), "{layout}");
        for place in &places {
            let path = place.replace("<file>", &file);
            assert!(root().join(&path).exists(), "{path}");
        }
        let ids = fs::read_to_string(root().join("crates/inventory/src/layout.rs")).unwrap();
        assert!(ids.contains(&format!("\"{}\"", layout.name())), "{layout}");
    }
}

/// The track record names the test that holds each fault: one that is renamed or removed leaves a claim that nothing shows.
#[test]
fn tests_of_the_track_record_are_there() {
    let mut defined = BTreeSet::new();
    for file in ["crates", "simulators", "tests"].iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let text = fs::read_to_string(file).unwrap();
        defined.extend(text.lines().filter_map(|l| l.trim_start().strip_prefix("fn ")?.split_once('(').map(|(name, _)| name.to_owned())));
    }
    let text = fs::read_to_string(root().join("TRACK-RECORD.md")).unwrap();
    let is_test = |span: &&str| {
        span.matches('_').count() > 2 && span.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:".contains(c))
    };
    let named: BTreeSet<&str> = spans(&text).filter(is_test).filter_map(|span| span.rsplit("::").next()).collect();
    assert!(named.len() > 40, "only {} tests are named: how are they written?", named.len());
    let gone: Vec<&&str> = named.iter().filter(|name| !defined.contains(**name)).collect();
    assert!(gone.is_empty(), "the track record names tests that are not there: {gone:?}");
}
