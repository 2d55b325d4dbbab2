//! All cores on a list, with stacks that hostile nesting cannot overflow.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, available_parallelism};

/// Only what is touched is ever memory. A parser needs some 2 KiB a level of nesting, more without
/// optimisation; the limits of [`crate::syntax::Limits`] keep it far below this.
const STACK: usize = 512 << 20;

/// `work` on each item, results in the order of the items.
pub(super) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return results };
            results.push((index, work(item)));
        }
    };
    let threads = available_parallelism().map_or(1, usize::from).min(items.len().max(1));
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let spawn = |_| {
            thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, worker)
                .expect("the system has a thread for each core")
        };
        let workers: Vec<_> = (0..threads).map(spawn).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no file makes a panic"))
            .collect()
    });
    results.sort_unstable_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
