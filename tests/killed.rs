//! The program is killed while it writes, again and again; whatever it leaves, `recover` mends.
//!
//! A short run by default. The long one: `KERBSYNC_KILLS=100 KERBSYNC_KILL_SERVERS=200 cargo test --release --test kerbsync-tests killed --
//! --nocapture`.

use crate::support::program::Program;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "how long the run is to be comes from whoever starts it")]
fn number(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().map_or(default, |n| n.parse().unwrap())
}

fn kerbsync(program: &Program, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kerbsync"));
    command.args(args).current_dir(program.path(".")).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(program: &Program, args: &[&str]) -> Output {
    kerbsync(program, args).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// The state of every web server that has a configuration.
fn states(program: &Program) -> BTreeMap<String, String> {
    let inventory = json(&run(program, &["inventory", "estate", "--format", "json"]));
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let pools = list(&inventory["sites"]).into_iter().flat_map(|s| list(&s["pools"]));
    let computers = pools.flat_map(|p| list(&p["computers"])).filter(|c| c["web_server"] == true);
    computers.map(|c| (c["fqdn"].as_str().unwrap().to_owned(), c["state"].as_str().unwrap().to_owned())).collect()
}

#[expect(clippy::disallowed_methods, reason = "tests remove their own files")]
fn remove(program: &Program, file: &str) {
    std::fs::remove_file(program.path(file)).unwrap();
}

/// Everything but the program's own files.
fn files(program: &Program) -> BTreeMap<String, Vec<u8>> {
    let mut files = program.files("estate");
    files.retain(|path, _| !path.starts_with(".kerbsync/"));
    files
}

fn apply(program: &Program) -> Child {
    kerbsync(program, &["apply", "plan.json", "--bundle", "estate"]).spawn().unwrap()
}

fn journals(program: &Program) -> usize {
    program.files("estate/.kerbsync").keys().filter(|path| path.ends_with(".jsonl")).count()
}

/// The time at which there are so many journals; `None` when the process ended before.
fn wait_for_journal(program: &Program, number: usize, child: &mut Child) -> Option<Instant> {
    while journals(program) < number {
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    Some(Instant::now())
}

#[test]
fn killed_at_any_time_it_recovers() {
    let (kills, servers) = (number("KERBSYNC_KILLS", 6), number("KERBSYNC_KILL_SERVERS", 16));
    let program = Program::at("2026-05-01T12:00:00Z");
    let made = program.run(&format!("simulate estate --seed 3 --sites 1 --servers {servers} --clean --defect stale-secret -o DIR/estate"));
    assert_eq!(made.code, 0, "{}", made.err);
    // Without the product's test, which would say that this server is the wrong one.
    for report in program.files("estate/reports").into_keys().filter(|f| f.starts_with("Test-")) {
        remove(&program, &format!("estate/reports/{report}"));
    }
    // The one server that holds another secret is made the reference: every other configuration changes.
    let source = states(&program).into_iter().find(|(_, s)| s == "stale").unwrap().0;
    let settings = [format!("reference = \"{source}\"\n").into_bytes(), program.read("estate/kerbsync.toml")].concat();
    program.put("estate/kerbsync.toml", &settings);
    let plan = run(&program, &["plan", "sync", "estate", "--from-computer", &source, "--all", "-o", "plan.json"]);
    assert!(plan.status.success(), "{}", String::from_utf8_lossy(&plan.stdout));
    let first = files(&program);
    let mut child = apply(&program);
    let begun = wait_for_journal(&program, 1, &mut child).unwrap();
    assert!(child.wait().unwrap().success());
    let writing = begun.elapsed();
    assert!(run(&program, &["rollback", "--last", "estate"]).status.success());
    assert!(files(&program) == first);
    let (mut ends, mut random) = (BTreeMap::<String, u32>::new(), 0x2545_f491_4f6c_dd1d_u64);
    for kill in 0..kills {
        // xorshift: any spread of moments will do.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let share = f64::from(u32::try_from(random >> 40).unwrap()) / f64::from(1 << 24);
        let before = journals(&program);
        let mut child = apply(&program);
        // Most of a run is reading, where a kill does nothing: wait until it begins to write.
        wait_for_journal(&program, before + 1, &mut child);
        std::thread::sleep(writing.mul_f64(share * 1.1));
        child.kill().unwrap();
        child.wait().unwrap();
        let recovered = run(&program, &["recover", "estate", "--format", "json"]);
        let report = json(&recovered);
        let runs = report["runs"].as_array().unwrap();
        let now = files(&program);
        let told = match runs.as_slice() {
            [] => "not open",
            [one] => one["end"].as_str().unwrap(),
            _ => panic!("one run was cut short: {report}"),
        };
        *ends.entry(told.to_owned()).or_default() += 1;
        assert!(recovered.status.success(), "kill {kill}: {report}");
        for server in runs.iter().flat_map(|r| r["servers"].as_array().unwrap()) {
            let (path, result) = (server["path"].as_str().unwrap(), server["result"].as_str().unwrap());
            let old = now[path] == first[path];
            assert_eq!(old, matches!(result, "restored" | "untouched"), "kill {kill}: {server}");
        }
        assert_eq!(now.keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>(), "kill {kill}: nothing is left beside");
        if now != first {
            let states = states(&program);
            assert!(states.values().all(|s| s == "in-sync"), "kill {kill}: all new, or all old: {states:?}");
            assert!(run(&program, &["rollback", "--last", "estate"]).status.success());
        }
        assert!(files(&program) == first, "kill {kill}");
        assert_eq!(run(&program, &["recover", "estate"]).stdout, b"Nothing to mend: no run was cut short.\n");
    }
    println!("{kills} kills of an apply to {} servers ({writing:.1?} of writing each): {ends:?}", servers - 1);
}
