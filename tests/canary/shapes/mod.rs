//! Secrets by shape: hundreds of texts planted wherever people and programs leave passwords, looked for in every spelling and in parts.

mod errors;
mod passed_on;
mod planted;
mod planter;

use super::{Canaries, estate};
use crate::encodings::{Encoding, decode};
use crate::support::program::Program;
use base64::Engine as _;
use kerbsync_lab::Layout;
use kerbsync_report::render::REPORT_FORMATS;
use planted::{PART, Planted, escaped};
use planter::{bundle, digest};
use std::collections::BTreeSet;

#[test]
fn what_is_planted_is_found_in_every_spelling() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let planter = bundle(&program, None);
    let planted = &planter.planted;
    assert!(planted.secrets.len() >= 300, "{}", planted.secrets.len());
    assert_eq!(planted.secrets.iter().collect::<BTreeSet<_>>().len(), planted.secrets.len());
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    for secret in &planted.secrets {
        let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
        for text in [
            secret.clone(),
            escaped(secret),
            hex,
            base64(secret.as_bytes()),
            base64(format!("a{secret}").as_bytes()),
            base64(format!("ab{secret}").as_bytes()),
            base64(&wide),
            serde_json::to_string(secret).unwrap(),
            secret[..secret.floor_char_boundary(PART)].to_owned(),
            digest(secret),
        ] {
            assert!(planted.found_in(format!("the text {text} of it").as_bytes()).is_some(), "{text}");
        }
        assert!(planted.found_in(&[b"x".as_slice(), &wide].concat()).is_some());
    }
    for kind in
        ["slot.config", "oneline.config", "b/notes/password.txt", "b/exports/notes.json", "b/directory/notes.ldif", "b/exports/bare.csv"]
    {
        assert!(planted.found_in(&program.read(kind)).is_some(), "{kind}");
    }
    assert!(
        planted.found_in(program.run("rules").out.as_bytes()).is_none() && planted.found_in(program.run("man").out.as_bytes()).is_none()
    );
}

/// The formats of a report beside text and JSON.
fn formats() -> impl Iterator<Item = &'static str> {
    REPORT_FORMATS.iter().map(|format| format.name).filter(|name| !["text", "json"].contains(name))
}

/// Every command that reads a bundle, in every format and verbosity.
fn watch(program: &Program, planted: &Planted, canaries: &Canaries) {
    let run = |line: &str| {
        let ran = program.run(line);
        planted.check_run(line, &ran);
        canaries.check(line, &ran);
        assert!(!ran.out.is_empty() || !ran.err.is_empty(), "{line} says nothing");
        ran
    };
    for line in [
        "audit DIR/b",
        "audit DIR/b -v",
        "audit DIR/b -vv --color always",
        "audit DIR/b --format json",
        "inventory DIR/b -vv",
        "inventory DIR/b --format json",
    ] {
        run(line);
    }
    for format in formats() {
        run(&format!("audit DIR/b --format {format}"));
    }
    run("audit DIR/b --output json=DIR/report.json --output text=DIR/report.txt");
    for file in ["report.json", "report.txt"] {
        planted.check(file, &decode(&program.read(file)));
    }
    run("redact DIR/b DIR/copy");
    let copy = program.files("copy");
    assert!(copy.len() > 20, "{}", copy.len());
    for (path, bytes) in &copy {
        planted.check(path, &decode(bytes));
        canaries.check_text(path, &decode(bytes));
    }
    for file in ["slot.config", "oneline.config"] {
        for line in [
            "slots DIR/FILE -vv",
            "slots DIR/FILE --format json",
            "audit DIR/FILE -vv",
            "config show --config DIR/FILE",
            "audit DIR/b/topology --config DIR/FILE",
        ] {
            run(&line.replace("FILE", file));
        }
    }
    run("resolve fe01.contoso.com --topology DIR/b -vv");
    run("resolve fe01.contoso.com --topology DIR/b --format json");
    let inventory: serde_json::Value = serde_json::from_str(&run("inventory DIR/b --format json").out).unwrap();
    let list = |v: &serde_json::Value| v.as_array().cloned().unwrap_or_default();
    let pools = list(&inventory["sites"]).into_iter().flat_map(|s| list(&s["pools"]));
    let computers: Vec<_> = pools.flat_map(|p| list(&p["computers"])).filter(|c| c["web_server"] == true).collect();
    let names: Vec<&str> = computers.iter().map(|c| c["fqdn"].as_str().unwrap()).collect();
    assert!(names.len() > 2);
    for to in names.iter().take(4) {
        for from in names.iter().take(4).filter(|n| *n != to) {
            let pair = format!("DIR/b --from-computer {from} --to-computer {to}");
            run(&format!("sync {pair} --what-if -v"));
            run(&format!("sync {pair} --what-if --format json"));
        }
    }
    let cmdlets = [
        "Test-CsKerberosAccountAssignment -Identity site:Redmond -Report DIR/test.html -Verbose --bundle DIR/b".to_owned(),
        "Get-CsKerberosAccountAssignment --bundle DIR/b".to_owned(),
        format!(
            "Set-CsKerberosAccountPassword -FromComputer {} -ToComputer {} -WhatIf -Report DIR/set.html --bundle DIR/b",
            names[0], names[1]
        ),
    ];
    for line in &cmdlets {
        run(line);
    }
    let written: Vec<String> = program.files("").into_keys().filter(|f| f.starts_with("test.") || f.starts_with("set.")).collect();
    for file in &written {
        planted.check(file, &decode(&program.read(file)));
    }
    for line in [r"set-password DIR/b --user-account CONTOSO\KerbAuth --what-if", "status DIR/b", "recover DIR/b", "diff DIR/b DIR/b"] {
        run(line);
    }
    planted.finish();
}

#[test]
fn no_shape_of_a_secret_is_told() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let planter = bundle(&program, None);
    watch(&program, &planter.planted, &Canaries::of(&estate(61, Layout::SiteSection)));
}

#[test]
fn nor_in_utf_16() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let planter = bundle(&program, Some(Encoding::Utf16Le));
    watch(&program, &planter.planted, &Canaries::of(&estate(61, Layout::SiteSection)));
}
