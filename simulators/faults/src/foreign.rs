//! Others who edit the very places that a run writes, at every call.

use crate::oracle::{Eyes, Moments, Oracle, SeenCredential, Spoke};
use crate::scenario::{Scenario, Task};
use crate::{Exploration, Fault, FaultKind, MemoryDisk, ToyDirectory};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_store::{Files as _, Key};
use std::sync::{Arc, Mutex, PoisonError};

/// What an edit makes of a file.
pub enum Edited {
    /// These bytes.
    Bytes(Vec<u8>),
    /// It is removed.
    Removed,
    /// There is nothing to edit.
    Nothing,
}

/// What somebody else does to a configuration.
pub struct ForeignEdit {
    /// For reports.
    pub name: &'static str,
    /// The edit.
    pub change: fn(&[u8]) -> Edited,
}

/// A file before and after somebody's edit.
type Seen = Arc<Mutex<Option<(Vec<u8>, Option<Vec<u8>>)>>>;

impl ForeignEdit {
    /// Edits a file of a disk; tells what it was and what it is.
    fn act(&self, disk: &MemoryDisk, path: &str) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
        let before = disk.image().read(path)?.to_vec();
        match (self.change)(&before) {
            Edited::Nothing => None,
            Edited::Bytes(after) => {
                disk.edit(path, |_| after.clone());
                Some((before, Some(after)))
            }
            Edited::Removed => {
                drop(disk.remove(&Key::new(path)?));
                Some((before, None))
            }
        }
    }
}

/// How others edit.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// Only before every so manyeth call, beginning elsewhere for each edit.
    pub every: usize,
    /// So many calls from the edit on, reads of the file give what it held before, as a share's cache may: what is hidden may be lost.
    pub hidden: u64,
}

impl Habits {
    /// Before every call, and seen at once.
    pub const ALL: Self = Self { every: 1, hidden: 0 };
}

/// Lets somebody edit each configuration before each call of a task, in each way, and compares all that is said with the disk. `faults` counts
/// the edits, and `survived` those that were not lost.
#[must_use]
pub fn edited(scenario: &Scenario<'_>, oracle: &Oracle<'_>, edits: &'static [ForeignEdit], habits: Habits) -> Exploration {
    let mut found = Exploration::new();
    let calls = scenario.recorded().0.calls();
    let every = habits.every.max(1);
    for (server, (path, _)) in scenario.world.old.iter().enumerate() {
        for (number, edit) in edits.iter().enumerate() {
            for at in (0..=calls).skip((number + server) % every).step_by(every) {
                let place = || format!("{:?}, {} of {path} before call {at}", scenario.task, edit.name);
                let one = One { edit, server, at, calls, hidden: habits.hidden };
                match one.run(scenario, oracle) {
                    Ok(None) => {}
                    Ok(Some(survives)) => {
                        found.states += 1;
                        found.faults += 1;
                        found.survived += u64::from(survives);
                    }
                    Err(what) => {
                        found.states += 1;
                        found.violation(what, place);
                    }
                }
            }
        }
    }
    found
}

/// One edit.
struct One {
    edit: &'static ForeignEdit,
    server: usize,
    at: u64,
    calls: u64,
    hidden: u64,
}

impl One {
    /// Whether the edit is still there; `None` where there was nothing to edit.
    fn run(&self, scenario: &Scenario<'_>, oracle: &Oracle<'_>) -> Result<Option<bool>, String> {
        let &Self { edit, server, at, calls, hidden } = self;
        let path = scenario.world.old[server].0.clone();
        let (disk, directory) = (MemoryDisk::recording(scenario.start.clone()), ToyDirectory::at(scenario.directory));
        let seen: Seen = Arc::default();
        let (into, name) = (seen.clone(), path.clone());
        disk.act(at, move |disk| *into.lock().unwrap_or_else(PoisonError::into_inner) = edit.act(disk, &name));
        if hidden > 0 {
            disk.fault(Fault { at, times: hidden, below: path.clone(), kind: FaultKind::Stale });
        }
        let result = scenario.run(&disk, &directory);
        let operation = disk.trace().get(usize::try_from(at).unwrap_or(usize::MAX)).cloned();
        if at == calls {
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = edit.act(&disk, &path);
        }
        let Some((before, after)) = seen.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(None) };
        let image = disk.image();
        let spoke = if scenario.task == Task::Apply { Spoke::Writing } else { Spoke::Taking };
        for outcome in result.iter().flatten() {
            let moments: Vec<Moments<'_>> = (0..scenario.world.old.len())
                .map(|index| {
                    let mut files = vec![image.read(&scenario.world.old[index].0)];
                    if index == server {
                        files.extend([Some(before.as_slice()), after.as_deref()]);
                    }
                    Moments { files }
                })
                .collect();
            oracle.check_said(spoke, outcome, &moments, &image)?;
        }
        for (index, (path, _)) in scenario.world.old.iter().enumerate() {
            oracle.check_units(index, image.read(path), if index == server { after.as_deref() } else { None })?;
        }
        // Between the last comparison and the rename of this file there is a moment that no call of the system closes, and a cache makes it
        // longer.
        let known = hidden > 0 || operation.is_some_and(|(what, name)| what.starts_with("rename") && name == path);
        let survives = survives(oracle.eyes, &before, after.as_deref(), image.read(&path));
        if !known {
            survives.clone()?;
        }
        let foreign = after.as_deref().map(|bytes| (server, bytes));
        oracle.check_recovery(&image, directory.version(), KeyVersion(1), foreign, scenario.task == Task::Apply)?;
        Ok(Some(survives.is_ok()))
    }
}

/// Whether what somebody changed is still as he left it.
fn survives(eyes: &dyn Eyes, before: &[u8], after: Option<&[u8]>, now: Option<&[u8]>) -> Result<(), String> {
    let Some(after) = after else {
        return if now.is_none() { Ok(()) } else { Err("a file that somebody removed is there again".to_owned()) };
    };
    let Some(now) = now else { return Err("a file that somebody edited is gone".to_owned()) };
    let (Some(old), Some(theirs)) = (eyes.look(before), eyes.look(after)) else {
        return if now == after { Ok(()) } else { Err("an edit was lost".to_owned()) };
    };
    let Some(now) = eyes.look(now) else { return Err("the file is no whole configuration any more".to_owned()) };
    let at = |all: &[SeenCredential], place: &str| all.iter().find(|c| c.place == place).map(|c| c.parts.clone());
    let places: std::collections::BTreeSet<&str> = old.iter().chain(&theirs).map(|c| c.place.as_str()).collect();
    let none = || [None, None, None];
    let lost = |place: &&str| {
        let [old, theirs, now] = [&old, &theirs, &now].map(|all| at(all, place).unwrap_or_else(none));
        (0..3).any(|part| old[part] != theirs[part] && theirs[part] != now[part])
    };
    match places.into_iter().find(lost) {
        Some(place) => Err(format!("an edit of {place} was lost")),
        None => Ok(()),
    }
}
