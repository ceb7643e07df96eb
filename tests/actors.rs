//! Others act on an estate while it is read and written.

use crate::support::program::Program;
use kerbsync_faults::{Fault, FaultKind, Image, MemoryDisk};
use kerbsync_servers::actors::VirusScanner;
use kerbsync_store::{FileErrorKind, Files as _, Key};
use std::sync::atomic::{AtomicBool, Ordering};

const CONFIG: &str = "Windows/System32/inetsrv/config/applicationHost.config";

fn estate(options: &str) -> Program {
    let program = Program::at("2026-05-01T12:00:00Z");
    let ran = program.run(&format!("simulate estate --seed 11 --sites 1 --servers 3 {options} -o DIR/estate"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    program
}

fn config(program: &Program, server: &str) -> String {
    String::from_utf8(program.read(&format!("estate/servers/{server}.contoso.com/{CONFIG}"))).unwrap()
}

/// Markers of the edits that were told of, by server.
fn told(out: &str) -> Vec<(String, String)> {
    let edits = out.lines().filter_map(|l| l.strip_prefix("edit ")?.trim_start().split_once(' '));
    let edits = edits.filter_map(|(_, rest)| rest.split_once(".contoso.com: "));
    edits.filter_map(|(server, what)| Some((server.to_owned(), what.split('\'').nth(1)?.to_owned()))).collect()
}

#[test]
fn edits_are_made_and_the_history_follows() {
    let program = estate("--clean");
    let ran = program.run("simulate actors DIR/estate --editor-edits 9 --every 20 --seconds 1 --seed 3");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.starts_with("acting on 3 servers of DIR/estate for 1 seconds\n"), "{}", ran.out);
    assert!(
        ran.out.ends_with("9 edits committed, 0 refused since the file had changed, 0 given up; 9 snapshots of the history\n"),
        "{}",
        ran.out
    );
    let comments = told(&ran.out);
    assert!(comments.len() >= 3, "{}", ran.out);
    for (server, marker) in comments {
        assert!(config(&program, &server).contains(&marker), "{marker}");
    }
    assert!(ran.out.lines().any(|l| l.starts_with("history  ") && l.contains("CFGHISTORY_0000000002")));
    let audit = program.run("audit DIR/estate");
    assert_eq!(audit.code, 0, "none of it is anybody's business: {}", audit.out);
}

#[test]
fn a_reader_never_sees_half_a_file_and_a_writer_beside_loses_nothing() {
    let program = estate("--defect stale-secret --clean");
    let (over, read) = (AtomicBool::new(false), |server: &str| config(&program, server));
    let (acted, synced) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for server in ["dir01", "fe01", "fe02"] {
                    assert!(read(server).trim_end().ends_with("</configuration>"));
                }
            }
        });
        let actors = scope.spawn(|| program.run("simulate actors DIR/estate --editor-edits 20 --every 50 --seconds 2"));
        std::thread::sleep(std::time::Duration::from_millis(400));
        let line = "sync DIR/estate --from-computer fe01.contoso.com --all --operator CONTOSO\\olivia --accept-inferred-protection";
        let synced = program.run(line);
        let acted = actors.join().unwrap();
        over.store(true, Ordering::Relaxed);
        reader.join().unwrap();
        (acted, synced)
    });
    assert_eq!(acted.code, 0, "{}", acted.err);
    for (server, marker) in told(&acted.out) {
        assert!(config(&program, &server).contains(&marker), "an edit is lost: {marker}\n{}\n{}", acted.out, synced.out);
    }
    // somebody else's edit between plan and writing is a conflict, and then nothing is written; both ends are right
    let audit = program.run("audit DIR/estate");
    match synced.code {
        0 => assert_eq!(audit.code, 0, "{}", audit.out),
        5 | 6 => assert!(audit.out.contains("stale-secret"), "{}", audit.out),
        code => panic!("exit {code}: {}{}", synced.out, synced.err),
    }
}

#[test]
fn only_simulated_estates_are_touched() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let ran = program.run("simulate actors DIR/none");
    assert!(ran.code == 4 && ran.err.contains("there is no folder 'DIR/none'"), "{}", ran.err);
    program.put("real/servers/fe01.contoso.com/applicationHost.config", b"<configuration></configuration>");
    let ran = program.run("simulate actors DIR/real");
    assert!(ran.code == 5 && ran.err.contains("is no simulated estate, and actors change files: nothing was touched"), "{}", ran.err);
    assert_eq!(program.read("real/servers/fe01.contoso.com/applicationHost.config"), b"<configuration></configuration>");
    assert_eq!(program.run("simulate actors DIR/real --every 0").code, 2);
}

#[test]
fn a_scanner_s_schedule_is_met_as_a_busy_file_for_as_long_as_it_holds() {
    let path = format!("servers/fe01.contoso.com/{CONFIG}");
    let mut image = Image::default();
    image.put(&path, b"<configuration />");
    let disk = MemoryDisk::new(image);
    let holds = VirusScanner::new(5, 3).schedule(["servers/fe01.contoso.com/"], 10);
    for hold in &holds {
        let kind = FaultKind::Error(FileErrorKind::Busy);
        disk.fault(Fault { at: hold.from, times: hold.calls, below: hold.below.clone(), kind });
    }
    let key = Key::new(&path).unwrap();
    let busy: Vec<bool> = (0..20).map(|_| disk.read(&key).is_err_and(|e| e.kind == FileErrorKind::Busy)).collect();
    let met = (0..20u64).map(|n| holds.iter().any(|h| (h.from..h.from + h.calls).contains(&n))).collect::<Vec<_>>();
    assert_eq!(busy, met);
    assert!(met.contains(&true));
}
