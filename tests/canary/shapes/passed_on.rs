//! Commands that pass on what an audit found: rendered again, merged, compared, put into an archive, verified; and what is learned.

use super::planted::Planted;
use super::planter::bundle;
use crate::encodings::decode;
use crate::support::program::{Program, Ran};
use kerbsync_evidence::read_archive;
use kerbsync_report::render::REPORT_FORMATS;

const PRIVATE: &[u8] = include_bytes!("../../../crates/evidence/fixtures/test-only.pem");
const PUBLIC: &[u8] = include_bytes!("../../../crates/evidence/fixtures/test-only.pub.pem");

fn run(program: &Program, planted: &Planted, line: &str) -> Ran {
    let ran = program.run(line);
    planted.check_run(line, &ran);
    ran
}

/// Every file that commands left outside of the bundle, once.
fn check_files(program: &Program, planted: &Planted, written: &[&str]) {
    for file in written {
        planted.check(file, &decode(&program.read(file)));
    }
}

#[test]
fn no_report_that_is_passed_on_tells_a_secret() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let planter = bundle(&program, None);
    let planted = &planter.planted;
    let good = |line: &str, codes: &[u8]| {
        let ran = run(&program, planted, line);
        assert!(codes.contains(&ran.code), "{line}: {} {}", ran.code, ran.err);
        ran
    };
    // Some of what is planted makes inputs unusable: what is told of the rest is passed on all the same.
    let whole = good("audit DIR/b --quiet --now 2026-05-01 --profile all --output json=DIR/report.json --fail-on never", &[0, 4]);
    for format in REPORT_FORMATS {
        let ran = good(&format!("render DIR/report.json --format {}", format.name), &[0, 1, 4]);
        assert!(!ran.out.is_empty(), "{}", format.name);
    }
    for shard in [1, 2] {
        let line = format!("audit DIR/b --quiet --now 2026-05-01 --shard {shard}/2 --output json=DIR/part-{shard}.json --fail-on never");
        good(&line, &[whole.code]);
    }
    good("merge DIR/part-1.json DIR/part-2.json --quiet --output json=DIR/merged.json", &[1, 4]);
    good("merge DIR/part-1.json DIR/part-2.json -vv", &[1, 4]);
    good("merge DIR/part-1.json DIR/part-1.json", &[2, 3, 4]);
    for format in ["text", "json", "markdown"] {
        good(&format!("diff DIR/report.json DIR/merged.json --format {format}"), &[0, 1, 4]);
        good(&format!("diff DIR/b/topology DIR/b --format {format}"), &[0, 1, 4]);
    }
    good("audit DIR/b --quiet --write-baseline DIR/baseline.json --fail-on never", &[0, 4]);
    check_files(&program, planted, &["report.json", "part-1.json", "part-2.json", "merged.json", "baseline.json"]);
    planted.finish();
}

#[test]
fn no_archive_of_evidence_tells_a_secret() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let planter = bundle(&program, None);
    let planted = &planter.planted;
    program.put("key.pem", PRIVATE);
    program.put("pub.pem", PUBLIC);
    let made = run(&program, planted, "audit DIR/b -vv --now 2026-05-01 --bundle-out DIR/a.zip --sign DIR/key.pem --fail-on never");
    assert!([0, 4].contains(&made.code), "{}", made.err);
    let members = read_archive(&program.read("a.zip")).unwrap();
    assert!(members.len() > 20, "{}", members.len());
    for member in &members {
        planted.check(&member.name, &member.name);
        planted.check(&member.name, &decode(&member.bytes));
    }
    let verified = run(&program, planted, "verify DIR/a.zip --key DIR/pub.pem");
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    // What is no archive, and what was changed, is told without being quoted.
    for file in ["slot.config", "oneline.config", "b/notes/password.txt"] {
        let refused = run(&program, planted, &format!("verify DIR/{file} --key DIR/pub.pem"));
        assert_ne!(refused.code, 0, "{file}");
        run(&program, planted, &format!("verify DIR/a.zip --key DIR/{file}"));
        run(&program, planted, &format!("audit DIR/b --quiet --bundle-out DIR/n.zip --sign DIR/{file}"));
    }
    planted.finish();
}

#[test]
fn what_is_learned_or_mistaken_for_a_report_tells_none() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let planter = bundle(&program, None);
    let planted = &planter.planted;
    let learned = run(&program, planted, "learn DIR/b -v");
    assert!(!learned.out.is_empty(), "{}", learned.err);
    for line in [
        "learn DIR/b --format json",
        "learn --before DIR/slot.config --after DIR/oneline.config -v",
        "learn --before DIR/oneline.config --after DIR/slot.config --format json",
    ] {
        run(&program, planted, line);
    }
    for file in ["slot.config", "oneline.config", "b/notes/password.txt", "b/exports/notes.json"] {
        for line in [
            "render DIR/FILE --format html",
            "merge DIR/FILE DIR/FILE",
            "diff DIR/FILE DIR/FILE",
            "diff DIR/b DIR/FILE",
            "audit DIR/b --quiet --baseline DIR/FILE",
            "explain DIR/FILE",
        ] {
            let line = line.replace("FILE", file);
            let ran = run(&program, planted, &line);
            assert!(!ran.out.is_empty() || !ran.err.is_empty(), "{line} says nothing");
            assert!(!ran.err.contains("unexpected argument"), "{line} tries nothing: {}", ran.err);
        }
    }
    // The file of waivers is named in the settings, and lies in the bundle.
    let settings = program.read("b/kerbsync.toml");
    for file in ["notes/password.txt", "exports/notes.json"] {
        program.put("b/kerbsync.toml", &[format!("waivers_file = '{file}'\n").as_bytes(), &settings].concat());
        for line in ["audit DIR/b -vv", "audit DIR/b --format json", "config show --config DIR/b/kerbsync.toml"] {
            let ran = run(&program, planted, line);
            assert!(ran.out.contains(file), "{line} reads no {file}: {}{}", ran.out, ran.err);
        }
    }
    planted.finish();
}
