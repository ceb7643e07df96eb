//! The program is killed while it writes, in every phase of its work; whatever it leaves, `recover` mends.
//!
//! Half of the servers hold a secret in clear, of which a run keeps a private copy. A run goes on in short slices, between which its files
//! are looked at; when they show the phase that is wanted, it is killed. What is counted is what the files show after the kill.
//!
//! A short run by default. The long one, with kills at random moments beside: `KERBSYNC_KILLS=100 KERBSYNC_KILL_SERVERS=200 cargo test
//! --release --test kerbsync-tests killed -- --nocapture`.

mod phase;

use crate::support::program::Program;
use phase::Phase::{Ended, NothingYet, SomeReplaced};
use phase::{Begun, OF_APPLY, OF_TAKING_BACK, Phase};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whether a process can be held still while its files are looked at. Where it cannot (Windows has no documented call for it), it is killed at
/// random moments between its first word in the journal and its end, and phases are met by chance: half of them have to be, and the
/// histogram tells which. `KERBSYNC_UNHELD=1` does so everywhere.
static IS_HELD: LazyLock<bool> = LazyLock::new(|| cfg!(unix) && number("KERBSYNC_UNHELD", 0) == 0);

/// Where a phase is not met, so many runs are tried for it.
fn tries() -> usize {
    if *IS_HELD { 30 } else { 12 }
}

/// How long a command goes on between two looks at its files, in microseconds, for each try in turn: a machine that is busy, or quick, wants
/// another one.
const SLICES: [u64; 4] = [200, 50, 10, 800];
/// One at a time: commands that run beside each other pass through phases unseen.
static ALONE: Mutex<()> = Mutex::new(());
const APPLY: [&str; 3] = ["apply", "plan.json", "--bundle=estate"];
const ROLLBACK: [&str; 3] = ["rollback", "--last", "estate"];
const RECOVER: [&str; 2] = ["recover", "estate"];

#[expect(clippy::disallowed_methods, reason = "how long the run is to be comes from whoever starts it")]
fn number(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().map_or(default, |n| n.parse().unwrap())
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Holds a process still, or lets it go on. Where the system cannot, it goes on meanwhile, and its phases are met by chance.
fn hold(child: &Child, still: bool) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process};
        let signal = if still { Signal::STOP } else { Signal::CONT };
        let _ = kill_process(Pid::from_child(child), signal);
    }
    #[cfg(not(unix))]
    let _ = (child, still);
}

/// An estate in which every configuration but one's is to be changed, and what it was at the beginning.
struct Estate {
    program: Program,
    first: BTreeMap<String, Vec<u8>>,
    /// The configurations that the plan changes.
    planned: Vec<String>,
    /// The secrets in clear, and the configurations that hold them.
    clear: BTreeMap<String, String>,
    /// How long a command works, from its first word in the journal to its end.
    work: Cell<Duration>,
    moments: RefCell<Moments>,
}

impl Estate {
    fn new(servers: u32) -> Self {
        let program = Program::at("2026-05-01T12:00:00Z");
        let made =
            program.run(&format!("simulate estate --seed 3 --sites 1 --servers {servers} --clean --defect stale-secret -o DIR/estate"));
        assert_eq!(made.code, 0, "{}", made.err);
        // The one server that holds another secret is made the reference: every other configuration changes.
        let source = states(&program).into_iter().find(|(_, s)| s == "stale").unwrap().0;
        let (mut clear, mut nth) = (BTreeMap::new(), 0_u32);
        for (file, bytes) in program.files("estate") {
            // Without the product's test, which would say that the reference is the wrong one.
            if file.starts_with("reports/Test-") {
                remove(&program, &format!("estate/{file}"));
            } else if file.ends_with("/inetsrv/config/applicationHost.config") && !file.contains(&source) {
                let (secret, before) = (format!("Stood-in-clear-{nth}"), String::from_utf8(bytes).unwrap());
                let after = with_secret(&before, &secret);
                nth += u32::from(after != before);
                if after != before && nth % 2 == 0 {
                    program.put(&format!("estate/{file}"), after.as_bytes());
                    clear.insert(file, secret);
                }
            }
        }
        let settings = [format!("reference = \"{source}\"\n").into_bytes(), program.read("estate/kerbsync.toml")].concat();
        program.put("estate/kerbsync.toml", &settings);
        let mut estate = Self {
            program,
            first: BTreeMap::new(),
            planned: Vec::new(),
            clear,
            work: Cell::new(Duration::from_secs(1)),
            moments: RefCell::default(),
        };
        let plan = estate.run(&["plan", "sync", "estate", "--from-computer", &source, "--all", "-o", "plan.json"]);
        assert!(plan.status.success(), "{}{}", String::from_utf8_lossy(&plan.stdout), String::from_utf8_lossy(&plan.stderr));
        let plan: Value = serde_json::from_slice(&estate.program.read("plan.json")).unwrap();
        estate.planned = plan["steps"].as_array().unwrap().iter().map(|s| s["path"].as_str().unwrap().to_owned()).collect();
        assert!(estate.clear.len() > 1 && estate.clear.keys().all(|c| estate.planned.contains(c)), "{:?}", estate.planned);
        estate.first = estate.files();
        estate
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kerbsync"));
        command.args(args).current_dir(self.program.path(".")).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn done(&self, args: &[&str]) {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Everything but the program's own folder.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = self.program.files("estate");
        files.retain(|path, _| !path.starts_with(".kerbsync/"));
        files
    }

    fn journals(&self) -> Vec<String> {
        let files = self.program.files("estate/.kerbsync/journal");
        files.into_iter().filter(|(name, _)| name.ends_with(".jsonl")).map(|(_, b)| String::from_utf8_lossy(&b).into_owned()).collect()
    }

    /// How many records of such a name all journals have.
    fn written(&self, record: &str) -> usize {
        self.journals().iter().map(|j| j.matches(&format!("{{\"{record}\":")).count()).sum()
    }

    /// Kills a command in a phase, where it comes to that, or lets it end. What the files show then.
    fn killed(&self, args: &[&str], wanted: Phase, slice: Duration) -> BTreeSet<Phase> {
        let begun = Begun::with(self, args);
        if *IS_HELD {
            self.killed_in(&begun, args, wanted, slice)
        } else {
            self.killed_at(&begun, args, wanted)
        }
        self.phases(&begun)
    }

    /// Runs a command in slices until its files show the phase, and kills it there.
    fn killed_in(&self, begun: &Begun, args: &[&str], wanted: Phase, slice: Duration) {
        let mut child = self.command(args).spawn().unwrap();
        while child.try_wait().unwrap().is_none() {
            hold(&child, true);
            // Most of a run is reading, where a kill does nothing.
            if (wanted == NothingYet || begun.is_journaled(self)) && self.phases(begun).contains(&wanted) {
                break;
            }
            hold(&child, false);
            std::thread::sleep(slice);
        }
        drop(child.kill());
        child.wait().unwrap();
    }

    /// Kills a command at a random moment of its work, which begins with its first word in the journal and takes as long as it took before;
    /// before that word where nothing else is wanted. A look at all files takes longer than the work does, so nothing else is looked at.
    fn killed_at(&self, begun: &Begun, args: &[&str], wanted: Phase) {
        let mut child = self.command(args).spawn().unwrap();
        while wanted != NothingYet && !begun.is_journaled(self) && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        let (began, work) = (Instant::now(), self.work.get());
        let until = work.mul_f64(self.moments.borrow_mut().next());
        while began.elapsed() < until && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        let has_ended = child.try_wait().unwrap().is_some();
        drop(child.kill());
        child.wait().unwrap();
        // What a run takes depends on what else the machine does.
        if has_ended || begun.has_ended(self) {
            self.work.set(began.elapsed().min(work).max(Duration::from_millis(1)));
        } else {
            self.work.set(work.mul_f64(1.1));
        }
    }

    /// Whether secrets in clear are where they were, and in copies that are this user's alone, and nowhere else.
    fn check_secrets(&self, place: &str) {
        for (file, bytes) in self.program.files("estate") {
            for (configuration, secret) in &self.clear {
                let is_copy = file.starts_with(&format!("{configuration}.kerbsync-")) && file.contains(".orig");
                let holds = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                // What an interrupted taking back has written beside a configuration is that configuration.
                let is_restored = file.starts_with(&format!("{configuration}.kerbsync-")) && file.ends_with(".tmp");
                assert!(!holds || file == *configuration || is_copy || is_restored, "{place}: {file} holds a secret in clear");
                #[cfg(unix)]
                if is_copy {
                    use std::os::unix::fs::PermissionsExt as _;
                    let mode = self.program.path(&format!("estate/{file}")).metadata().unwrap().permissions().mode();
                    assert_eq!(mode & 0o777, 0o600, "{place}: {file}");
                }
            }
        }
    }

    /// Recovers; checks that what is said is true and nothing is left behind; and goes back to the beginning.
    fn recovered(&self, place: &str) -> String {
        self.check_secrets(place);
        let recovered = self.run(&["recover", "estate", "--format", "json"]);
        let report = json(&recovered);
        assert!(recovered.status.success(), "{place}: {report}");
        let runs = report["runs"].as_array().unwrap();
        let end = match runs.as_slice() {
            [] => "not open",
            [one] => one["end"].as_str().unwrap(),
            _ => panic!("{place}: one run was cut short: {report}"),
        };
        let now = self.files();
        for server in runs.iter().flat_map(|r| r["servers"].as_array().unwrap()) {
            let (path, result) = (server["path"].as_str().unwrap(), server["result"].as_str().unwrap());
            assert_eq!(now[path] == self.first[path], matches!(result, "restored" | "untouched"), "{place}: {server}");
        }
        self.check_secrets(place);
        if now != self.first {
            // All new, with the copies that a rollback will need, and nothing else beside.
            let copies: BTreeSet<&str> =
                now.keys().filter(|f| f.ends_with(".orig")).map(|f| f.rsplit_once(".kerbsync-").unwrap().0).collect();
            assert_eq!(copies, self.clear.keys().map(String::as_str).collect(), "{place}: a copy for each secret in clear");
            assert_eq!(now.len(), self.first.len() + copies.len(), "{place}: nothing else is left beside");
            assert!(self.planned.iter().all(|p| now[p] != self.first[p]), "{place}: all new, or all old");
            self.done(&ROLLBACK);
        }
        assert!(self.files() == self.first, "{place}");
        assert_eq!(self.run(&RECOVER).stdout, b"Nothing to mend: no run was cut short.\n", "{place}");
        end.to_owned()
    }
}

/// Parts of a whole, from 0 to 1. xorshift: any spread will do.
struct Moments(u64);

impl Default for Moments {
    fn default() -> Self {
        Self(0x2545_f491_4f6c_dd1d)
    }
}

impl Moments {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % 1_000) as f64 / 1_000.0
    }
}

/// The state of every web server that has a configuration.
fn states(program: &Program) -> BTreeMap<String, String> {
    let inventory: Value = serde_json::from_str(&program.run("inventory DIR/estate --format json").out).unwrap();
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let pools = list(&inventory["sites"]).into_iter().flat_map(|s| list(&s["pools"]));
    let computers = pools.flat_map(|p| list(&p["computers"])).filter(|c| c["web_server"] == true);
    computers.map(|c| (c["fqdn"].as_str().unwrap().to_owned(), c["state"].as_str().unwrap().to_owned())).collect()
}

/// A configuration whose encrypted secrets of the account stand in clear.
fn with_secret(text: &str, secret: &str) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for line in lines.iter_mut().filter(|l| l.contains("<kerberosWebAuthentication ")) {
        if let Some((before, rest)) = line.split_once("password=\"[enc:") {
            let after = rest.split_once('"').unwrap().1;
            *line = format!("{before}password=\"{secret}\"{after}");
        }
    }
    lines.join("\n")
}

#[expect(clippy::disallowed_methods, reason = "tests remove their own files")]
fn remove(program: &Program, file: &str) {
    std::fs::remove_file(program.path(file)).unwrap();
}

/// Kills a command in each phase, once at least; what comes before each kill is `prepare`. Prints the histogram.
#[expect(clippy::print_stdout, reason = "how the kills were spread is what the run shows")]
fn in_every_phase(estate: &Estate, args: &[&str], wanted: &[Phase], prepare: impl Fn()) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut histogram, mut ends) = (BTreeMap::<Phase, u32>::new(), BTreeMap::<String, u32>::new());
    let mut kills = 0;
    for phase in wanted {
        for attempt in 0..tries() {
            if histogram.contains_key(phase) {
                break;
            }
            prepare();
            let slice = Duration::from_micros(SLICES[attempt % SLICES.len()]);
            let met = estate.killed(args, *phase, slice);
            kills += 1;
            let place = format!("{} killed in {met:?}", args[0]);
            met.into_iter().for_each(|p| *histogram.entry(p).or_default() += 1);
            *ends.entry(estate.recovered(&place)).or_default() += 1;
        }
    }
    println!("{kills} kills of {}: {histogram:?}; recovered to {ends:?}", args[0]);
    let missed: Vec<&Phase> = wanted.iter().filter(|p| !histogram.contains_key(p)).collect();
    let allowed = if *IS_HELD { 0 } else { wanted.len() / 2 };
    assert!(missed.len() <= allowed, "no kill of {} in {missed:?}", args[0]);
}

#[test]
fn an_apply_killed_in_any_phase_recovers() {
    let estate = Estate::new(number("KERBSYNC_KILL_SERVERS", 6));
    in_every_phase(&estate, &APPLY, &OF_APPLY, || ());
    // And at random moments.
    let mut ends = BTreeMap::<String, u32>::new();
    let kills = number("KERBSYNC_KILLS", 2);
    for kill in 0..kills {
        estate.killed_at(&Begun::with(&estate, &APPLY), &APPLY, SomeReplaced);
        *ends.entry(estate.recovered(&format!("random kill {kill}"))).or_default() += 1;
    }
    println!("{kills} kills at random of an apply to {} servers: {ends:?}", estate.planned.len());
}

#[test]
fn a_rollback_killed_in_any_phase_recovers() {
    let estate = Estate::new(number("KERBSYNC_KILL_SERVERS", 6));
    in_every_phase(&estate, &ROLLBACK, &OF_TAKING_BACK, || estate.done(&APPLY));
}

#[test]
fn a_recovery_killed_in_any_phase_recovers() {
    let estate = Estate::new(number("KERBSYNC_KILL_SERVERS", 6));
    let half_done = || {
        for attempt in 0..tries() {
            let met = estate.killed(&APPLY, SomeReplaced, Duration::from_micros(SLICES[attempt % SLICES.len()]));
            let copies = estate.files().keys().filter(|f| f.ends_with(".orig")).count();
            // By chance any work to take back will do.
            let is_open = !met.contains(&NothingYet) && !met.contains(&Ended) && estate.files() != estate.first;
            if if *IS_HELD { met.contains(&SomeReplaced) && copies > 0 } else { is_open } {
                return;
            }
            estate.recovered("apply killed before it was half done");
        }
        panic!("no apply could be killed half-way in {} runs", tries());
    };
    in_every_phase(&estate, &RECOVER, &OF_TAKING_BACK, half_done);
}
