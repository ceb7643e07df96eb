//! Every command that plans or writes, and what it leaves behind.

use super::{Canaries, encoded, estate, parts};
use crate::encodings::{Encoding, decode};
use crate::support::program::{Program, Ran};
use kerbsync_lab::{Estate, Layout};
use serde_json::Value;

/// The secrets themselves: a journal holds encrypted values, so that they can be put back, but nothing in clear.
fn in_clear(estate: &Estate) -> Canaries {
    Canaries(estate.secrets().flat_map(parts).collect())
}

fn servers(program: &Program) -> Vec<(String, String)> {
    let inventory: Value = serde_json::from_str(&program.run("inventory DIR/b --format json").out).unwrap();
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let pools = list(&inventory["sites"]).into_iter().flat_map(|s| list(&s["pools"]));
    let computers = pools.flat_map(|p| list(&p["computers"])).filter(|c| c["web_server"] == true);
    computers.map(|c| (c["fqdn"].as_str().unwrap().to_owned(), c["state"].as_str().unwrap().to_owned())).collect()
}

/// Copies between every pair that a plan can be made for. Returns how many were written.
fn watch(seed: u64, layout: Layout, encoding: Option<Encoding>) -> usize {
    let estate = estate(seed, layout);
    let program = Program::at("2026-05-01T12:00:00Z");
    for (path, bytes) in encoded(&estate, encoding) {
        program.put(&format!("b/{path}"), &bytes);
    }
    let (all, clear) = (Canaries::of(&estate), in_clear(&estate));
    let run = |line: &str| -> Ran {
        let ran = program.run(line);
        all.check(line, &ran);
        ran
    };
    run("simulate clients DIR/b --now 2026-05-01");
    run("simulate clients DIR/b --format json --now 2026-05-01");
    let servers = servers(&program);
    let from = &servers.iter().find(|(_, state)| state == "in-sync").unwrap().0;
    let mut written = 0;
    for (to, _) in servers.iter().filter(|(name, state)| name != from && state != "in-sync") {
        let copy = format!("DIR/b --from-computer {from} --to-computer {to}");
        let planned = run(&format!("plan sync {copy} -v -o DIR/plan.json"));
        for format in ["json", "powershell", "ansible"] {
            run(&format!("plan sync {copy} --format {format}"));
        }
        run(&format!("sync {copy} --what-if -v"));
        if planned.code != 0 {
            continue;
        }
        all.check_text("plan.json", &decode(&program.read("plan.json")));
        run("simulate faults DIR/plan.json --bundle DIR/b --seeds 3");
        let applied = run("apply DIR/plan.json --bundle DIR/b -v");
        assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
        written += 1;
        run("apply DIR/plan.json --bundle DIR/b --format json");
        run("status DIR/b");
        left_behind(&program, &clear);
        let back = run("rollback --last DIR/b --format json");
        assert_eq!(back.code, 0, "{}{}", back.out, back.err);
        run("recover DIR/b");
        run("status DIR/b --format json");
        left_behind(&program, &clear);
        run(&format!("rollback --last DIR/b/servers/{to}"));
    }
    for line in ["purge r0001 DIR/b", "purge r0001 DIR/b --format json", "purge r9999 DIR/b"] {
        let purged = run(line);
        assert!(purged.code != 2, "{line} tries nothing: {}", purged.err);
    }
    run(r"set-password DIR/b --user-account CONTOSO\KerbAuth --what-if");
    run(r"set-password DIR/b --user-account CONTOSO\KerbAuth");
    run("audit DIR/b -vv");
    left_behind(&program, &clear);
    written
}

/// The program's own files hold no secret in clear, but for a copy of an original that held one.
fn left_behind(program: &Program, clear: &Canaries) {
    let files = program.files("b");
    let own = files.iter().filter(|(path, _)| path.starts_with(".kerbsync/") || path.contains(".kerbsync-"));
    for (path, bytes) in own.filter(|(path, _)| !path.contains("applicationHost.config.kerbsync-")) {
        clear.check_text(path, &decode(bytes));
    }
}

#[test]
fn no_command_that_writes_tells_a_secret() {
    let written: usize = [
        watch(61, Layout::SiteSection, None),
        watch(62, Layout::PoolIdentity, None),
        watch(64, Layout::SiteSection, Some(Encoding::Utf16Le)),
    ]
    .iter()
    .sum();
    assert!(written >= 3, "only {written} copies were made");
}
