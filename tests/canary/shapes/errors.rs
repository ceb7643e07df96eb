//! What errors quote.

use super::planted::Planted;
use super::planter::Planter;
use crate::support::program::Program;
use std::ffi::OsString;

/// Files that are no documents of their kind, and arguments that hold what should not be there.
#[test]
fn errors_quote_no_secret() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let mut planter = Planter { planted: Planted::default() };
    let settings = [
        "S = 1",
        "[domains]\nCONTOSO = S",
        "[domains]\nCONTOSO = [\"S\"]",
        "slots = \"S\"",
        "waivers_file = [\"S\"]",
        "reference = \"password=S\"",
        "[[slots]]\nsection = \"a/b\"\naccount = \"u\"\nsecret = \"S S\"",
        "[[slots]]\nsection = \"S\"\naccount = 3",
        "password = \"S",
        "# S\n\"S\" = {S",
        "thresholds = \"S\"",
        "[web_sites]\ninternal = [\"S\"]",
        "waivers_file = \"password=S\"",
    ];
    for text in settings {
        program.put("s.toml", planter.plain(text).as_bytes());
        program.put("b/kerbsync.toml", planter.plain(text).as_bytes());
        for line in ["config show --config DIR/s.toml", "audit DIR/b -vv", "audit DIR/b --format json", "audit DIR/b --config DIR/s.toml"] {
            planter.planted.check_run(&format!("{text}: {line}"), &program.run(line));
        }
    }
    let plans = [
        "S",
        "{\"S\": 1}",
        "{\"schema\": \"S\"}",
        "{\"schema\": \"kerbsync.plan/v1\", \"steps\": \"S\"}",
        "[\"S\"]",
        "\"S\"",
        "{\"schema\": \"kerbsync.plan/v1\", S",
    ];
    for text in plans {
        program.put("plan.json", planter.plain(text).as_bytes());
        planter.planted.check_run(text, &program.run("apply DIR/plan.json --bundle DIR/b"));
    }
    let words = [
        "--S",
        "--password=S",
        "-pS",
        "--format=password=S",
        "password=S",
        "--now=password:S",
        "--fail-on=token=S",
        "--require=pwd=S",
        "--config=/x/password=S",
        "https://u:S@h/",
        "--output=password=S",
        "[enc:AesProvider:S:enc]",
    ];
    for word in words.iter().filter(|w| **w != "--S" && **w != "-pS") {
        let word = planter.plain(word);
        for command in ["audit", "sync", "slots", "resolve", "explain", "plan", "nothing"] {
            let ran = program.run_words([command.into(), OsString::from(&word)], &|_| None);
            planter.planted.check_run(&format!("{command} {word}"), &ran);
        }
        let cmdlet = ["Set-CsKerberosAccountPassword".into(), "-UserAccount".into(), OsString::from(&word)];
        planter.planted.check_run(&format!("cmdlet {word}"), &program.run_words(cmdlet, &|_| None));
    }
    planter.planted.finish();
}

/// What steers a screen is spelled out, one's own arguments included.
#[test]
fn no_output_steers_a_screen() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let steer = "a\u{1b}[31m\u{9b}1m\u{202e}\u{2066}\u{200b}\u{2028}\u{2029}\u{e0041}\u{feff}z";
    let named: String = steer.chars().filter(|c| !c.is_control()).collect();
    program.put(&format!("b/{named}.xml"), format!("<Topology Name=\"{}\"/>", named).as_bytes());
    program.put(
        "b/x.ldif",
        format!("dn: CN={steer},DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: {steer}$\nuserAccountControl: {steer}\n")
            .as_bytes(),
    );
    program
        .put("b/log.xml", format!("<CsMgmtLog Name=\"Enable-CsTopology\"><Error Title=\"{named}\">{named}</Error></CsMgmtLog>").as_bytes());
    program.put("b/a.json", format!("[{{\"Identity\": \"Site:{named}\", \"UserAccount\": \"CONTOSO\\\\{named}\"}}]").as_bytes());
    program.put("b/a.csv", format!("\"Identity\",\"{named}\"\r\n\"{named}\",\"b\",\"c\"\r\n").as_bytes());
    let lines = [
        "audit DIR/b -vv",
        "audit DIR/b --format json",
        "inventory DIR/b",
        "inventory DIR/b --format json",
        "resolve STEER --topology DIR/b",
        "audit STEER",
        "STEER",
        "slots STEER",
        "explain STEER",
        "audit --STEER",
        "audit --format STEER",
        "Test-CsKerberosAccountAssignment -Identity STEER --bundle DIR/b",
        "Test-CsKerberosAccountAssignment -STEER",
        "plan sync DIR/b --from-computer STEER --to-computer STEER",
    ];
    let formats = super::formats().map(|format| format!("audit DIR/b --format {format}"));
    for line in lines.iter().map(|line| (*line).to_owned()).chain(formats) {
        let folder = program.path("").display().to_string();
        let words = line.split(' ').map(|w| OsString::from(w.replace("STEER", steer).replace("DIR", folder.trim_end_matches('/'))));
        let ran = program.run_words(words, &|_| None);
        for text in [ran.out.replace("\r\n", "\n"), ran.err] {
            let bad: Vec<char> = text.chars().filter(|c| *c != '\n' && kerbsync_source::steers(*c)).collect();
            assert!(bad.is_empty(), "{line}: {bad:?} in {text:?}");
        }
    }
}
