//! Compares what a run says of each server with what lies on the disk, seen with other eyes than the product's.

use crate::world::World;
use crate::{Image, MemoryDisk, ToyDirectory};
use kerbsync_apply::journal::{self, Record};
use kerbsync_apply::{EngineError, Status};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{End, RunOutcome, ServerOutcome, StepResult};

/// A credential as it stands in a configuration. Its parts are texts of the file: a secret may be one in clear, so nothing shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenCredential {
    /// Which place of the configuration.
    pub place: String,
    /// Account, secret and kind of identity.
    pub parts: [Option<String>; 3],
}

/// Reads configurations without any reader of the product.
pub trait Eyes: Sync {
    /// Every credential; `None` where the bytes are no whole configuration.
    fn look(&self, bytes: &[u8]) -> Option<Vec<SeenCredential>>;
}

/// What a command was to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoke {
    /// It writes the new values.
    Writing,
    /// It takes back, mends or gives up.
    Taking,
}

/// One server's file at the moments at which a statement about it may have been made.
pub struct Moments<'i> {
    /// The file at each of them; `None` where it was gone.
    pub files: Vec<Option<&'i [u8]>>,
}

/// The judge.
pub struct Oracle<'w> {
    /// The plan and its truth.
    pub world: &'w World<'w>,
    /// How configurations are looked at.
    pub eyes: &'w dyn Eyes,
}

/// How a configuration stands, place by place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stand {
    /// Every planned place holds the new value.
    new: bool,
    /// Every planned place holds the old value.
    old: bool,
    /// A secret that the run wrote stands somewhere.
    ours: bool,
}

impl Oracle<'_> {
    /// What the places of the plan hold in a file, in their order; `None` where it is no whole configuration.
    fn planned(&self, server: usize, file: Option<&[u8]>) -> Option<[Vec<Option<SeenCredential>>; 3]> {
        let (old, new, now) =
            (self.eyes.look(&self.world.old.get(server)?.1)?, self.eyes.look(self.world.new.get(server)?)?, self.eyes.look(file?)?);
        let find = |all: &[SeenCredential], place: &str| all.iter().find(|c| c.place == place).cloned();
        let places = new.iter().filter(|c| find(&old, &c.place).as_ref() != Some(*c)).map(|c| c.place.clone()).collect::<Vec<_>>();
        Some([&old, &new, &now].map(|all| places.iter().map(|place| find(all, place)).collect()))
    }

    fn stand(&self, server: usize, file: Option<&[u8]>) -> Option<Stand> {
        let [old, new, now] = self.planned(server, file)?;
        let secret = |c: &Option<SeenCredential>| c.as_ref().and_then(|c| c.parts[1].clone());
        let written: Vec<String> = new.iter().zip(&old).filter(|(n, o)| secret(n) != secret(o)).filter_map(|(n, _)| secret(n)).collect();
        let everywhere = self.eyes.look(file?)?;
        let ours = everywhere.iter().any(|c| c.parts[1].as_ref().is_some_and(|s| written.contains(s)));
        Some(Stand { new: now == new, old: now == old, ours })
    }

    /// Whether every configuration of a disk holds the new values.
    #[must_use]
    pub fn all_new(&self, image: &Image) -> bool {
        (0..self.world.old.len()).all(|i| self.stand(i, image.read(&self.world.old[i].0)).is_some_and(|s| s.new))
    }

    /// Whether the file holds a credential of that server that never was one. Known are the old ones, the new ones, and what somebody else
    /// wrote.
    ///
    /// # Errors
    /// The place.
    pub fn check_units(&self, server: usize, file: Option<&[u8]>, foreign: Option<&[u8]>) -> Result<(), String> {
        let (Some((path, old)), Some(new), Some(file)) = (self.world.old.get(server), self.world.new.get(server), file) else {
            return Ok(());
        };
        let Some(now) = self.eyes.look(file) else {
            let by_others = foreign.is_some_and(|foreign| foreign == file);
            return if by_others { Ok(()) } else { Err(format!("{path} is no whole configuration")) };
        };
        let known: Vec<SeenCredential> = [Some(old.as_slice()), Some(new.as_slice()), foreign]
            .into_iter()
            .flatten()
            .filter_map(|b| self.eyes.look(b))
            .flatten()
            .collect();
        match now.iter().find(|c| !known.contains(c)) {
            Some(c) => Err(format!("{path} holds a credential in {} that never was one", c.place)),
            None => Ok(()),
        }
    }

    /// Whether what was said of one server holds at one of the moments.
    fn holds(&self, spoke: Spoke, index: usize, said: &ServerOutcome, file: Option<&[u8]>, came_to: bool) -> bool {
        // What a run never came to it has left alone, whatever others did to it.
        if said.result == StepResult::Untouched && !came_to {
            return true;
        }
        let stand = self.stand(index, file);
        // Of what cannot be read a run may say only that it failed or is unknown.
        let Some(stand) = stand else {
            return matches!(said.result, StepResult::Failed | StepResult::Uncertain | StepResult::Conflict | StepResult::Skipped);
        };
        match (spoke, said.result) {
            (_, StepResult::Done | StepResult::Already) => stand.new,
            (_, StepResult::Restored | StepResult::Untouched) => stand.old,
            (Spoke::Writing, StepResult::Failed | StepResult::Skipped | StepResult::Conflict) => !stand.ours,
            (Spoke::Taking, StepResult::Failed | StepResult::Skipped) | (_, StepResult::Uncertain) => true,
            // A conflict sends somebody to look. That is right where the file is changed, or cannot be shown to be as it was.
            (Spoke::Taking, StepResult::Conflict) => !stand.old || said.detail.contains("not shown to be"),
        }
    }

    /// Whether everything that an outcome says was true, for each server at one of its moments at least.
    ///
    /// # Errors
    /// What was not true.
    pub fn check_said(&self, spoke: Spoke, outcome: &RunOutcome, moments: &[Moments<'_>], image: &Image) -> Result<(), String> {
        let intents = outcome.run.as_ref().map_or_else(Vec::new, |run| intents(image, run));
        for (index, (said, moments)) in outcome.servers.iter().zip(moments).enumerate() {
            if !moments.files.iter().any(|file| self.holds(spoke, index, said, *file, intents.contains(&index))) {
                return Err(format!("{} is said to be {} and is not ({})", said.server, said.result.name(), outcome.end.name()));
            }
        }
        let results = || outcome.servers.iter().map(|s| s.result);
        let fits = match outcome.end {
            End::AllNew => results().all(|r| matches!(r, StepResult::Done | StepResult::Already)),
            End::AllOld => results().all(|r| matches!(r, StepResult::Restored | StepResult::Untouched)),
            End::Partial => results().any(|r| r == StepResult::Conflict),
            End::Diverged => results().any(|r| r == StepResult::Conflict) || outcome.directory == Some(StepResult::Uncertain),
            End::Nothing | End::Open | End::Abandoned => true,
        };
        if fits { Ok(()) } else { Err(format!("the run ended {} and its servers do not", outcome.end.name())) }
    }

    fn status(&self, disk: &MemoryDisk) -> Result<Status, String> {
        self.world.with_engine(disk, None, 0, |e| e.status()).map_err(|e| format!("status: {e}"))
    }

    /// Goes on from a disk on which nothing goes wrong any more, as the reports say, until no run is open: at most `most` commands. Then the
    /// bundle must be free for the next run.
    ///
    /// # Errors
    /// There is no way on, or it is longer.
    pub fn check_way_on(&self, image: Image, directory: &ToyDirectory, most: usize) -> Result<(), String> {
        let disk = MemoryDisk::new(image);
        for command in 0..=most {
            let status = self.status(&disk)?;
            let open: Vec<String> = status.runs.iter().filter(|r| r.end == End::Open).map(|r| r.run.clone()).collect();
            if open.is_empty() && status.damaged.is_empty() {
                let last = self.world.apply(&disk, directory);
                return match last {
                    Err(error @ (EngineError::Unfinished { .. } | EngineError::Lock(_) | EngineError::Journal(_))) => {
                        Err(format!("no run is open, and the next one is refused: {error}"))
                    }
                    _ => Ok(()),
                };
            }
            let done = match (command, open.first()) {
                (0, _) | (_, None) => self.world.recover(&disk, directory).map(drop),
                (_, Some(run)) => self.world.with_engine(&disk, Some(directory), 0, |e| e.abandon(run)).map(drop),
            };
            if let (Err(error), true) = (&done, command > 0) {
                return Err(format!("the way on is refused: {error}"));
            }
        }
        Err(format!("a run is open after {most} commands"))
    }

    /// Recovers, and checks what is said, that no credential is torn, and that there is a way on. `is_kept`: what is finished is to stay.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn check_recovery(
        &self,
        image: &Image,
        directory: KeyVersion,
        before: KeyVersion,
        foreign: Option<(usize, &[u8])>,
        is_kept: bool,
    ) -> Result<(), String> {
        let by_others = |index: usize| foreign.filter(|(server, _)| *server == index).map(|(_, bytes)| bytes);
        let (disk, ad) = (MemoryDisk::new(image.clone()), ToyDirectory::at(directory));
        let finished = self.all_new(image) && (self.world.plan.directory.is_none() || directory > before);
        let outcomes = self.world.recover(&disk, &ad).map_err(|e| format!("recover: {e}"))?;
        let after = disk.image();
        let files = |index: usize| vec![after.read(&self.world.old[index].0)];
        let moments: Vec<Moments<'_>> = (0..self.world.old.len()).map(|i| Moments { files: files(i) }).collect();
        for outcome in &outcomes {
            self.check_said(Spoke::Taking, outcome, &moments, &after)?;
            if finished && is_kept && outcome.servers.iter().any(|s| s.result == StepResult::Restored) {
                return Err("what was finished was taken back".to_owned());
            }
        }
        for (index, (path, _)) in self.world.old.iter().enumerate() {
            self.check_units(index, after.read(path), by_others(index))?;
        }
        self.check_way_on(after, &ad, 3)
    }
}

/// The servers that the journal of a run names as about to be written.
fn intents(image: &Image, run: &str) -> Vec<usize> {
    let records = image.read(&format!(".kerbsync/journal/{run}.jsonl")).and_then(|bytes| journal::records(bytes).ok());
    let intent = |record: Record| if let Record::Intent(intent) = record { Some(intent.step) } else { None };
    records.unwrap_or_default().into_iter().filter_map(intent).collect()
}
