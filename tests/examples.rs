//! The examples for pipelines: their command lines run, and the action's script does what its inputs and outputs say.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files and make folders")]

use crate::book::run;
use crate::source_tree::root;
use std::collections::BTreeMap;
#[cfg(unix)]
use std::path::{Path, PathBuf};

/// A repository with exports of one stale server, and those of its base, in which it was in sync.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (line, bundle) in [("--clean", "base/exports"), ("--clean --defect stale-secret", "exports")] {
        let (came, code) = run(&format!("kerbsync simulate estate --seed 7 --sites 2 --servers 8 {line} -o {bundle}"), folder.path());
        assert_eq!(code, 0, "{came:?}");
    }
    folder
}

/// The command lines of this program in a pipeline's file, with the values that its variables have there.
fn lines(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("docs/examples").join(file)).unwrap();
    let bare = || text.lines().map(|l| l.trim_start().trim_start_matches("- "));
    let mut values: BTreeMap<&str, &str> = bare().filter_map(|l| l.split_once(": ")).filter(|(k, _)| k.starts_with("KERBSYNC_")).collect();
    // Azure's variables stand for parameters, whose defaults these are.
    if file.starts_with("azure") {
        values =
            [("KERBSYNC_PATHS", "exports"), ("KERBSYNC_FAIL_ON", "error"), ("KERBSYNC_REQUIRE", "topology,assignments,servers")].into();
        assert!(values.values().all(|v| text.contains(&format!("default: {v}"))), "{text}");
    }
    let put = |line: &str| values.iter().fold(line.to_owned(), |line, (name, value)| line.replace(&format!("${name}"), value));
    let found: Vec<String> = bare().filter(|l| l.starts_with("kerbsync ")).map(put).collect();
    assert!(!found.is_empty() && found.iter().all(|l| !l.contains('$')), "{file}: {found:?}");
    found
}

#[test]
fn the_lines_of_every_template_run_and_leave_what_it_publishes() {
    let folder = repository();
    for (file, published) in [
        ("gitlab/kerbsync.gitlab-ci.yml", ["gl-code-quality.json", "junit.xml", "change.md"].as_slice()),
        ("azure/templates/kerbsync.yml", &["junit.xml"]),
    ] {
        for line in lines(file) {
            let (came, code) = run(&line, folder.path());
            assert_eq!(code, 1, "{file}: {line}: {came:?}");
        }
        for name in published {
            let path = folder.path().join(name);
            assert!(std::fs::metadata(&path).is_ok_and(|m| m.len() > 0), "{file}: {name}");
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn the_hook_runs_as_pre_commit_runs_it() {
    let hooks = std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let entry = hooks.lines().find_map(|l| l.trim().strip_prefix("entry: ")).unwrap();
    let example = std::fs::read_to_string(root().join("docs/examples/pre-commit/.pre-commit-config.yaml")).unwrap();
    let args = example.lines().find_map(|l| l.trim().strip_prefix("args: [")?.strip_suffix(']')).unwrap().replace(',', "");
    let folder = repository();
    let (came, code) = run(&format!("{entry} {args}"), folder.path());
    assert!(code == 1 && came.iter().any(|l| l.contains("error[KS201]")), "{came:?}");
}

/// What a run of the action's script wrote for later steps, and how it ended.
#[cfg(unix)]
fn action(folder: &Path, base: &str) -> (String, BTreeMap<String, String>, Option<i32>) {
    let outputs: PathBuf = folder.join("outputs");
    let output = std::process::Command::new("bash")
        .arg(root().join("ci/action"))
        .current_dir(folder)
        .env("KERBSYNC", env!("CARGO_BIN_EXE_kerbsync"))
        .envs([("KERBSYNC_PATHS", "exports"), ("KERBSYNC_BASE", base), ("KERBSYNC_FAIL_ON", "error")])
        .envs([("KERBSYNC_REQUIRE", "topology"), ("GITHUB_STEP_SUMMARY", "summary.md")])
        .env("RUNNER_TEMP", folder)
        .env("GITHUB_OUTPUT", &outputs)
        .output()
        .unwrap();
    let text = std::fs::read_to_string(&outputs).unwrap_or_default();
    let pairs = text.lines().filter_map(|l| l.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    (String::from_utf8(output.stdout).unwrap(), pairs, output.status.code())
}

#[cfg(unix)]
#[test]
fn the_action_annotates_reports_and_compares() {
    let folder = repository();
    let (out, outputs, code) = action(folder.path(), "base/exports");
    assert!(code == Some(1) && out.lines().any(|l| l.starts_with("::error file=exports/servers/dir01.contoso.com/")), "{out}");
    assert_eq!(outputs.get("exit-code").map(String::as_str), Some("1"));
    let sarif: serde_json::Value = serde_json::from_slice(&std::fs::read(&outputs["sarif"]).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let comment = std::fs::read_to_string(&outputs["comment"]).unwrap();
    assert!(
        comment.contains("dir01.contoso.com") && std::fs::read_to_string(folder.path().join("summary.md")).unwrap() == comment,
        "{comment}"
    );
    // Every output that the action declares is one that its script writes.
    let declared = std::fs::read_to_string(root().join("action.yml")).unwrap();
    for name in outputs.keys() {
        assert!(declared.contains(&format!("steps.audit.outputs.{name} ")), "{name}");
    }
    assert_eq!(declared.matches("steps.audit.outputs.").count(), outputs.len());
}

#[cfg(unix)]
#[test]
fn the_action_passes_what_is_in_order_and_compares_nothing_unless_asked() {
    let folder = repository();
    std::fs::remove_dir_all(folder.path().join("exports")).unwrap();
    std::fs::rename(folder.path().join("base/exports"), folder.path().join("exports")).unwrap();
    let (out, outputs, code) = action(folder.path(), "");
    assert_eq!((code, outputs.get("comment").map(String::as_str)), (Some(0), Some("")), "{out}");
}
