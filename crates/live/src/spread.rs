//! Many servers at a time, and no more than a bound.

use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Does some work for each item, at most `bound` at a time, and gives the results in the order of the items. One that panics gives none.
pub(crate) async fn spread<T, R, F>(items: Vec<T>, bound: usize, work: impl Fn(T) -> F) -> Vec<Option<R>>
where
    R: Send + 'static,
    F: Future<Output = R> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(bound.max(1)));
    let mut running = JoinSet::new();
    let mut results: Vec<Option<R>> = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        results.push(None);
        let (slots, work) = (Arc::clone(&slots), work(item));
        running.spawn(async move {
            // A semaphore that is closed would let everyone through; nobody closes it.
            let _slot = slots.acquire_owned().await;
            (index, work.await)
        });
    }
    while let Some(done) = running.join_next().await {
        if let Ok((index, result)) = done
            && let Some(slot) = results.get_mut(index)
        {
            *slot = Some(result);
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn results_are_in_order_and_no_more_run_than_the_bound() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let results = runtime.block_on(spread((0..40_u64).collect(), 4, |i| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis((40 - i) % 5)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                assert!(i != 7, "one that panics");
                i
            }
        }));
        let expected: Vec<Option<u64>> = (0..40).map(|i| (i != 7).then_some(i)).collect();
        assert_eq!(results, expected);
        assert!(most.load(Ordering::SeqCst) <= 4);
    }
}
