//! Every command over whole estates.

use super::{Canaries, encoded, estate, is_configuration, samples, values};
use crate::encodings::{Encoding, decode};
use crate::support::program::{Program, Ran};
use kerbsync_lab::Layout;

struct Watched<'c> {
    program: Program,
    canaries: &'c Canaries,
}

impl Watched<'_> {
    fn run(&self, line: &str) -> Ran {
        let ran = self.program.run(line);
        self.canaries.check(line, &ran);
        assert!(!ran.out.is_empty() || !ran.err.is_empty(), "{line} says nothing");
        ran
    }
}

/// Runs every command that reads files.
fn all_commands(program: Program, canaries: &Canaries, configurations: &[String]) {
    let watched = Watched { program, canaries };
    let audit = watched.run("audit DIR/b -vv");
    assert!(audit.out.contains("clear-text-secret") || audit.out.contains("KS208"), "{}", audit.out);
    watched.run("audit DIR/b --color always");
    watched.run("audit DIR/b --quiet --output json=DIR/report.json --output text=DIR/report.txt --fail-on never");
    for file in ["report.json", "report.txt"] {
        canaries.check_text(file, &decode(&watched.program.read(file)));
    }
    let report: serde_json::Value = serde_json::from_slice(&watched.program.read("report.json")).unwrap();
    watched.run("inventory DIR/b -vv");
    watched.run("inventory DIR/b --format json");
    watched.run("redact DIR/b DIR/copy");
    let copy = watched.program.files("copy");
    assert!(copy.len() > 10, "{}", copy.len());
    copy.iter().for_each(|(path, bytes)| canaries.check_text(path, &decode(bytes)));
    watched.run("audit DIR/copy -vv");
    watched.run("config show DIR/b");
    watched.run("learn DIR/b -v");
    watched.run("learn DIR/b --format json");
    // Elsewhere than below `servers`, so that it may be any server's.
    watched.program.put("before.config", &watched.program.read(&format!("b/{}", configurations[0])));
    for path in configurations {
        watched.run(&format!("learn --before DIR/before.config --after DIR/b/{path} -v"));
        watched.run(&format!("slots DIR/b/{path} -vv --config DIR/b/kerbsync.toml"));
        watched.run(&format!("slots DIR/b/{path} --format json"));
        // mistaken for something else
        watched.run(&format!("config show --config DIR/b/{path}"));
        watched.run(&format!("audit DIR/b/{path} -vv"));
    }
    let server = configurations[0].split('/').nth(1).unwrap();
    for name in [server, "pool01.contoso.com", "nothing.contoso.com", "fe01"] {
        watched.run(&format!("resolve {name} --topology DIR/b -vv"));
        watched.run(&format!("resolve {name} --topology DIR/b --format json"));
    }
    watched.run(&format!("resolve {server} --topology DIR/b/{}", configurations[0]));
    let keys = format!("servers/{server}/keys/iisConfigurationKey.xml");
    for line in ["slots DIR/b/KEYS", "audit DIR/b/KEYS -vv", "config show --config DIR/b/KEYS", "audit DIR/b/topology --config DIR/b/KEYS"]
    {
        watched.run(&line.replace("KEYS", &keys));
    }
    watched.run("config show --config DIR/b/directory/laps.ldif");
    watched.run("audit DIR/b/directory/laps.ldif DIR/b/directory/laps.json -vv");
    // one finding of each rule about secrets is explained
    let about = ["clear-text-secret", "stale-secret", "sites-disagree-on-server", "no-reference-secret", "secret-not-comparable"];
    let findings = report["findings"].as_array().unwrap();
    for rule in about {
        if let Some(finding) = findings.iter().find(|f| f["rule"] == rule) {
            let ran = watched.run(&format!("explain {} --bundle DIR/b", finding["fingerprint"].as_str().unwrap()));
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
    }
}

fn watch(seed: u64, layout: Layout, encoding: Option<Encoding>) {
    let estate = estate(seed, layout);
    let program = Program::at("2026-05-01T12:00:00Z");
    let mut configurations = Vec::new();
    for (path, bytes) in encoded(&estate, encoding) {
        let configuration = is_configuration(&path);
        program.put(&format!("b/{path}"), &bytes);
        if configuration && (configurations.is_empty() || estate.secrets().any(|s| decode(&bytes).contains(s))) {
            configurations.push(path);
        }
    }
    all_commands(program, &Canaries::of(&estate), &configurations);
}

#[test]
fn no_command_prints_a_secret() {
    watch(61, Layout::SiteSection, None);
}

#[test]
fn nor_where_pools_hold_them() {
    watch(62, Layout::PoolIdentity, None);
    watch(63, Layout::PoolDefaults, None);
}

#[test]
fn nor_in_utf_16() {
    watch(64, Layout::SiteSection, Some(Encoding::Utf16Le));
    watch(65, Layout::PoolIdentity, Some(Encoding::Utf16Be));
}

/// The estate of the demonstration is kept, so that its values are known.
#[test]
fn the_demonstration_prints_none() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let ran = program.run("demo --keep DIR/kept");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut kept = Vec::new();
    for server in ["fe01", "fe02", "dir01"] {
        for file in ["Windows/System32/inetsrv/config/applicationHost.config", "keys/iisConfigurationKey.xml", "keys/iisWasKey.xml"] {
            let path = format!("kept/servers/{server}.contoso.com/{file}");
            if program.path(&path).exists() {
                kept.extend(values(&decode(&program.read(&path))));
            }
        }
    }
    assert!(kept.len() > 10, "{}", kept.len());
    Canaries(kept.iter().flat_map(|value| samples(value)).collect()).check("demo", &ran);
}
