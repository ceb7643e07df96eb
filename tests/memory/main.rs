//! When an audit has ended, no clear secret is left in the memory of its process: the process looks for them in its own memory map.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "tests make and read their own files")]
#![allow(clippy::print_stdout, reason = "a test without a harness says itself what it did")]

use kerbsync::{Io, Memory};
use kerbsync_lab::{Defect, LabOptions, Layout, build};
use std::ffi::OsString;
use std::process::Command;

#[global_allocator]
static MEMORY: Memory = kerbsync::wiped_memory();

/// What hides the needles from the search for them.
const MASK: u8 = 0x5a;
/// Letters of a secret that are looked for.
const LENGTH: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|a| a == "--look") {
        Some(at) => look(&arguments[at + 1], &arguments[at + 2..]),
        None if cfg!(target_os = "linux") => audits_leave_no_secret(),
        None => println!("memory: not run, since there is no /proc/self/mem here"),
    }
}

/// Estates are made here, and audited in another process that never saw the secrets but in their files.
fn audits_leave_no_secret() {
    for (seed, layout) in [(81, Layout::SiteSection), (82, Layout::PoolIdentity)] {
        let options = LabOptions::new(seed, 2, 9, "2026-05-01T12:00:00Z".parse().unwrap());
        let estate = build(&LabOptions { layout, defects: vec![Defect::ClearTextSecret], ..options }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut clear = 0;
        let secrets: Vec<&str> = estate.secrets().collect();
        for (path, bytes) in estate.files() {
            clear += usize::from(secrets.iter().any(|s| String::from_utf8_lossy(bytes).contains(&s[..s.floor_char_boundary(LENGTH)])));
            let to = folder.path().join("b").join(path);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::write(to, bytes).unwrap();
        }
        assert!(clear > 0, "no secret stands in clear");
        let mut needles = Vec::new();
        for secret in &secrets {
            needles.extend(secret.bytes().take(LENGTH).map(|b| b ^ MASK));
            needles.extend(secret.encode_utf16().take(LENGTH / 2).flat_map(u16::to_le_bytes).map(|b| b ^ MASK));
        }
        std::fs::write(folder.path().join("needles"), needles).unwrap();
        for command in [["audit", "-vv"], ["inventory", "-v"], ["audit", "--format=json"]] {
            let ran = Command::new(std::env::current_exe().unwrap()).arg("--look").arg(folder.path()).args(command).output().unwrap();
            let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
            assert!(ran.status.success(), "{layout:?}, {command:?}: {said}");
            assert!(said.contains("looked through"), "{said}");
            println!("memory: {layout:?}, {command:?}, {} needles: {}", secrets.len() * 2, said.trim());
        }
    }
}

/// Runs a command over the bundle of a folder, and looks for the needles afterwards.
fn look(folder: &str, command: &[String]) {
    let masked = std::fs::read(format!("{folder}/needles")).unwrap();
    let needles: Vec<&[u8]> = masked.chunks(LENGTH).collect();
    let now = || "2026-05-01T12:00:00Z".parse().unwrap();
    // The search finds what is there, and not what was freed: else it would prove nothing.
    let known: Vec<u8> = b"NoSecretAtAll".iter().map(|b| b ^ MASK).collect();
    let held: Vec<u8> = known.iter().map(|b| b ^ MASK).collect();
    assert!(found(&[&known], false).0 > 0, "what is held is not found");
    let copies = [held.clone(), held];
    drop(copies);
    {
        let (mut out, mut err) = (std::io::sink(), std::io::sink());
        let mut io = Io::new(&mut out, &mut err, (false, false), &|_| None, &now);
        let words = std::iter::once("kerbsync".to_owned()).chain(command.iter().cloned()).chain([format!("{folder}/b")]);
        let code = kerbsync::run(words.map(OsString::from), &mut io);
        assert!(matches!(code, 0 | 1 | 4), "exit {code}");
    }
    let (hits, looked) = found(&needles, true);
    println!("looked through {} MB", looked >> 20);
    assert_eq!(hits, 0, "clear secrets are left in memory");
}

#[cfg(not(target_os = "linux"))]
fn found(_: &[&[u8]], _: bool) -> (usize, usize) {
    (0, 0)
}

/// How many places of this process's writable memory hold one of the needles, which are masked; and how many bytes were looked at.
#[cfg(target_os = "linux")]
fn found(needles: &[&[u8]], places: bool) -> (usize, usize) {
    use std::os::unix::fs::FileExt as _;
    const STEP: usize = 1 << 16;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    let (mut hits, mut looked) = (0, 0);
    let mut buffer = vec![0u8; STEP + LENGTH];
    let starts: Vec<bool> = (0..=255u8).map(|b| needles.iter().any(|n| n[0] == b ^ MASK)).collect();
    for line in maps.lines() {
        let (range, rest) = line.split_once(' ').unwrap();
        if !rest.starts_with("rw") || rest.contains("[v") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        for at in (from..to).step_by(STEP) {
            let wanted = usize::try_from(to - at).unwrap().min(buffer.len());
            let Ok(read) = memory.read_at(&mut buffer[..wanted], at) else { continue };
            looked += read;
            for (i, window) in buffer[..read].windows(LENGTH).enumerate() {
                if starts[usize::from(window[0])] && needles.iter().any(|n| n.iter().zip(window).all(|(n, b)| n ^ MASK == *b)) {
                    hits += 1;
                    if places {
                        println!("a needle at {:x} of {line}", at + i as u64);
                    }
                }
            }
        }
    }
    (hits, looked)
}
