//! Every file of this folder is part of the test binary, and no source file is forgotten or too long.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder, but not build output.
fn files_below(folder: &Path, see: &mut dyn FnMut(PathBuf)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !path.is_dir() {
            see(path);
        } else if name != "target" && !name.starts_with('.') {
            files_below(&path, see);
        }
    }
}

/// Rust files below a folder, but not build output.
pub(crate) fn rust_files(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files_below(below, &mut |path| found.extend(Some(path).filter(|p| p.extension().is_some_and(|e| e == "rs"))));
    found.sort();
    found
}

/// Names of the files of a kind in a folder, without the end that makes the kind. Whatever else an editor leaves there is passed over.
pub(crate) fn names_of(folder: &Path, end: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    entries.filter_map(|e| e.unwrap().file_name().into_string().unwrap().strip_suffix(end).map(str::to_owned)).collect()
}

#[test]
fn no_snapshot_waits_to_be_looked_at() {
    let mut pending = Vec::new();
    for folder in ["crates", "simulators", "tests"] {
        files_below(&root().join(folder), &mut |path| {
            let name = path.to_string_lossy();
            if name.ends_with(".snap.new") || name.ends_with(".pending-snap") {
                pending.push(name.into_owned());
            }
        });
    }
    assert!(
        pending.is_empty(),
        "look at each, then move a .snap.new over the .snap beside it, put a .pending-snap into the code (cargo insta accept --all), or delete it:\n{}",
        pending.join("\n")
    );
}

#[test]
fn every_test_file_is_named_in_main() {
    let main = fs::read_to_string(root().join("tests/main.rs")).unwrap();
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_module = path.extension().is_some_and(|e| e == "rs") || path.join("mod.rs").exists();
        if is_module && stem != "main" {
            assert!(main.contains(&format!("mod {stem};")), "tests/main.rs lacks `mod {stem};`");
        }
    }
}

#[test]
fn files_stay_small_and_begin_with_their_subject() {
    const LIMIT: usize = 500;
    let mut bad = Vec::new();
    for folder in ["crates", "simulators", "tests", "examples", "benches"] {
        let folder = root().join(folder);
        if !folder.exists() {
            continue;
        }
        for path in rust_files(&folder) {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().count();
            if lines > LIMIT {
                bad.push(format!("{}: {lines} lines, more than {LIMIT}: what is its second subject?", path.display()));
            }
            // A rule's file is its manual page: the doc comment stands within. A test module's subject is its parent's.
            let rule = path.to_string_lossy().replace('\\', "/").contains("/audit/src/rules/") && !path.ends_with("mod.rs");
            let test = path.to_string_lossy().replace('\\', "/").contains("/tests/");
            if !text.starts_with("//!") && !rule && !test {
                bad.push(format!("{}: no module doc", path.display()));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
