//! What applying costs beside copying and syncing the same files, one by one and side by side:
//! `cargo run --release -p kerbsync-faults --example apply_cost -- DIR [SERVERS]`.
//! DIR must be empty or absent, on the disk that is to be measured; it is removed again.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a measuring tool: it prints, and copies files by the shortest way")]

use kerbsync_faults::{Toy, World, toy};
use kerbsync_store::FolderFiles;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

const TOY: Toy = Toy { generation: 1 };
/// Servers that the engine works on at a time, and threads that copy.
const SIDE_BY_SIDE: usize = 8;
/// Length of a configuration of a real server.
const BYTES: usize = 130_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let root = args.next().ok_or("DIR is missing")?;
    let servers: usize = args.next().map_or(Ok(200), |n| n.parse())?;
    let root = Path::new(&root);
    let mut old = toy::configurations(servers);
    for (path, bytes) in &mut old {
        // Only encrypted originals: a copy of a secret in clear would be a further file.
        *bytes = String::from_utf8_lossy(bytes).replace("clear text", "[enc:x]").into_bytes();
        while bytes.len() < BYTES {
            bytes.extend_from_slice(b"# a section of no interest to anyone ..........................\n");
        }
        let to = root.join(&path);
        fs::create_dir_all(to.parent().ok_or("no folder")?)?;
        fs::write(to, bytes)?;
    }
    let mut world = World::new(toy::plan(&old, false), old, &TOY)?;
    world.parallel = SIDE_BY_SIDE;
    world.wave = Some(kerbsync_apply::Options::default().wave);
    let files = FolderFiles::open(root)?;
    for round in 1..=3 {
        let one_by_one = timed(|| world.old.iter().try_for_each(|(path, _)| copy(&root.join(path))))?;
        let side_by_side = timed(|| {
            let share = world.old.len().div_ceil(SIDE_BY_SIDE).max(1);
            std::thread::scope(|scope| {
                let shares = world.old.chunks(share);
                let copies = shares.map(|files| scope.spawn(|| files.iter().try_for_each(|(path, _)| copy(&root.join(path)))));
                let copies: Vec<_> = copies.collect();
                copies.into_iter().try_for_each(|c| c.join().unwrap_or_else(|_| Err(io::Error::other("a copying thread failed"))))
            })
        })?;
        let started = Instant::now();
        let outcome = world.with_engine(&files, None, 0, |e| e.apply(&world.plan))?;
        let applied = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let back = world.with_engine(&files, None, 0, |e| e.rollback(&kerbsync_apply::RunSelector::Last))?;
        let rolled = started.elapsed().as_secs_f64();
        println!("round {round}: copy and sync one by one {one_by_one:.3} s, {SIDE_BY_SIDE} side by side {side_by_side:.3} s");
        println!(
            "         apply ({}) {applied:.3} s: {:.2} times one by one, {:.2} times {SIDE_BY_SIDE} side by side; rollback ({}) {rolled:.3} s",
            outcome.end.name(),
            applied / one_by_one,
            applied / side_by_side,
            back.end.name()
        );
    }
    fs::remove_dir_all(root)?;
    Ok(())
}

/// What anybody does who is careful: write beside, sync, rename, sync the folder.
fn copy(from: &Path) -> io::Result<()> {
    let to = from.with_extension("copy");
    let mut file = File::create(&to)?;
    file.write_all(&fs::read(from)?)?;
    file.sync_all()?;
    fs::rename(&to, from.with_extension("copied"))?;
    File::open(from.parent().unwrap_or(from))?.sync_all()
}

/// Seconds that something takes.
fn timed(run: impl FnOnce() -> io::Result<()>) -> io::Result<f64> {
    let started = Instant::now();
    run()?;
    Ok(started.elapsed().as_secs_f64())
}
