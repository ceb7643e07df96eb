//! `audit`: texts, exit codes, outputs.

use super::{Shell, binary, json, valid};
use std::io::{self, Write};

const FE02: &str = "servers/fe02.contoso.com/applicationHost.config";

/// The last sentence, which begins with `Verdict:`.
fn verdict(text: &str) -> String {
    let at = text.rfind("Verdict: ").unwrap_or_else(|| panic!("no verdict in {text}"));
    text[at..].split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_stale_server_is_an_error_with_its_place() {
    let shell = Shell::whole();
    shell.change(FE02, "Canary-Reference-1", "Canary-Stale-2");
    let ran = shell.run("audit DIR");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("error[KS201] stale-secret: "), "{}", ran.out);
    assert!(ran.out.contains("--> DIR/servers/fe02.contoso.com/applicationHost.config:13:"), "{}", ran.out);
    assert!(verdict(&ran.out).starts_with("Verdict: FAILED. "), "{}", ran.out);
    // The words of other rules are theirs: only this finding and the table are held here.
    let part = |from: &str, to: &str| {
        let rest = &ran.out[ran.out.find(from).unwrap()..];
        rest[..rest.find(to).unwrap()].to_owned()
    };
    insta::assert_snapshot!(part("1 error", "  fingerprint:") + &part("Servers\n", "What was checked"));
}

#[test]
fn no_secret_is_shown_in_any_form() {
    let shell = Shell::whole();
    shell.change(FE02, "Canary-Reference-1", "Canary-Stale-2");
    for line in [
        "audit DIR -vv",
        "audit DIR --format json",
        "inventory DIR",
        "inventory DIR --format json",
        "slots DIR/servers/fe02.contoso.com/applicationHost.config",
        "slots DIR/servers/fe02.contoso.com/applicationHost.config --format json",
    ] {
        let ran = shell.run(line);
        assert!(ran.out.contains("fe02.contoso.com"), "{line}: {}", ran.out);
        assert!(!ran.transcript().contains("Canary"), "{line} shows a secret");
    }
}

#[test]
fn the_json_report_is_valid_and_says_the_same() {
    let shell = Shell::whole();
    shell.change(FE02, "Canary-Reference-1", "Canary-Stale-2");
    let ran = shell.run("audit DIR --format json");
    let report = json(&ran);
    assert_eq!((ran.code, report["summary"]["conclusion"].as_str()), (1, Some("findings")));
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "stale-secret").unwrap();
    assert_eq!((finding["server"].as_str(), finding["severity"].as_str()), (Some("fe02.contoso.com"), Some("error")));
    let place = &finding["locations"][0];
    let file = shell.read(FE02);
    let (start, end) = (place["byte_start"].as_u64().unwrap() as usize, place["byte_end"].as_u64().unwrap() as usize);
    assert!(file[start..end].contains("Canary-Stale-2") || file[start..end].contains("password"), "{}", &file[start..end]);
    let states = &report["inventory"]["sites"][0]["pools"][0]["computers"];
    assert_eq!([0, 1, 2].map(|i| states[i]["state"].as_str().unwrap()), ["in-sync", "stale", "in-sync"]);
}

#[test]
fn the_threshold_decides_the_exit_code() {
    let shell = Shell::whole();
    shell.change(FE02, "Canary-Reference-1", "Canary-Stale-2");
    assert_eq!(shell.run("audit DIR --fail-on never").code, 0);
    assert_eq!(shell.run("audit DIR --fail-on note").code, 1);
    shell.change(FE02, "Canary-Stale-2", "Canary-Reference-1");
    let ran = shell.run("audit DIR");
    assert_eq!(ran.code, 0, "{}", ran.out);
    // The secrets stand in clear, which is a finding of its own at a lower threshold or a pass, never an error of staleness.
    assert!(!ran.out.contains("KS201] stale-secret"), "{}", ran.out);
}

#[test]
fn the_reference_server_decides_when_groups_are_equal() {
    let shell = Shell::with("");
    let fe01 = shell.read("servers/fe01.contoso.com/applicationHost.config");
    shell.put(FE02, fe01.replace("Canary-Reference-1", "Canary-Stale-2").as_bytes());
    let state = |line: &str, n: usize| {
        let report = json(&shell.run(line));
        let computer = report["sites"][0]["pools"][0]["computers"][n].clone();
        (computer["state"].as_str().unwrap().to_owned(), computer["basis"].as_str().unwrap().to_owned())
    };
    assert_eq!(state("inventory DIR --format json", 0).0, "unknown");
    assert_eq!(state("inventory DIR --format json --reference fe02.contoso.com", 0), ("stale".to_owned(), "named".to_owned()));
    assert_eq!(state("inventory DIR --format json --reference fe02.contoso.com", 1), ("in-sync".to_owned(), "named".to_owned()));
}

#[test]
fn a_reference_that_is_no_server_is_refused() {
    let shell = Shell::whole();
    insta::assert_snapshot!(shell.run("audit DIR --reference pool01.contoso.com").transcript(), @r"
    --- standard error
    error: --reference 'pool01.contoso.com' is refused by naming rule N02: pool01.contoso.com is a pool of 3 computers, not a server.
    hint: use instead: fe01.contoso.com
    hint: use instead: fe02.contoso.com
    hint: use instead: fe03.contoso.com
    --- exit 5
    ");
    assert_eq!(shell.run("audit DIR --reference fe01").code, 2);
}

#[test]
fn nothing_recognised_is_no_clean_bill() {
    let shell = Shell::empty();
    shell.put("notes.txt", b"nothing to see here\n");
    let ran = shell.run("audit DIR");
    assert_eq!(ran.code, 3);
    insta::assert_snapshot!(ran.transcript());
    let empty = Shell::empty();
    assert_eq!((empty.run("audit DIR").code, empty.run("inventory DIR").code), (3, 3));
}

#[test]
fn a_missing_path_is_named_and_hides_nothing() {
    let shell = Shell::whole();
    let ran = shell.run("audit DIR DIR/nowhere");
    assert_eq!(ran.code, 4);
    insta::assert_snapshot!(ran.err, @r"
    error: there is nothing at 'DIR/nowhere'
    hint: give a folder, an archive or a file with exports; check the spelling
    ");
    assert!(verdict(&ran.out).contains("DIR/nowhere could not be opened."), "{}", ran.out);
    assert_eq!(shell.run("audit DIR/nowhere").code, 3);
}

#[test]
fn a_cut_file_is_named_with_its_place_and_counts_less_than_nothing_else() {
    let shell = Shell::whole();
    let whole = shell.read(FE02);
    shell.put(FE02, &whole.as_bytes()[..whole.find("</sites>").unwrap()]);
    let ran = shell.run("audit DIR");
    assert_eq!(ran.code, 4, "{}", ran.out);
    let at = ran.out.find("Not readable: 1 document").unwrap();
    insta::assert_snapshot!(ran.out[at..].lines().take(5).collect::<Vec<_>>().join("\n"));
    // An error elsewhere is still shown; the exit code is the higher of the two.
    shell.change("servers/fe03.contoso.com/applicationHost.config", r"CONTOSO\KerbAuth$", r"CONTOSO\Other");
    let ran = shell.run("audit DIR");
    assert!(ran.code == 4 && ran.out.contains("different-account"), "{}", ran.out);
}

#[test]
fn a_mixed_folder_reports_on_the_good_and_names_the_bad() {
    let shell = Shell::whole();
    let topology = shell.read("topology.xml");
    let mut utf16 = vec![0xFF, 0xFE];
    utf16.extend(topology.encode_utf16().flat_map(u16::to_le_bytes));
    shell.put("topology.xml", &utf16);
    shell.put("photo.jpg", &[0xFF, 0xD8, 0xFF, 0xE0, 0, 16, b'J', b'F', b'I', b'F']);
    shell.put("empty.xml", b"");
    let ran = shell.run("audit DIR --format json");
    let report = json(&ran);
    let status = |end: &str| {
        let inputs = report["inputs"].as_array().unwrap();
        let input = inputs.iter().find(|i| i["path"].as_str().unwrap().ends_with(end)).unwrap_or_else(|| panic!("{end}"));
        input["status"].as_str().unwrap().to_owned()
    };
    assert_eq!((status("topology.xml"), status("photo.jpg")), ("used".to_owned(), "noise".to_owned()));
    assert_ne!(status("empty.xml"), "used");
    assert_eq!(report["summary"]["web_servers"], 3);
}

#[test]
fn several_outputs_in_one_run() {
    let shell = Shell::whole();
    let alone = shell.run("audit DIR");
    let ran = shell.run("audit DIR --output json=DIR/../report.json");
    assert_eq!((ran.code, &ran.out), (alone.code, &alone.out));
    let shell = Shell::whole();
    let ran = shell.run("audit DIR/topology.xml --output json=DIR/a.json --output text=DIR/b.txt --format json");
    valid(&serde_json::from_str(&shell.read("a.json")).unwrap());
    assert_eq!(crate::support::folder::shown(shell.read("a.json").into_bytes(), &shell.folder), ran.out);
    assert!(shell.read("b.txt").contains("Verdict: "));
    let ran = shell.run("audit DIR/topology.xml --output json=- --output text=DIR/b.txt");
    json(&ran);
}

#[test]
fn outputs_that_cannot_be_written_are_told_before_the_work() {
    let shell = Shell::whole();
    for (line, error) in [
        (
            "audit DIR --output json=DIR/no/such/report.json",
            "error: there is no folder 'DIR/no/such' for the report\nhint: make it first\n",
        ),
        ("audit DIR --output json=DIR", "error: 'DIR' is a folder, so no report can be written to it\nhint: name a file in it\n"),
        (
            "audit DIR --output json=- --output text=-",
            "error: two outputs go to standard output\nhint: give all but one of them a file: --output json=report.json\n",
        ),
    ] {
        let ran = shell.run(line);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (2, "", error), "{line}");
    }
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let mut shell = Shell::whole();
    let colored = |shell: &Shell, line: &str| shell.run(line).out.contains('\u{1b}');
    assert!(!colored(&shell, "audit DIR"));
    assert!(colored(&shell, "audit DIR --color always"));
    shell.terminals = (true, false);
    assert!(colored(&shell, "audit DIR"));
    assert!(!colored(&shell, "audit DIR --color never"));
    shell.env = vec![("NO_COLOR", "1")];
    assert!(!colored(&shell, "audit DIR"));
    shell.env = vec![("TERM", "dumb")];
    assert!(!colored(&shell, "audit DIR"));
}

/// A reader that goes away after some bytes.
struct Head(usize);

impl Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let n = bytes.len().min(self.0);
        self.0 -= n;
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_goes_away_changes_nothing_else() {
    let shell = Shell::whole();
    let mut err = Vec::new();
    let code = shell.run_with(&["audit", "DIR"], &mut Head(100), &mut err);
    assert_eq!((code, String::from_utf8(err).unwrap()), (shell.run("audit DIR").code, String::new()));
}

#[test]
fn the_built_program_does_the_same() {
    let shell = Shell::whole();
    shell.change(FE02, "Canary-Reference-1", "Canary-Stale-2");
    let output = binary(&["audit", ".", "--now", "2026-03-01"], shell.folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("stale-secret"));
    assert!(output.stderr.is_empty());
}
