//! `learn`: a place that nobody knows is learned from what the cmdlet changed, declared, and found by an audit.

use crate::support::program::Program;
use kerbsync_lab::{LabOptions, Layout, build};

const CONFIG: &str = "Windows/System32/inetsrv/config/applicationHost.config";

/// An estate whose servers hold the account where no layout expects it; without the reports that would prove servers valid.
fn estate(options: &str) -> Program {
    let program = Program::at("2026-05-01T12:00:00Z");
    let ran =
        program.run(&format!("simulate estate --seed 11 --sites 1 --servers 3 --clean --history --layout unlisted {options} -o DIR/e"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    for (path, _) in program.files("e/reports") {
        program.put(&format!("e/reports/{path}"), b"");
    }
    program
}

fn snapshot(number: u32) -> String {
    format!("DIR/e/servers/fe01.contoso.com/inetpub/history/CFGHISTORY_{number:010}/applicationHost.config")
}

fn states(program: &Program) -> Vec<(String, String)> {
    let ran = program.run("audit DIR/e --format json");
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let sites = report["inventory"]["sites"].as_array().unwrap();
    let computers = sites.iter().flat_map(|s| s["pools"].as_array().unwrap()).flat_map(|p| p["computers"].as_array().unwrap());
    let web = computers.filter(|c| c["web_server"] == true);
    web.map(|c| (c["fqdn"].as_str().unwrap().to_owned(), c["state"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn an_unknown_place_is_unknown_and_ends_with_what_learn_writes() {
    let program = estate("");
    let before = states(&program);
    assert!(before.len() == 3 && before.iter().all(|(_, state)| state == "unknown"), "{before:?}");
    let audit = program.run("audit DIR/e");
    assert!(!audit.out.contains("error["), "{}", audit.out);
    assert!(audit.out.contains("kerbsync learn --before before.config --after after.config --output learned.toml"), "{}", audit.out);

    let line = format!("learn --before {} --after {} --output DIR/learned.toml", snapshot(1), snapshot(2));
    let ran = program.run(&line);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let settings = String::from_utf8(program.read("e/kerbsync.toml")).unwrap();
    let learned = String::from_utf8(program.read("learned.toml")).unwrap();
    assert!(learned.contains("\n[[slots]]\nsection = \"system.applicationHost/webAccountHolder\"\nlocation = \"\"\n"), "{learned}");
    assert_eq!(learned.matches("sha256 ").count(), 2, "{learned}");
    program.put("e/kerbsync.toml", format!("{settings}\n{learned}").as_bytes());

    assert!(states(&program).iter().all(|(_, state)| state == "in-sync"), "{:?}", states(&program));
    let slots = program.run(&format!("slots DIR/e/servers/fe01.contoso.com/{CONFIG} --config DIR/e/kerbsync.toml"));
    assert!(slots.out.contains("declared slot system.applicationHost/webAccountHolder"), "{}", slots.out);
    // Once the place is known, a server without it is not configured.
    program.put(&format!("e/servers/fe01.contoso.com/{CONFIG}"), &program.read(&snapshot(1).replace("DIR/", "")));
    let fe01 = states(&program).into_iter().find(|(host, _)| host == "fe01.contoso.com").unwrap();
    assert_eq!(fe01.1, "not-configured");
}

#[test]
fn a_file_that_is_there_is_left_alone_and_the_same_configuration_twice_teaches_nothing() {
    let program = estate("");
    program.put("mine.toml", b"# mine");
    let ran = program.run(&format!("learn --before {} --after {} --output DIR/mine.toml", snapshot(1), snapshot(2)));
    assert_eq!((ran.code, program.read("mine.toml").as_slice()), (2, b"# mine".as_slice()), "{}", ran.err);
    let two = program.run("learn --before DIR/servers/fe01.contoso.com/a.config --after DIR/SERVERS/fe02.contoso.com/x/a.config");
    assert!(two.code == 2 && two.err.contains("two servers, fe01 and fe02"), "{}", two.err);
    let one = program.run("learn --before DIR/servers/fe01.contoso.com/a.config --after DIR/servers/FE01/a.config");
    assert_eq!(one.code, 4, "{}", one.err);
    let same = program.run(&format!("learn --before {0} --after {0} --output DIR/none.toml", snapshot(2)));
    assert_eq!(same.code, 3, "{}", same.out);
    assert!(!program.path("none.toml").exists() && same.out.starts_with("Both configurations say the same"), "{}", same.out);
    for line in ["learn", "learn --before DIR/mine.toml", "learn DIR/e --before x --after y", "learn --history DIR/e --user-account nobody"]
    {
        assert_eq!(program.run(line).code, 2, "{line}");
    }
    for line in ["learn --before DIR/mine.toml --after DIR/mine.toml", "learn --before DIR/e --after DIR/e", "learn DIR/absent"] {
        assert_eq!(program.run(line).code, 4, "{line}");
    }
}

/// The history is compared snapshot by snapshot, and the times of reports say which two a run lies between: those of a manifest count, those
/// of files are a hint.
#[test]
fn the_history_is_joined_with_the_times_of_reports() {
    let program = estate("");
    let page = "<html><body><h1>Set-CsKerberosAccountPassword</h1><p>fe01.contoso.com</p>\
        <td>2026-04-02 08:00:00Z</td><td>2026-04-02 08:00:09Z</td></body></html>";
    program.put("set.html", page.as_bytes());
    program.put("test.html", b"<html><body>Test-CsKerberosAccountAssignment 2026-04-02 08:00:00Z</body></html>");
    let folder = "e/servers/fe01.contoso.com/inetpub/history";
    let digest = |number: u32| {
        let inputs = program.run(&format!("learn --history DIR/{folder} --format json"));
        let report: serde_json::Value = serde_json::from_str(&inputs.out).unwrap();
        let name = format!("CFGHISTORY_{number:010}/");
        let inputs = report["inputs"].as_array().unwrap();
        inputs.iter().find(|i| i["path"].as_str().unwrap().contains(&name)).unwrap()["sha256"].as_str().unwrap().to_owned()
    };
    let files: Vec<_> = [(1, "2026-04-01T00:00:00Z"), (2, "2026-04-02T08:00:12Z"), (3, "2026-04-20T00:00:00Z")]
        .into_iter()
        .map(|(n, written)| serde_json::json!({"path": format!("CFGHISTORY_{n:010}/applicationHost.config"), "sha256": digest(n), "written": written}))
        .collect();
    let around = |ran: &crate::support::program::Ran| -> Vec<String> {
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        report["comparisons"].as_array().unwrap().iter().map(|c| c["around"].as_str().unwrap().to_owned()).collect()
    };
    let line = format!("learn --history DIR/{folder} --report DIR/set.html --format json");
    assert!(around(&program.run(&line)).iter().all(|a| a != "dated" && a != "no"), "files have times of their own");
    let manifest = serde_json::json!({"schema": "kerbsync.manifest/v1", "files": files});
    program.put(&format!("{folder}/manifest.json"), manifest.to_string().as_bytes());
    let ran = program.run(&line);
    assert_eq!(around(&ran), ["dated", "no"], "{}", ran.out);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((report["learned"].as_bool(), report["runs"][0]["started"].as_str()), (Some(true), Some("2026-04-02T08:00:00Z")));
    // A report of another cmdlet is refused, and one that does not name the server tells nothing about it.
    assert_eq!(program.run(&format!("learn --history DIR/{folder} --report DIR/test.html")).code, 4);
    program.put("other.html", page.replace("fe01.", "fe09.").as_bytes());
    let other = program.run("learn DIR/e/servers/fe01.contoso.com --report DIR/other.html --format json");
    assert_eq!(around(&other), ["unknown", "unknown"]);
}

#[test]
fn edits_of_others_between_snapshots_are_told_beside_and_hide_nothing() {
    let program = estate("");
    let acted = program.run("simulate actors DIR/e --editor-edits 12 --every 20 --seconds 1 --seed 5");
    assert_eq!(acted.code, 0, "{}", acted.err);
    let ran = program.run("learn DIR/e");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("Learned: system.applicationHost/webAccountHolder."), "{}", ran.out);
    let report: serde_json::Value = serde_json::from_str(&program.run("learn DIR/e --format json").out).unwrap();
    let noise = report["comparisons"].as_array().unwrap().iter().flat_map(|c| c["noise"].as_array().unwrap());
    assert!(noise.into_iter().any(|n| n["kind"] == "logging"), "no edit of the log is told as noise");
}

#[test]
fn two_places_alike_are_both_left_for_the_reader_to_choose() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let file = |rest: &str| {
        format!(
            "<configuration><system.applicationHost><sites/></system.applicationHost><system.webServer>{rest}</system.webServer></configuration>"
        )
    };
    program.put("before.config", file("").as_bytes());
    let pair = |name: &str| format!("<{name} userName=\"CONTOSO\\kerb\" password=\"Canary-Word-9\"/>");
    program.put("after.config", file(&(pair("one") + &pair("two"))).as_bytes());
    let ran = program.run("learn --before DIR/before.config --after DIR/after.config --output DIR/l.toml");
    assert!(ran.code == 0 && ran.out.starts_with("No place stands out"), "{}", ran.out);
    let written = String::from_utf8(program.read("l.toml")).unwrap();
    assert!(written.contains("#[[slots]]") && !written.lines().any(|l| l.starts_with('[')), "{written}");
    assert!(!ran.out.contains("Canary") && !written.contains("Canary"));
    let chosen: String =
        written.lines().filter(|l| !l.starts_with("# ")).take(6).map(|l| l.trim_start_matches('#').to_owned() + "\n").collect();
    program.put("chosen.toml", chosen.as_bytes());
    let slots = program.run("slots DIR/after.config --config DIR/chosen.toml");
    assert!(slots.code == 0 && slots.out.contains("declared slot system.webServer/one"), "{chosen}{}{}", slots.out, slots.err);
}

/// What the estate's passwords are is known here alone, in clear and encrypted.
#[test]
fn no_secret_is_printed() {
    let mut options = LabOptions::new(23, 1, 2, "2026-05-01T00:00:00Z".parse().unwrap());
    (options.layout, options.history) = (Layout::Unlisted, true);
    let estate = build(&options).unwrap();
    let program = Program::at("2026-05-01T12:00:00Z");
    let mut values: Vec<String> = estate.secrets().map(str::to_owned).collect();
    for (path, bytes) in estate.files() {
        program.put(&format!("e/{path}"), bytes);
        let text = String::from_utf8_lossy(bytes);
        values.extend(
            text.match_indices("[enc:").filter_map(|(at, _)| Some(text[at..].split_once(":enc]")?.0.rsplit(':').next()?.to_owned())),
        );
    }
    values.retain(|v| v.len() > 6);
    assert!(values.len() > 6, "{}", values.len());
    let mut seen = 0;
    for line in
        ["learn DIR/e -v", "learn DIR/e --format json", "learn DIR/e --output DIR/l.toml --output json=DIR/l.json --output text=DIR/l.txt"]
    {
        let ran = program.run(line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        let files = ["l.toml", "l.json", "l.txt"].iter().filter(|f| program.path(f).exists()).map(|f| program.read(f));
        let texts: Vec<String> = files.map(|b| String::from_utf8(b).unwrap()).chain([ran.out, ran.err]).collect();
        for text in &texts {
            assert!(values.iter().all(|v| !text.contains(v.as_str())), "{line}: {text}");
            seen += text.len();
        }
    }
    assert!(seen > 1000);
}
