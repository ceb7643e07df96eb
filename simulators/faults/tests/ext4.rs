//! A real file system, cut at each call: what its device holds before a call is what a loss of power at that moment leaves.
//!
//! An image of ext4 is mounted through a loop device, and the engine works on it. Before each of its calls the image is looked at from below,
//! without what the system still has in memory. Each state is mounted then, which replays the file system's journal, and recovered from.
//! Needs root, loop devices and mkfs.ext4; says so where it has none of them.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test: it may panic, and prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a test makes its own files")]

use kerbsync_faults::{Mutation, Toy, ToyDirectory, World, toy};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{End, RunOutcome};
use kerbsync_store::{Creation, FileError, FileIdentity, Files, FolderFiles, Key, OpenFile, OpenLock};
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

const TOY: Toy = Toy { generation: 1 };
/// The least that ext4 with a journal fits in.
const BYTES: u64 = 8 << 20;
/// Without `noauto_da_alloc` ext4 itself makes up for an engine that forgets to sync what it renames.
const OPTIONS: &str = "loop,noauto_da_alloc";

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output().map_err(|e| format!("{program}: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{program} {}: {said}", arguments.join(" "))) }
}

/// An image that is mounted, until it is dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn new(image: &Path, at: &Path) -> Result<Self, String> {
        fs::create_dir_all(at).unwrap();
        run("mount", &["-t", "ext4", "-o", OPTIONS, &image.display().to_string(), &at.display().to_string()])?;
        Ok(Self(at.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(run("umount", &[&self.0.display().to_string()]));
    }
}

/// Every state of the device that differs from the one before: the call before which it was seen, and a file with its blocks.
struct Cuts {
    image: PathBuf,
    folder: PathBuf,
    calls: u64,
    last: Vec<u8>,
    seen: Vec<(String, PathBuf)>,
}

impl Cuts {
    fn look(&mut self, operation: &str, name: &str) {
        let now = fs::read(&self.image).unwrap();
        if now != self.last {
            let path = self.folder.join(format!("cut{}.img", self.calls));
            let mut file = fs::File::create(&path).unwrap();
            for block in now.chunks(4096) {
                if block.iter().all(|b| *b == 0) {
                    file.seek(SeekFrom::Current(i64::try_from(block.len()).unwrap())).unwrap();
                } else {
                    file.write_all(block).unwrap();
                }
            }
            file.set_len(BYTES).unwrap();
            self.seen.push((format!("call {}: {operation} {name}", self.calls), path));
            self.last = now;
        }
        self.calls += 1;
    }
}

/// The files of the mounted image, whose device is looked at before each call.
struct Cut {
    files: FolderFiles,
    cuts: Arc<Mutex<Cuts>>,
}

impl Cut {
    fn look(&self, operation: &str, name: &str) {
        self.cuts.lock().unwrap().look(operation, name);
    }
}

struct CutFile<'s> {
    file: Box<dyn OpenFile + 's>,
    cuts: Arc<Mutex<Cuts>>,
    name: String,
}

impl OpenFile for CutFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.cuts.lock().unwrap().look("write", &self.name);
        self.file.write(bytes)
    }

    fn sync(&mut self) -> Result<(), FileError> {
        self.cuts.lock().unwrap().look("sync", &self.name);
        self.file.sync()
    }
}

impl Files for Cut {
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError> {
        self.files.read(key)
    }

    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        self.files.list(folder)
    }

    fn create<'s>(&'s self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile + 's>, FileError> {
        self.look("create", key.as_str());
        let file = self.files.create(key, creation)?;
        Ok(Box::new(CutFile { file, cuts: self.cuts.clone(), name: key.to_string() }))
    }

    fn append<'s>(&'s self, key: &Key) -> Result<Box<dyn OpenFile + 's>, FileError> {
        self.look("open", key.as_str());
        let file = self.files.append(key)?;
        Ok(Box::new(CutFile { file, cuts: self.cuts.clone(), name: key.to_string() }))
    }

    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError> {
        self.look("rename to", to.as_str());
        self.files.rename(from, to)
    }

    fn remove(&self, key: &Key) -> Result<(), FileError> {
        self.look("remove", key.as_str());
        self.files.remove(key)
    }

    fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        self.look("sync the folder", folder);
        self.files.sync_folder(folder)
    }

    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        self.look("create the folder", folder);
        self.files.create_folder(folder)
    }

    fn identity(&self, key: &Key) -> Result<FileIdentity, FileError> {
        self.files.identity(key)
    }

    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        self.look("lock", key.as_str());
        self.files.lock(key)
    }

    fn pause(&self, attempt: u32) {
        self.files.pause(attempt);
    }
}

fn every_file(root: &Path, below: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            every_file(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().display().to_string());
        }
    }
}

/// What a cut leaves, recovered from.
fn check(world: &World<'_>, root: &Path) -> Result<End, String> {
    let files = FolderFiles::open(root).unwrap();
    let recover = || world.with_engine(&files, None, 1, |e| e.recover()).map_err(|e| e.to_string());
    let state = |index: usize| {
        let bytes = fs::read(root.join(&world.old[index].0)).unwrap_or_default();
        if bytes == world.old[index].1 {
            Ok(false)
        } else if bytes == world.new[index] {
            Ok(true)
        } else {
            Err(format!("{} is torn", world.old[index].0))
        }
    };
    (0..world.old.len()).try_for_each(|i| state(i).map(drop))?;
    let outcomes: Vec<RunOutcome> = recover()?;
    let new = (0..world.old.len()).map(state).collect::<Result<Vec<bool>, _>>()?;
    let end = match outcomes.as_slice() {
        [] if new.iter().all(|n| *n) => End::AllNew,
        [] => End::AllOld,
        [one] => one.end,
        _ => return Err("two runs were open".to_owned()),
    };
    if !new.iter().all(|n| *n == (end == End::AllNew)) || !matches!(end, End::AllNew | End::AllOld) {
        return Err(format!("recovered to {}, and the servers are {new:?}: {outcomes:?}", end.name()));
    }
    let mut names = Vec::new();
    every_file(root, root, &mut names);
    let copies = names.iter().filter(|n| n.ends_with(".orig")).count();
    if let Some(left) = names.iter().find(|n| n.ends_with(".tmp") || (end == End::AllOld && n.ends_with(".orig"))) {
        return Err(format!("{left} is left after {}", end.name()));
    }
    if end == End::AllNew && copies == 0 {
        return Err("the only copy of a secret in clear is gone".to_owned());
    }
    if recover()?.is_empty() { Ok(end) } else { Err("a second recovery found something to do".to_owned()) }
}

/// Cuts a run at each call. How many states there were, and what did not hold in some of them; `Err` where the machine has not what it takes.
fn cut(world: &World<'_>, rolls_back: bool) -> Result<(usize, Vec<String>), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let (image, place) = (folder.path().join("disk.img"), folder.path().join("mounted"));
    fs::File::create(&image).unwrap().set_len(BYTES).unwrap();
    run("mkfs.ext4", &["-q", "-F", &image.display().to_string()])?;
    let cuts = {
        let mounted = Mounted::new(&image, &place)?;
        for (path, bytes) in &world.old {
            fs::create_dir_all(place.join(path).parent().unwrap()).unwrap();
            fs::write(place.join(path), bytes).unwrap();
        }
        let ad = ToyDirectory::at(KeyVersion(1));
        let directory = || Some(&ad as &dyn kerbsync_plan::lower::DirectoryWriter);
        if rolls_back {
            let plain = FolderFiles::open(&place).unwrap();
            assert_eq!(world.with_engine(&plain, directory(), 0, |e| e.apply(&world.plan)).unwrap().end, End::AllNew);
        }
        run("sync", &["-f", &place.display().to_string()])?;
        let cuts =
            Cuts { image: image.clone(), folder: folder.path().to_owned(), calls: 0, last: fs::read(&image).unwrap(), seen: Vec::new() };
        let cut = Cut { files: FolderFiles::open(&place).unwrap(), cuts: Arc::new(Mutex::new(cuts)) };
        let outcome = if rolls_back {
            world.with_engine(&cut, directory(), 0, |e| e.rollback(&kerbsync_apply::RunSelector::Last))
        } else {
            world.with_engine(&cut, directory(), 0, |e| e.apply(&world.plan))
        };
        assert_eq!(outcome.unwrap().end, if rolls_back { End::AllOld } else { End::AllNew });
        cut.look("the end", "");
        drop(mounted);
        let cuts = cut.cuts.lock().unwrap();
        (cuts.seen.clone(), cuts.calls)
    };
    let (mut wrong, mut ends) = (Vec::new(), [0, 0]);
    for (at, state) in &cuts.0 {
        let mounted = Mounted::new(state, &place)?;
        match check(world, &place) {
            Ok(end) => ends[usize::from(end == End::AllNew)] += 1,
            Err(what) => wrong.push(format!("{at}: {what}")),
        }
        drop(mounted);
        fs::remove_file(state).unwrap();
    }
    println!("{} calls, {} states of the device: {} all-old, {} all-new, {} wrong", cuts.1, cuts.0.len(), ends[0], ends[1], wrong.len());
    Ok((cuts.0.len(), wrong))
}

fn world(mutation: Option<Mutation>) -> World<'static> {
    let old = toy::configurations(3);
    let mut world = World::new(toy::plan(&old, false), old, &TOY).unwrap();
    world.mutation = mutation;
    world
}

#[test]
fn a_real_disk_that_is_cut_at_each_call_recovers() {
    for rolls_back in [false, true] {
        match cut(&world(None), rolls_back) {
            Ok((states, wrong)) => {
                assert_eq!(wrong, Vec::<String>::new());
                assert!(states > 10, "{states}");
            }
            Err(why) => return println!("not run, since this machine cannot mount an image of ext4: {why}"),
        }
    }
    // And it would notice: an engine that does not sync what it renames.
    let careless = cut(&world(Some(Mutation::SkipSync)), false).unwrap().1;
    assert!(!careless.is_empty(), "an engine that does not sync was not noticed");
}
