//! Threads that take turns: at every call of the disk the next one is drawn by a seed, so that what runs side by side can be replayed.

use kerbsync_apply::{Threads, Workers};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

struct State {
    rng: ChaCha8Rng,
    /// Those that could go on.
    live: Vec<usize>,
    turn: usize,
    next: usize,
}

/// Draws whose turn it is.
struct Scheduler {
    state: Mutex<State>,
    changed: Condvar,
}

thread_local! {
    static CURRENT: RefCell<Option<(Arc<Scheduler>, usize)>> = const { RefCell::new(None) };
}

fn current() -> Option<(Arc<Scheduler>, usize)> {
    CURRENT.with(|current| current.borrow().clone())
}

impl Scheduler {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, me: usize) {
        drop(self.changed.wait_while(self.state(), |s| s.turn != me).unwrap_or_else(PoisonError::into_inner));
    }

    /// Draws the next turn; nobody has it where nobody could go on.
    fn draw(&self, state: &mut State) {
        if !state.live.is_empty() {
            let at = state.rng.random_range(0..state.live.len());
            state.turn = state.live[at];
        }
        self.changed.notify_all();
    }

    /// Runs work on threads of their own, each in its turns, and returns when all are done. `parent` waits meanwhile.
    fn group(self: &Arc<Self>, parent: Option<usize>, work: Vec<Box<dyn FnOnce() + Send + '_>>) {
        let ids: Vec<usize> = {
            let mut state = self.state();
            let ids: Vec<usize> = (state.next..state.next + work.len()).collect();
            state.next += work.len();
            state.live.retain(|id| Some(*id) != parent);
            state.live.extend(&ids);
            ids
        };
        let left = AtomicUsize::new(ids.len());
        std::thread::scope(|scope| {
            for (id, work) in ids.iter().copied().zip(work) {
                let left = &left;
                scope.spawn(move || {
                    CURRENT.with(|current| *current.borrow_mut() = Some((self.clone(), id)));
                    self.wait(id);
                    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
                    let mut state = self.state();
                    state.live.retain(|other| *other != id);
                    if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                        state.live.extend(parent);
                    }
                    self.draw(&mut state);
                    drop(state);
                    if let Err(panic) = done {
                        std::panic::resume_unwind(panic);
                    }
                });
            }
            // All are there before the first one goes.
            let mut state = self.state();
            self.draw(&mut state);
        });
        if let Some(parent) = parent {
            self.wait(parent);
        }
    }
}

/// Lets another thread go first, if it is drawn. Nothing where nobody takes turns.
pub(crate) fn yield_now() {
    let Some((scheduler, me)) = current() else { return };
    let mut state = scheduler.state();
    scheduler.draw(&mut state);
    drop(state);
    scheduler.wait(me);
}

/// Workers that take turns where their caller does, and are plain threads elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Turns;

impl Workers for Turns {
    fn run(&self, count: usize, bound: usize, work: &(dyn Fn(usize) + Sync)) {
        let Some((scheduler, me)) = current().filter(|_| bound > 1 && count > 1) else { return Threads.run(count, bound, work) };
        let next = AtomicUsize::new(0);
        let one = || {
            Box::new(|| {
                while let Some(index) = Some(next.fetch_add(1, Ordering::SeqCst)).filter(|i| *i < count) {
                    work(index);
                }
            }) as Box<dyn FnOnce() + Send + '_>
        };
        scheduler.group(Some(me), (0..bound.min(count)).map(|_| one()).collect());
    }
}

/// Runs programs side by side in turns that the seed draws, and returns when all have ended.
pub fn side_by_side(seed: u64, programs: Vec<Box<dyn FnOnce() + Send + '_>>) {
    let state = State { rng: ChaCha8Rng::seed_from_u64(seed), live: Vec::new(), turn: usize::MAX, next: 0 };
    Arc::new(Scheduler { state: Mutex::new(state), changed: Condvar::new() }).group(None, programs);
}
