//! A plan with what every configuration is before and after it, and what must hold whatever happens.

use crate::careless::{CarelessFiles, WholeFile};
use crate::schedule::Turns;
use crate::{Access, Image, MemoryDisk, Mutation, ToyDirectory};
use jiff::Timestamp;
use kerbsync_apply::{CommandWords, Context, Engine, EngineError, Options, RunSelector};
use kerbsync_plan::Plan;
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::lower::{DirectoryWriter, Lower};
use kerbsync_plan::outcome::{End, RunOutcome, RunSummary, StepResult};
use kerbsync_store::{Files, Key, is_temporary, is_work_file};

/// A plan and its truth.
pub struct World<'l> {
    /// The plan.
    pub plan: Plan,
    /// The configurations before, in the order of steps: path and bytes.
    pub old: Vec<(String, Vec<u8>)>,
    /// The configurations after.
    pub new: Vec<Vec<u8>>,
    /// The format.
    pub lower: &'l dyn Lower,
    /// A care that the engine leaves out.
    pub mutation: Option<Mutation>,
    /// How many servers are written side by side. One, unless a run need not be replayed.
    pub parallel: usize,
    /// Servers whose intents are written with one line of the journal; `None` = as many as are worked on at a time, at least two.
    pub wave: Option<usize>,
    /// Texts that no file may hold.
    pub canaries: Vec<String>,
}

impl std::fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("servers", &self.old.len()).finish_non_exhaustive()
    }
}

/// What a configuration is, seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigurationState {
    /// The planned old one.
    Old,
    /// The planned new one.
    New,
    /// Neither, or gone.
    Torn,
}

impl<'l> World<'l> {
    /// The world of a plan for these configurations.
    ///
    /// # Errors
    /// A step does not fit its configuration.
    pub fn new(plan: Plan, old: Vec<(String, Vec<u8>)>, lower: &'l dyn Lower) -> Result<Self, String> {
        let mut new = Vec::new();
        for (step, (path, bytes)) in plan.steps.iter().zip(&old) {
            if step.path != *path {
                return Err(format!("the configuration {path} is not that of step {}", step.number));
            }
            new.push(lower.lower(step, bytes).map_err(|e| e.to_string())?.bytes);
        }
        Ok(Self { plan, old, new, lower, mutation: None, parallel: 1, wave: None, canaries: Vec::new() })
    }

    /// A disk that holds the configurations as they are before.
    #[must_use]
    pub fn start(&self) -> Image {
        let files: Vec<(&str, &[u8])> = self.old.iter().map(|(p, b)| (p.as_str(), b.as_slice())).collect();
        let mut image = Image::with(&files);
        for (number, (path, _)) in (1..).zip(&self.old) {
            image.set_access(path, access(number));
        }
        image
    }

    /// Runs something with an engine on a disk.
    pub fn with_engine<R>(
        &self,
        disk: &dyn Files,
        directory: Option<&dyn DirectoryWriter>,
        second: i64,
        work: impl FnOnce(&Engine<'_>) -> R,
    ) -> R {
        let now = || Timestamp::from_second(1_780_000_000 + second).unwrap_or_default();
        let commands = CommandWords::default();
        let context = Context { operator: "ann".into(), host: "admin01".into(), pid: 1, now: &now, progress: &|_, _| {}, commands };
        let options = Options { parallel: self.parallel, wave: self.wave.unwrap_or(self.parallel.max(2)) };
        let careless = self.mutation.map(|mutation| CarelessFiles::new(disk, mutation));
        let files = careless.as_ref().map_or(disk, |careless| careless as &dyn Files);
        let whole = WholeFile(self.lower);
        let lower: &dyn Lower = if self.mutation == Some(Mutation::WholeFileRestore) { &whole } else { self.lower };
        work(&Engine { files, lower, directory, context, options, workers: &Turns })
    }

    /// Applies the plan.
    ///
    /// # Errors
    /// As the engine's.
    pub fn apply(&self, disk: &MemoryDisk, directory: &ToyDirectory) -> Result<RunOutcome, EngineError> {
        self.with_engine(disk, Some(directory), 0, |e| e.apply(&self.plan))
    }

    /// Recovers. The clock has been set back by an hour.
    ///
    /// # Errors
    /// As the engine's.
    pub fn recover(&self, disk: &MemoryDisk, directory: &ToyDirectory) -> Result<Vec<RunOutcome>, EngineError> {
        self.with_engine(disk, Some(directory), -3600, |e| e.recover())
    }

    /// Goes on with the last run.
    ///
    /// # Errors
    /// As the engine's.
    pub fn resume(&self, disk: &MemoryDisk, directory: &ToyDirectory) -> Result<RunOutcome, EngineError> {
        self.with_engine(disk, Some(directory), 3600, |e| e.resume(&self.plan, &RunSelector::Named("r".to_owned())))
    }

    /// Rolls the last run back.
    ///
    /// # Errors
    /// As the engine's.
    pub fn rollback(&self, disk: &MemoryDisk, directory: &ToyDirectory) -> Result<RunOutcome, EngineError> {
        self.with_engine(disk, Some(directory), -7200, |e| e.rollback(&RunSelector::Last))
    }

    /// Rolls the last run back that stands, by its name.
    ///
    /// # Errors
    /// As the engine's.
    pub fn rollback_standing(&self, disk: &MemoryDisk, directory: &ToyDirectory) -> Result<RunOutcome, EngineError> {
        let status = self.with_engine(disk, None, 0, |e| e.status())?;
        let stands = |r: &&RunSummary| matches!(r.end, End::AllNew | End::Partial) && !r.rolled_back;
        let run = status.runs.iter().rev().find(stands).ok_or(EngineError::NothingStands)?.run.clone();
        self.with_engine(disk, Some(directory), -7200, |e| e.rollback(&RunSelector::Named(run)))
    }

    /// What every configuration is.
    pub fn states<'i>(&'i self, image: &'i Image) -> impl Iterator<Item = ConfigurationState> + 'i {
        self.old.iter().zip(&self.new).map(|((path, old), new)| match image.read(path) {
            Some(bytes) if bytes == old.as_slice() => ConfigurationState::Old,
            Some(bytes) if bytes == new.as_slice() => ConfigurationState::New,
            _ => ConfigurationState::Torn,
        })
    }

    /// Whether every configuration is whole: one of the planned versions.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check_whole(&self, image: &Image) -> Result<(), String> {
        if let Some(at) = self.states(image).position(|s| s == ConfigurationState::Torn) {
            return Err(format!("{} is neither the old nor the new configuration", self.old[at].0));
        }
        self.check_access(image)
    }

    /// Whether everyone who could read a configuration can, and nobody else; and whether copies and journals are this user's alone.
    ///
    /// # Errors
    /// The first of which it is not so.
    pub fn check_access(&self, image: &Image) -> Result<(), String> {
        let changed = (1..).zip(&self.old).find(|(n, (path, _))| image.access(path).is_some_and(|now| now != access(*n)));
        if let Some((_, (path, _))) = changed {
            return Err(format!("{path} is open to others than before"));
        }
        let own = |name: &str| name.starts_with(".kerbsync/journal/") || name.ends_with(".orig");
        match image.files().find(|(name, _)| own(name) && image.access(name) != Some(Access::PRIVATE)) {
            Some((name, _)) => Err(format!("{name} is open to others")),
            None => Ok(()),
        }
    }

    /// Whether an end tells the truth about a disk, and would after a loss of power.
    ///
    /// # Errors
    /// What is not true.
    pub fn check_end(&self, image: &Image, end: End) -> Result<(), String> {
        let want = match end {
            End::AllNew => ConfigurationState::New,
            End::AllOld => ConfigurationState::Old,
            End::Nothing | End::Partial | End::Open | End::Diverged | End::Abandoned => return Ok(()),
        };
        if let Some(at) = self.states(image).position(|s| s != want) {
            return Err(format!("the run says {} and {} is not {want:?}", end.name(), self.old[at].0));
        }
        let lasting =
            |name: &str| if image.is_durable(name) { Ok(()) } else { Err(format!("the run says {} and {name} may not last", end.name())) };
        self.old.iter().try_for_each(|(path, _)| lasting(path))?;
        image.files().map(|(name, _)| name).filter(|n| n.starts_with(".kerbsync/journal/") && n.ends_with(".jsonl")).try_for_each(lasting)
    }

    /// Everything that must hold after a crash left this disk: recovery ends, tells the truth, leaves nothing behind, and is done then.
    /// Returns the disk after it.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn check_recovery(&self, image: Image, directory: &ToyDirectory, before: KeyVersion) -> Result<Image, String> {
        self.check_whole(&image)?;
        let disk = MemoryDisk::new(image);
        let outcomes = self.recover(&disk, directory).map_err(|e| format!("recover: {e}"))?;
        self.check_recovered(&disk, &outcomes, directory, before)
    }

    /// The same, for a recovery that ran already.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn check_recovered(
        &self,
        disk: &MemoryDisk,
        outcomes: &[RunOutcome],
        directory: &ToyDirectory,
        before: KeyVersion,
    ) -> Result<Image, String> {
        let image = disk.image();
        let end = match outcomes {
            [] if self.states(&image).all(|s| s == ConfigurationState::New) => End::AllNew,
            [] if self.states(&image).all(|s| s == ConfigurationState::Old) => End::AllOld,
            // Some servers had been left alone because they had changed or were gone, and the run said so.
            [] => {
                let status = self.with_engine(disk, None, 0, |e| e.status()).map_err(|e| e.to_string())?;
                match status.runs.last().map(|r| r.end) {
                    Some(End::Partial | End::Diverged) => return Ok(image),
                    end => return Err(format!("no run is open, and the servers differ (the last run ended {end:?})")),
                }
            }
            [one] => one.end,
            _ => return Err("two runs were open".to_owned()),
        };
        if !matches!(end, End::AllNew | End::AllOld) {
            let why = outcomes.iter().flat_map(|o| o.servers.iter().map(|s| s.detail.as_str()).chain(o.notes.iter().map(String::as_str)));
            return Err(format!("recovery ended {}: {}", end.name(), why.collect::<Vec<_>>().join("; ")));
        }
        self.check_end(&image, end)?;
        if self.plan.directory.is_some() && (directory.version() > before) != (end == End::AllNew) {
            return Err(format!("the servers are {} and the directory is not", end.name()));
        }
        let left = |name: &&str| {
            Key::new(name).is_some_and(|k| is_temporary(&k) || (end == End::AllOld && is_work_file(&k) && k.as_str().ends_with(".orig")))
        };
        if let Some(name) = image.names().find(left) {
            return Err(format!("{name} is left behind"));
        }
        for canary in &self.canaries {
            if let Some((name, _)) = image.files().find(|(_, b)| holds(b, canary.as_bytes())) {
                return Err(format!("{name} holds a secret in clear"));
            }
        }
        let again = self.recover(disk, directory).map_err(|e| format!("second recover: {e}"))?;
        let after = disk.image();
        if !again.is_empty()
            || !image.files().filter(|(n, _)| *n != ".kerbsync/lock").eq(after.files().filter(|(n, _)| *n != ".kerbsync/lock"))
        {
            return Err("a second recovery found something to do".to_owned());
        }
        Ok(after)
    }

    /// After an end: the same plan again writes nothing where it is done, and succeeds where it is not.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check_again(&self, image: Image, directory: &ToyDirectory) -> Result<(), String> {
        let done = self.states(&image).all(|s| s == ConfigurationState::New);
        let disk = MemoryDisk::new(image.clone());
        let outcome = self.apply(&disk, directory).map_err(|e| format!("apply again: {e}"))?;
        let after = disk.image();
        let same = image.files().filter(|(n, _)| *n != ".kerbsync/lock").eq(after.files().filter(|(n, _)| *n != ".kerbsync/lock"));
        match (done, outcome.end) {
            (true, End::Nothing) if same && outcome.servers.iter().all(|s| s.result == StepResult::Already) => Ok(()),
            (false, End::AllNew) => self.check_end(&after, End::AllNew),
            (_, end) => Err(format!("the same plan again ended {} (it was {})", end.name(), if done { "done" } else { "not done" })),
        }
    }
}

/// Who may read the configuration of a server: others for each.
fn access(number: u8) -> Access {
    Access(number % 7 + 1)
}

/// Whether the bytes hold these somewhere.
fn holds(bytes: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else { return true };
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|b| b == first) {
        from += at + 1;
        if bytes[from..].starts_with(rest) {
            return true;
        }
    }
    false
}
