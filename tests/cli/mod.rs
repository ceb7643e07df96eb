//! The command line, run in process: what it prints, and how it ends.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test panics where its fixture is wrong")]

mod audit;
mod baselines;
mod differences;
mod ends;
mod estate;
mod evidence;
mod files;
mod guides;
#[cfg(unix)]
mod modes;
mod names;
mod pages;
mod schemas;
#[cfg(feature = "simulate")]
mod shards;
#[cfg(feature = "simulate")]
mod simulate;
mod usage;
mod words;

use kerbsync::Io;
use kerbsync_testkit::Bundle;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

const BUNDLE: &str = include_str!("bundle.txt");

/// A folder of files, and the program run beside it.
struct Shell {
    folder: tempfile::TempDir,
    env: Vec<(&'static str, &'static str)>,
    terminals: (bool, bool),
}

/// What a run printed and how it ended. The folder's path stands as `DIR`.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    code: u8,
    out: String,
    err: String,
}

impl Ran {
    /// Everything in one text, for snapshots.
    fn transcript(&self) -> String {
        let mut text = self.out.clone();
        for (label, part) in [("--- standard error", &self.err)] {
            if !part.is_empty() {
                text.push_str(&format!("{label}\n{part}"));
            }
        }
        format!("{text}--- exit {}", self.code)
    }
}

impl Shell {
    fn empty() -> Self {
        Self { folder: crate::support::folder::temporary(), env: Vec::new(), terminals: (false, false) }
    }

    /// The estate of `bundle.txt` (fe01 of three servers), with changes in the same notation.
    fn with(changes: &str) -> Self {
        let shell = Self::empty();
        let mut bundle = Bundle::parse(BUNDLE).unwrap();
        bundle.change(changes).unwrap();
        bundle.0.iter().for_each(|(path, text)| shell.put(path, text.as_bytes()));
        shell
    }

    /// The same with three equal servers.
    fn whole() -> Self {
        let shell = Self::with("");
        let fe01 = shell.read("servers/fe01.contoso.com/applicationHost.config");
        for server in ["fe02", "fe03"] {
            // No two servers have the same file.
            let own = format!("{fe01}<!-- {server} -->\r\n");
            shell.put(&format!("servers/{server}.contoso.com/applicationHost.config"), own.as_bytes());
        }
        shell
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    #[expect(clippy::disallowed_methods, reason = "tests make their own files")]
    fn put(&self, file: &str, bytes: &[u8]) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "tests remove their own files")]
    fn remove(&self, file: &str) {
        std::fs::remove_file(self.path(file)).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "tests read their own files")]
    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    /// Text of a file replaced in place.
    fn change(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} holds no {from}");
        self.put(file, text.replace(from, to).as_bytes());
    }

    /// Runs a command line; `DIR` in it is the folder.
    fn run(&self, line: &str) -> Ran {
        self.run_args(&line.split_whitespace().collect::<Vec<_>>())
    }

    fn run_args(&self, args: &[&str]) -> Ran {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = self.run_with(args, &mut out, &mut err);
        let text = |bytes: Vec<u8>| crate::support::folder::shown(bytes, &self.folder);
        Ran { code, out: text(out), err: text(err) }
    }

    fn run_with(&self, args: &[&str], out: &mut dyn Write, err: &mut dyn Write) -> u8 {
        let args = std::iter::once("kerbsync").chain(args.iter().copied()).map(|a| OsString::from(a.replace("DIR", &self.dir())));
        let env = |name: &str| self.env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let now = || "2026-03-01T12:00:00Z".parse().unwrap();
        kerbsync::run(args, &mut Io::new(out, err, self.terminals, &env, &now))
    }

    fn dir(&self) -> String {
        self.folder.path().display().to_string()
    }
}

/// A document printed as JSON, checked against its committed schema.
fn json(ran: &Ran) -> serde_json::Value {
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}", ran.out));
    valid(&document);
    document
}

fn valid(document: &serde_json::Value) {
    let name = document["schema"].as_str().unwrap();
    let schema = kerbsync_report::SCHEMAS.iter().find(|(n, _)| *n == name).unwrap().1;
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

/// The built program itself.
fn binary(args: &[&str], folder: &Path) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_kerbsync")).args(args).current_dir(folder).output().unwrap()
}
