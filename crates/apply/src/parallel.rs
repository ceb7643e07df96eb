//! Doing the same to many servers, some at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Those who do the parts of a piece of work.
pub trait Workers: Sync {
    /// Calls `work` for every number below `count`, at most `bound` at a time, and returns when all are done.
    fn run(&self, count: usize, bound: usize, work: &(dyn Fn(usize) + Sync));
}

/// Threads of the system.
#[derive(Debug, Clone, Copy)]
pub struct Threads;

impl Workers for Threads {
    fn run(&self, count: usize, bound: usize, work: &(dyn Fn(usize) + Sync)) {
        if bound <= 1 || count <= 1 {
            return (0..count).for_each(work);
        }
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..bound.min(count) {
                scope.spawn(|| {
                    while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|i| *i < count) {
                        work(index);
                    }
                });
            }
        });
    }
}

/// Calls `work` for every item, at most `bound` at a time, and returns the results in the order of items.
pub(crate) fn each<T: Sync, R: Send>(workers: &dyn Workers, items: &[T], bound: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let results = Mutex::new(Vec::with_capacity(items.len()));
    workers.run(items.len(), bound, &|index| {
        if let Some(item) = items.get(index) {
            let result = work(item);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_and_the_bound() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let items: Vec<u32> = (0..50).collect();
        let out = each(&Threads, &items, 3, |i| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
            i * 2
        });
        assert_eq!(out, items.iter().map(|i| i * 2).collect::<Vec<_>>());
        assert!(most.load(Ordering::SeqCst) <= 3);
    }
}
