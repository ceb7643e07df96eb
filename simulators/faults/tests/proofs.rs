//! A directory that proves whose password is in force is believed above every answer, lost or given, and above the version of the keys.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

use kerbsync_faults::{ConfigurationState, Fault, FaultKind, MemoryDisk, Toy, World, toy};
use kerbsync_plan::lower::{Candidate, DirectoryWriter, KeyVersion, LowerError, Proof, Tried};
use kerbsync_plan::outcome::{End, ProofOutcome, RunOutcome, StepResult};
use kerbsync_store::FileErrorKind;
use std::sync::Mutex;

const TOY: Toy = Toy { generation: 1 };

/// Whose password an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Old,
    Ours,
    Others,
}

/// What becomes of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Made,
    /// Refused in words.
    Refused,
    /// Neither made nor answered.
    Lost,
    /// Made, and the answer is lost.
    AnswerLost,
    /// Somebody else sets a password just before.
    OthersBefore,
    /// Somebody else sets a password just after.
    OthersAfter,
}

/// A controller, with what it has.
struct Controller {
    name: &'static str,
    change: Change,
    /// Whether a proof is given.
    proves: bool,
    now: Mutex<(u64, Whose)>,
}

impl Controller {
    fn of(name: &'static str, change: Change, proves: bool, now: (u64, Whose)) -> Self {
        Self { name, change, proves, now: Mutex::new(now) }
    }

    fn now(&self) -> (u64, Whose) {
        *self.now.lock().unwrap()
    }
}

impl DirectoryWriter for Controller {
    fn key_version(&self, _: &str) -> Result<KeyVersion, LowerError> {
        Ok(KeyVersion(self.now().0))
    }

    fn set_password(&self, _: &str) -> Result<(), LowerError> {
        let mut now = self.now.lock().unwrap();
        *now = match self.change {
            Change::Refused => return Err(LowerError::refused("no right")),
            Change::Lost => return Err(LowerError::outside("no answer")),
            Change::Made | Change::AnswerLost => (now.0 + 1, Whose::Ours),
            Change::OthersBefore => (now.0 + 2, Whose::Ours),
            Change::OthersAfter => (now.0 + 2, Whose::Others),
        };
        if self.change == Change::AnswerLost { Err(LowerError::outside("no answer")) } else { Ok(()) }
    }

    fn prove(&self, _: &str, candidate: Candidate<'_>) -> Result<Option<Tried>, LowerError> {
        if let Candidate::Held { server, path, bytes, slot } = candidate {
            assert!(path.contains(server) && !bytes.is_empty() && slot.secret_attribute == "secret", "{server} {path} {slot:?}");
        }
        let proof = if self.now().1 == Whose::Ours { Proof::InForce } else { Proof::NotInForce };
        let key_version = i32::try_from(self.now().0).ok();
        Ok(self.proves.then_some(Tried { proof, key_version }))
    }

    fn controller(&self) -> Option<String> {
        Some(self.name.to_owned())
    }
}

fn world() -> World<'static> {
    let old = toy::configurations(3);
    World::new(toy::plan(&old, true), old, &TOY).unwrap()
}

fn all(world: &World<'_>, disk: &MemoryDisk, state: ConfigurationState) -> bool {
    world.states(&disk.image()).all(|s| s == state)
}

/// Applies the plan at dc01, and recovers there.
fn applied(world: &World<'_>, change: Change) -> (MemoryDisk, Controller, RunOutcome, Option<RunOutcome>) {
    let disk = MemoryDisk::new(world.start());
    let dc01 = Controller::of("dc01", change, true, (1, Whose::Old));
    let applied = world.with_engine(&disk, Some(&dc01), 0, |e| e.apply(&world.plan)).unwrap();
    let recovered = world.with_engine(&disk, Some(&dc01), 0, |e| e.recover()).unwrap().pop();
    (disk, dc01, applied, recovered)
}

/// What the fields of a run say of the proof: at which controller, with whose password, to what end, and with which key.
fn ticket(outcome: &RunOutcome) -> Option<(&str, Option<&str>, ProofOutcome, Option<i32>)> {
    let proof = outcome.proof.as_ref()?;
    assert!(!proof.at.is_empty() && (proof.reason.is_some() == (proof.outcome == ProofOutcome::Undecided)), "{proof:?}");
    Some((proof.controller.as_deref()?, proof.server.as_deref(), proof.outcome, proof.key_version))
}

#[test]
fn what_is_proved_is_done_whatever_was_answered() {
    let world = world();
    for change in [Change::Made, Change::AnswerLost, Change::OthersBefore] {
        let (disk, _, applied, recovered) = applied(&world, change);
        assert_eq!((applied.end, applied.directory), (End::AllNew, Some(StepResult::Done)), "{change:?}: {applied:?}");
        assert!(applied.notes.iter().any(|n| n.contains("from dc01 opens with the new password")), "{:?}", applied.notes);
        let version = if change == Change::OthersBefore { 3 } else { 2 };
        assert_eq!(ticket(&applied), Some(("dc01", None, ProofOutcome::Proved, Some(version))), "{change:?}");
        assert!(recovered.is_none() && all(&world, &disk, ConfigurationState::New), "{change:?}");
    }
}

#[test]
fn what_was_not_set_is_taken_back_and_said_to_be_proved() {
    let world = world();
    for change in [Change::Refused, Change::Lost] {
        let (disk, _, applied, recovered) = applied(&world, change);
        let expected = if change == Change::Refused { StepResult::Failed } else { StepResult::Uncertain };
        assert_eq!((applied.end, applied.directory), (End::Open, Some(expected)), "{change:?}: {applied:?}");
        let recovered = recovered.unwrap();
        assert_eq!((recovered.end, recovered.directory), (End::AllOld, Some(StepResult::Untouched)), "{change:?}");
        assert!(recovered.notes.iter().any(|n| n.contains("the directory has the one from before")), "{:?}", recovered.notes);
        // A directory that refused in words is not asked what it has.
        let at_once = (change == Change::Lost).then_some(("dc01", None, ProofOutcome::Refuted, Some(1)));
        assert_eq!(ticket(&applied), at_once, "{change:?}");
        assert_eq!(ticket(&recovered), Some(("dc01", Some("fe01.contoso.com"), ProofOutcome::Refuted, Some(1))), "{change:?}");
        assert!(all(&world, &disk, ConfigurationState::Old), "{change:?}");
    }
}

#[test]
fn a_password_that_others_set_after_is_never_called_ours() {
    let world = world();
    let (disk, _, applied, recovered) = applied(&world, Change::OthersAfter);
    assert_eq!((applied.end, applied.directory), (End::Open, Some(StepResult::Uncertain)));
    let recovered = recovered.unwrap();
    assert_eq!((recovered.end, recovered.directory), (End::Diverged, Some(StepResult::Uncertain)));
    assert!(recovered.notes.iter().any(|n| n.contains("do not hold the password in force")), "{:?}", recovered.notes);
    assert_eq!(ticket(&applied), Some(("dc01", None, ProofOutcome::Refuted, Some(3))));
    assert_eq!(ticket(&recovered), Some(("dc01", Some("fe01.contoso.com"), ProofOutcome::Refuted, Some(3))));
    assert!(recovered.notes.iter().any(|n| n.contains("someone else set another one")), "how that is known: {:?}", recovered.notes);
    assert!(all(&world, &disk, ConfigurationState::New));
}

/// The process dies when the directory has the password, or just before; whoever recovers may ask the same controller or another one.
#[test]
fn another_controller_is_believed_when_it_has_the_password_and_never_against_it() {
    let world = world();
    for set in [true, false] {
        let run = || {
            let disk = MemoryDisk::new(world.start());
            // Without a proof and an answer the run stays open, as when its process had died.
            let change = if set { Change::AnswerLost } else { Change::Lost };
            let dc01 = Controller::of("dc01", change, false, (1, Whose::Old));
            let applied = world.with_engine(&disk, Some(&dc01), 0, |e| e.apply(&world.plan)).unwrap();
            assert_eq!((applied.end, applied.directory), (End::Open, Some(StepResult::Uncertain)));
            assert_eq!(applied.proof, None, "no ticket was given");
            disk
        };
        let recover = |disk: &MemoryDisk, name, now| {
            let controller = Controller::of(name, Change::Made, true, now);
            world.with_engine(disk, Some(&controller), 0, |e| e.recover()).unwrap().pop().unwrap()
        };
        let disk = run();
        // One that has not heard of it, or was told of another change.
        for version in [1, 2, 3] {
            let waiting = recover(&disk, "dc02", (version, Whose::Old));
            assert_eq!((waiting.end, waiting.directory), (End::Open, Some(StepResult::Uncertain)), "{set} {version}: {waiting:?}");
            assert!(waiting.notes.iter().any(|n| n.contains("was to be set at dc01, and dc02 was asked")), "{:?}", waiting.notes);
            assert_eq!(ticket(&waiting).map(|t| (t.0, t.2)), Some(("dc02", ProofOutcome::Refuted)));
            assert!(all(&world, &disk, ConfigurationState::New), "nothing is touched");
        }
        if set {
            let heard = recover(&disk, "dc02", (2, Whose::Ours));
            assert_eq!((heard.end, heard.directory), (End::AllNew, Some(StepResult::Done)), "{heard:?}");
            assert_eq!(ticket(&heard), Some(("dc02", Some("fe01.contoso.com"), ProofOutcome::Proved, Some(2))));
            assert!(heard.notes.iter().any(|n| n.contains("the directory has the new one")), "{:?}", heard.notes);
        } else {
            let old = recover(&disk, "dc01", (1, Whose::Old));
            assert_eq!((old.end, old.directory), (End::AllOld, Some(StepResult::Untouched)), "{old:?}");
        }
    }
}

/// A controller whose tickets prove nothing.
struct Unsure(Controller, Option<&'static str>);

impl DirectoryWriter for Unsure {
    fn key_version(&self, account: &str) -> Result<KeyVersion, LowerError> {
        self.0.key_version(account)
    }

    fn set_password(&self, account: &str) -> Result<(), LowerError> {
        self.0.set_password(account)
    }

    fn prove(&self, _: &str, _: Candidate<'_>) -> Result<Option<Tried>, LowerError> {
        let why = self.1.ok_or_else(|| LowerError::outside("no answer"))?;
        Ok(Some(Tried { proof: Proof::Undecided(why.to_owned()), key_version: None }))
    }

    fn controller(&self) -> Option<String> {
        self.0.controller()
    }
}

#[test]
fn why_nothing_was_proved_is_told() {
    let world = world();
    for (why, told) in [(Some("its ticket has another key"), "its ticket has another key."), (None, "no answer.")] {
        let disk = MemoryDisk::new(world.start());
        let dc01 = Unsure(Controller::of("dc01", Change::Made, false, (1, Whose::Old)), why);
        let outcome = world.with_engine(&disk, Some(&dc01), 0, |e| e.apply(&world.plan)).unwrap();
        assert_eq!((outcome.end, outcome.directory), (End::AllNew, Some(StepResult::Done)), "the version tells: {outcome:?}");
        let note = outcome.notes.iter().find(|n| n.contains("was not proved by a ticket"));
        assert!(note.is_some_and(|n| n.ends_with(told)), "{:?}", outcome.notes);
    }
}

/// That the directory took a password which is not in force is what a recovery goes by: where the journal did not take that, it is said.
#[test]
fn an_answer_that_cannot_be_journaled_is_told() {
    let world = world();
    let apply = |disk: &MemoryDisk| {
        let dc01 = Controller::of("dc01", Change::OthersAfter, true, (1, Whose::Old));
        world.with_engine(disk, Some(&dc01), 0, |e| e.apply(&world.plan)).unwrap()
    };
    let watched = MemoryDisk::recording(world.start());
    let told = |notes: &[String]| notes.iter().filter(|n| n.contains("journal")).count();
    assert_eq!(told(&apply(&watched).notes), 0);
    let trace = watched.trace();
    let last = trace.iter().rposition(|(o, n)| *o == "write" && n.ends_with(".jsonl")).unwrap() as u64;
    // The line and the file that is written in its place.
    let disk = MemoryDisk::new(world.start());
    disk.fault(Fault { at: last, times: 2, below: ".kerbsync/journal".to_owned(), kind: FaultKind::Error(FileErrorKind::NoSpace) });
    let outcome = apply(&disk);
    assert_eq!((outcome.end, outcome.directory, told(&outcome.notes)), (End::Open, Some(StepResult::Uncertain), 1), "{outcome:?}");
}

/// A run that ends as it is leaves no temporary files, whoever was killed while he wrote them.
#[test]
fn a_run_that_others_outdid_leaves_nothing_behind() {
    let world = world();
    let disk = MemoryDisk::new(world.start());
    let dc01 = Controller::of("dc01", Change::OthersAfter, true, (1, Whose::Old));
    let run = world.with_engine(&disk, Some(&dc01), 0, |e| e.apply(&world.plan)).unwrap().run.unwrap();
    let left = format!("{}.kerbsync-{run}-9.tmp", toy::path(2));
    disk.edit(&left, |_| b"half".to_vec());
    let recovered = world.with_engine(&disk, Some(&dc01), 0, |e| e.recover()).unwrap().pop().unwrap();
    assert_eq!(recovered.end, End::Diverged);
    assert!(disk.image().read(&left).is_none(), "{:?}", disk.image().names().collect::<Vec<_>>());
}
