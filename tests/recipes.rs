//! The recipes of ARCHITECTURE.md name places that are there.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]

use crate::source_tree::root;
use kerbsync_audit::rules::RULES;
use kerbsync_report::render::REPORT_FORMATS;
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
    let prose = recipe.split("```").step_by(2);
    let spans = prose.flat_map(|part| part.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    spans.filter(|span| span.contains('/') && !span.starts_with("//")).collect()
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
        for file in places.iter().filter(|p| !p.contains('<') && (p.ends_with("list.rs") || p.ends_with("rules.md"))) {
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
