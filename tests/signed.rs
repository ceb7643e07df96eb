//! Archives of evidence: the same bytes from the same inputs, and nothing that was changed is verified.

use crate::support::program::{Program, Ran};
use kerbsync_evidence::{Member, SIGNATURE, read_archive, write_archive};

const PRIVATE: &[u8] = include_bytes!("../crates/evidence/fixtures/test-only.pem");
const PUBLIC: &[u8] = include_bytes!("../crates/evidence/fixtures/test-only.pub.pem");
const OTHER: &[u8] = include_bytes!("../crates/evidence/fixtures/other.pub.pem");

/// A small estate with its signed archive.
fn signed() -> Program {
    let program = Program::at("2026-05-02T12:00:00Z");
    program.put("key.pem", PRIVATE);
    program.put("pub.pem", PUBLIC);
    program.put("other.pem", OTHER);
    let ran = program.run("simulate estate --seed 7 --sites 1 --servers 2 --defect clear-text-secret --now 2026-05-01 -o DIR/e");
    assert_eq!(ran.code, 0, "{}", ran.err);
    audited(&program, "e", "a.zip");
    program
}

fn audited(program: &Program, estate: &str, archive: &str) -> Vec<u8> {
    let ran =
        program.run(&format!("audit DIR/{estate} --quiet --now 2026-05-01 --bundle-out DIR/{archive} --sign DIR/key.pem --fail-on never"));
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    program.read(archive)
}

fn verify(program: &Program, archive: &str) -> Ran {
    program.run(&format!("verify DIR/{archive} --key DIR/pub.pem"))
}

fn members(program: &Program) -> Vec<Member> {
    read_archive(&program.read("a.zip")).unwrap()
}

#[test]
fn a_signed_archive_is_verified_and_its_inputs_audited_again() {
    let program = signed();
    let ran = verify(&program, "a.zip");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("signature of key") && ran.out.contains("audited again and say the same"), "{}", ran.out);
    let names: Vec<String> = members(&program).into_iter().map(|m| m.name).collect();
    assert!(names.contains(&"evidence.json".to_owned()) && names.last().is_some_and(|n| n == SIGNATURE), "{names:?}");
    assert!(!names.iter().any(|n| n.contains("/keys/")), "{names:?}");
    let evidence = members(&program).into_iter().find(|m| m.name == "evidence.json").unwrap();
    let evidence: serde_json::Value = serde_json::from_slice(&evidence.bytes).unwrap();
    assert_eq!(evidence["command_line"], "kerbsync audit inputs --now 2026-05-01T00:00:00Z --profile default --fail-on never");
    assert_eq!(evidence["run_at"], serde_json::Value::Null);
}

/// Nothing that the rules about the hardening read is taken out of the inputs.
#[test]
fn an_archive_of_every_rule_is_verified() {
    let program = signed();
    let made = program.run(
        "audit DIR/e --quiet --now 2026-05-01 --profile all --bundle-out DIR/all.zip --sign DIR/key.pem --fail-on never --format json",
    );
    assert!(made.code == 0 && made.out.contains("\"profile\": \"all\""), "{}{}", made.out, made.err);
    let ran = verify(&program, "all.zip");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn the_same_estate_gives_the_same_bytes_wherever_it_lies() {
    let program = signed();
    for (path, bytes) in program.files("e") {
        program.put(&format!("elsewhere/copied/{path}"), &bytes);
    }
    assert_eq!(audited(&program, "elsewhere/copied", "elsewhere/b.zip"), program.read("a.zip"));
}

#[test]
fn whatever_is_changed_is_refused_and_named() {
    let program = signed();
    let bytes = program.read("a.zip");
    let step = (bytes.len() / 60).max(1);
    for at in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        program.put("changed.zip", &changed);
        let ran = verify(&program, "changed.zip");
        assert!(
            ran.code == 5 && ran.err.contains("not verified") && (ran.err.contains('\'') || at < 4),
            "byte {at}: {}{}",
            ran.out,
            ran.err
        );
    }
    // Whoever makes the checksums right again is caught by the signature, for every file.
    let all = members(&program);
    for i in 0..all.len() {
        let mut changed = all.clone();
        changed[i].bytes.push(b' ');
        program.put("changed.zip", &write_archive(&changed).unwrap());
        let ran = verify(&program, "changed.zip");
        // A blank behind the envelope changes nothing of what it says.
        if all[i].name == SIGNATURE {
            assert_eq!(ran.code, 0, "{}", ran.err);
        } else {
            assert!(ran.code == 5 && ran.err.contains(&all[i].name), "{}: {}", all[i].name, ran.err);
        }
        let mut gone = all.clone();
        gone.remove(i);
        program.put("changed.zip", &write_archive(&gone).unwrap());
        let ran = verify(&program, "changed.zip");
        assert!(ran.code == 5 && (ran.err.contains(&all[i].name)), "{}: {}", all[i].name, ran.err);
    }
    let mut more = all.clone();
    more.insert(0, Member { name: "more.txt".to_owned(), bytes: Vec::new() });
    program.put("changed.zip", &write_archive(&more).unwrap());
    assert!(verify(&program, "changed.zip").err.contains("'more.txt' is in the archive and was not signed"));
}

/// A report that its inputs do not bear out is refused, whoever signed it.
#[test]
fn a_report_that_its_inputs_contradict_is_refused() {
    let program = signed();
    let mut all = members(&program);
    all.pop();
    for member in all.iter_mut().filter(|m| m.name == "report.json" || m.name == "audit-of-inputs.json") {
        let text = String::from_utf8(member.bytes.clone()).unwrap();
        let at = text.find("\"rule\": \"clear-text-secret\"").unwrap();
        let fail = at + text[at..].find("\"outcome\": \"fail\"").unwrap();
        member.bytes = format!("{}\"outcome\": \"pass\"{}", &text[..fail], &text[fail + 17..]).into_bytes();
    }
    let key = kerbsync_evidence::SigningKey::from_pem(std::str::from_utf8(PRIVATE).unwrap()).unwrap();
    let envelope = key.sign(&kerbsync_evidence::Statement::about(&all, serde_json::json!({})).to_bytes());
    all.push(Member { name: SIGNATURE.to_owned(), bytes: serde_json::to_vec(&envelope).unwrap() });
    program.put("changed.zip", &write_archive(&all).unwrap());
    let ran = verify(&program, "changed.zip");
    assert!(ran.code == 5 && ran.err.contains("audit-of-inputs.json") && ran.err.contains("clear-text-secret"), "{}", ran.err);
}

#[test]
fn only_the_key_that_is_given_counts() {
    let program = signed();
    let ran = program.run("verify DIR/a.zip --key DIR/other.pem");
    assert!(ran.code == 5 && ran.err.contains("was not made with this key"), "{}", ran.err);
    let ran = program.run("verify DIR/a.zip --key DIR/key.pem");
    assert!(ran.code == 4 && !ran.err.contains("MC4C"), "{}", ran.err);
    program.put("unsigned.zip", &write_archive(&members(&program)[..3]).unwrap());
    let ran = verify(&program, "unsigned.zip");
    assert!(ran.code == 5 && ran.err.contains("it is not signed"), "{}", ran.err);
    let ran = program.run("audit DIR/e --bundle-out DIR/e/x.zip --sign DIR/key.pem");
    assert!(ran.code == 2 && ran.err.contains("lies within"), "{}", ran.err);
    let ran = program.run("audit DIR/e --sign DIR/key.pem");
    assert_eq!(ran.code, 2, "{}", ran.err);
    let ran = program.run("audit DIR/e --bundle-out DIR/x.zip --sign DIR/pub.pem");
    assert!(ran.code == 4 && ran.err.contains("openssl genpkey"), "{}", ran.err);
}

/// The lines of README.md that check the signature without this program, where openssl and a shell are there.
#[cfg(unix)]
#[test]
fn openssl_checks_the_signature() {
    let readme = include_str!("../README.md");
    let begin = readme.find("unzip -p evidence.zip").expect("the lines of README.md");
    let lines = &readme[begin..begin + readme[begin..].find("```").unwrap()];
    let there = |tool: &str| {
        std::process::Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().is_ok_and(|o| o.status.success())
    };
    if !["openssl", "unzip", "sed", "base64"].iter().all(|tool| there(tool)) {
        return;
    }
    let program = signed();
    program.put("evidence.zip", &program.read("a.zip"));
    program.put("public.pem", PUBLIC);
    let run = || std::process::Command::new("sh").args(["-ec", lines]).current_dir(program.path("")).output().unwrap();
    let good = run();
    assert!(good.status.success() && String::from_utf8_lossy(&good.stdout).contains("Verified Successfully"), "{good:?}");
    program.put("public.pem", OTHER);
    assert!(!run().status.success());
}
