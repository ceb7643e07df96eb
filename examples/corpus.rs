//! Runs the built program over a folder of real documents and compares with what is known of them.
//!
//! `corpus KERBSYNC ROUNDTRIP DIR`: DIR/topology holds documents and `expected.json`, DIR/iis and its neighbours hold configurations.
//! Prints one line for each failure and a closing count; exit 1 when anything failed.
#![expect(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, reason = "a trial program reads files and prints")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

/// Passed and failed checks.
#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
}

impl Count {
    fn check(&mut self, file: &Path, what: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(why) => {
                self.failed += 1;
                println!("FAILED {}: {what}: {why}", file.file_name().unwrap_or_default().to_string_lossy());
            }
        }
    }
}

struct Programs {
    kerbsync: PathBuf,
    roundtrip: PathBuf,
    scratch: tempfile::TempDir,
}

impl Programs {
    fn kerbsync(&self, args: &[&str], file: &Path) -> Result<Output, String> {
        let output = Command::new(&self.kerbsync).args(args).arg(file).output().map_err(|e| e.to_string())?;
        let errors = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            None | Some(101) => Err(format!("the program broke down: {errors}")),
            Some(_) if errors.contains("panicked") => Err(format!("a panic: {errors}")),
            Some(_) => Ok(output),
        }
    }

    /// The bytes that the round trip writes.
    fn roundtrip(&self, file: &Path, set: Option<&str>) -> Result<Vec<u8>, String> {
        let out = self.scratch.path().join("out");
        let mut command = Command::new(&self.roundtrip);
        command.arg(file).arg(&out);
        if let Some(set) = set {
            command.args(["--set", set]);
        }
        let output = command.output().map_err(|e| e.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        fs::read(&out).map_err(|e| e.to_string())
    }
}

fn main() -> ExitCode {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [kerbsync, roundtrip, dir] = args.as_slice() else {
        eprintln!("usage: corpus KERBSYNC ROUNDTRIP DIR");
        return ExitCode::from(2);
    };
    let scratch = match tempfile::tempdir() {
        Ok(dir) => dir,
        Err(e) => {
            eprintln!("error: no temporary folder: {e}");
            return ExitCode::from(2);
        }
    };
    let programs = Programs { kerbsync: kerbsync.clone(), roundtrip: roundtrip.clone(), scratch };
    let mut count = Count::default();
    let expected =
        fs::read(dir.join("topology/expected.json")).ok().and_then(|b| serde_json::from_slice::<Value>(&b).ok()).unwrap_or_default();
    for (name, facts) in expected.as_object().into_iter().flatten() {
        let file = dir.join("topology").join(name);
        count.check(&file, "facts", facts_hold(&programs, &file, facts));
    }
    for file in files(&dir.join("topology")) {
        count.check(&file, "audit", programs.kerbsync(&["audit", "--format", "json"], &file).map(|_| ()));
        edits(&programs, &mut count, &file);
    }
    for file in ["iis", "iis-edits", "iis-schema"].iter().flat_map(|d| files(&dir.join(d))) {
        if file.extension().is_some_and(|e| e == "config" || e == "xml") {
            configuration(&programs, &mut count, &file);
        }
    }
    println!("corpus: {} passed, {} failed", count.passed, count.failed);
    if count.failed > 0 || count.passed == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn files(below: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![below.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or("")
}

/// Sites, pools, kinds, computers and web servers of one topology document.
fn facts_hold(programs: &Programs, file: &Path, facts: &Value) -> Result<(), String> {
    let output = programs.kerbsync(&["inventory", "--format", "json"], file)?;
    if output.status.code() != Some(0) {
        return Err(format!("exit {:?}: {}", output.status.code(), String::from_utf8_lossy(&output.stderr)));
    }
    let seen: Value = serde_json::from_slice(&output.stdout).map_err(|e| format!("not JSON: {e}"))?;
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let sites = |v: &Value, kind: fn(&str) -> String| -> Vec<[String; 3]> {
        list(v).iter().map(|s| [text(s, "id").to_owned(), text(s, "name").to_owned(), kind(text(s, "kind"))]).collect()
    };
    let want = sites(&facts["sites"], |k| if k == "CentralSite" { "central" } else { "branch" }.to_owned());
    equal("sites", &want, &sites(&seen["sites"], str::to_owned))?;

    let web = list(&facts["webServices"]);
    let want: Vec<Value> = list(&facts["pools"])
        .iter()
        .map(|pool| {
            let service = web.iter().find(|w| w["pool"] == pool["fqdn"]);
            let host = service.map(|w| text(&w["web"]["ExternalSettings"], "Host").to_owned()).filter(|h| !h.is_empty());
            let kind = match text(pool, "kind") {
                "StandardEdition" => "standard-edition",
                "EnterprisePool" => "enterprise",
                "Edge" => "edge",
                _ => "other",
            };
            let computers: Vec<Value> =
                list(&pool["machines"]).iter().map(|m| serde_json::json!({ "fqdn": m, "web_server": service.is_some() })).collect();
            serde_json::json!({
                "fqdn": pool["fqdn"], "kind": kind, "web_services": service.is_some(), "computers": computers,
                "internal_web_fqdn": service.map(|w| w["pool"].clone()), "external_web_fqdn": host,
            })
        })
        .collect();
    let got: Vec<Value> = list(&seen["sites"])
        .iter()
        .flat_map(|s| list(&s["pools"]))
        .map(|pool| {
            let computers: Vec<Value> =
                list(&pool["computers"]).iter().map(|c| serde_json::json!({ "fqdn": c["fqdn"], "web_server": c["web_server"] })).collect();
            serde_json::json!({
                "fqdn": pool["fqdn"], "kind": pool["kind"], "web_services": pool["web_services"], "computers": computers,
                "internal_web_fqdn": pool["internal_web_fqdn"], "external_web_fqdn": pool["external_web_fqdn"],
            })
        })
        .collect();
    equal("pools", &want, &got)
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, want: &T, got: &T) -> Result<(), String> {
    if want == got { Ok(()) } else { Err(format!("{what}: expected {want:?}, got {got:?}")) }
}

/// One configuration: its slots can be listed, or the error stands at the right line; identity and one edit.
fn configuration(programs: &Programs, count: &mut Count, file: &Path) {
    let Ok(bytes) = fs::read(file) else { return };
    let wrong = first_wrong_line(&bytes);
    let result = programs.kerbsync(&["slots", "--format", "json"], file).and_then(|output| {
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        match (output.status.code(), wrong) {
            (Some(0), None) => serde_json::from_slice::<Value>(&output.stdout).map(|_| ()).map_err(|e| format!("not JSON: {e}")),
            // A fragment, or another file of IIS: refused with a reason.
            (Some(4), None) if errors.contains("error:") && !errors.contains("ends while") => Ok(()),
            (Some(4), Some(line)) if errors.contains(&format!(":{line}:")) => Ok(()),
            (code, wrong) => Err(format!("exit {code:?}, first wrong line {wrong:?}: {errors}")),
        }
    });
    count.check(file, "slots", result);
    if wrong.is_none() {
        edits(programs, count, file);
    }
}

/// Writing without a change gives the same bytes; an attribute set on the root adds exactly its own bytes.
fn edits(programs: &Programs, count: &mut Count, file: &Path) {
    let Ok(bytes) = fs::read(file) else { return };
    let wide = bytes.starts_with(&[0xFF, 0xFE]);
    let Some(root) = root_name(&bytes, wide) else { return };
    if first_wrong_line(&bytes).is_some() {
        return;
    }
    count.check(
        file,
        "identity",
        programs.roundtrip(file, None).and_then(|out| if out == bytes { Ok(()) } else { Err("other bytes".into()) }),
    );
    let edit = format!("{root}@kerbsyncTrial=a&b");
    let result = programs.roundtrip(file, Some(&edit)).and_then(|out| {
        // The quotes are those of the neighbours.
        let added = ['"', '\''].map(|q| {
            let added = format!(" kerbsyncTrial={q}a&amp;b{q}");
            if wide { added.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { added.into_bytes() }
        });
        let found = added.iter().find_map(|a| out.windows(a.len()).position(|w| w == a.as_slice()).map(|at| (at, a.len())));
        let (at, len) = found.ok_or("the attribute is not there")?;
        let without: Vec<u8> = [&out[..at], &out[at + len..]].concat();
        if without == bytes { Ok(()) } else { Err("more than the planned bytes differ".into()) }
    });
    count.check(file, "edit", result);
}

/// The name of the root, for files that are XML with an element.
fn root_name(bytes: &[u8], wide: bool) -> Option<String> {
    let text = if wide {
        String::from_utf16_lossy(&bytes.chunks_exact(2).map(|p| u16::from_le_bytes([p[0], p[1]])).collect::<Vec<_>>())
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    };
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    if !text.starts_with('<') || text.contains("<!DOCTYPE") {
        return None;
    }
    tags(text).into_iter().find_map(|tag| tag.open.then_some(tag.name))
}

struct Tag {
    name: String,
    open: bool,
    close: bool,
    line: usize,
}

/// Start and end tags in order: a scanner of its own, that knows comments, instructions and quotes and nothing else.
fn tags(text: &str) -> Vec<Tag> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(lt) = text[at..].find('<').map(|i| at + i) {
        let rest = &text[lt..];
        let skip = |end: &str| rest.find(end).map_or(text.len(), |i| lt + i + end.len());
        if rest.starts_with("<!--") {
            at = skip("-->");
        } else if rest.starts_with("<?") {
            at = skip("?>");
        } else {
            let (mut quote, mut end) = (None, rest.len());
            for (i, c) in rest.char_indices() {
                match (quote, c) {
                    (None, '"' | '\'') => quote = Some(c),
                    (Some(q), c) if q == c => quote = None,
                    (None, '>') => {
                        end = i;
                        break;
                    }
                    _ => {}
                }
            }
            let inner = &rest[1..end.max(1)];
            let close_only = inner.starts_with('/');
            let name = inner.trim_start_matches('/').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("").to_owned();
            found.push(Tag {
                name,
                open: !close_only,
                close: close_only || inner.ends_with('/'),
                line: text[..lt].matches('\n').count() + 1,
            });
            at = (lt + end + 1).min(text.len());
        }
    }
    found
}

/// The line of the first end tag that does not fit, or the last line where something stays open; `None` for well-formed text.
fn first_wrong_line(bytes: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(bytes);
    let mut open: Vec<String> = Vec::new();
    for tag in tags(&text) {
        if tag.open {
            open.push(tag.name.clone());
        }
        if tag.close && open.pop().as_deref() != Some(tag.name.as_str()) {
            return Some(tag.line);
        }
    }
    (!open.is_empty()).then(|| text.matches('\n').count() + 1)
}
