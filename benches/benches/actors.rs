//! Measures a call of an actor beside its peers: `cargo bench --features actors --bench actors`.

#[path = "../src/bin/actors/contenders.rs"]
mod contenders;

use std::future::Future;

use divan::Bencher;
use divan::counter::ItemsCount;
use tokio::runtime::Handle;

use contenders::{Contender, Measure};

/// Enough for starting actor and callers not to count.
const CALLS: usize = 10_000;

#[divan::bench(args = Contender::ALL, consts = [1, 8, 64], sample_count = 20, sample_size = 1)]
fn calls<const CALLERS: usize>(bencher: Bencher, contender: Contender) {
    let callers = Callers { count: CALLERS, calls: CALLS / CALLERS };
    let runtime = Handle::current();
    bencher
        .counter(ItemsCount::new(callers.count * callers.calls))
        .bench_local(|| runtime.block_on(contender.run(callers)));
}

/// So many tasks that call so many times each.
#[derive(Clone, Copy)]
struct Callers {
    count: usize,
    calls: usize,
}

impl Measure for Callers {
    type Measured = ();

    async fn measure<C, F>(self, call: C)
    where
        C: Fn() -> F + Clone + Send + 'static,
        F: Future<Output = u64> + Send,
    {
        let caller = |call: C| async move {
            for _ in 0..self.calls {
                divan::black_box(call().await);
            }
        };
        let tasks: Vec<_> = (0..self.count).map(|_| tokio::spawn(caller(call.clone()))).collect();
        for task in tasks {
            task.await.expect("no call fails");
        }
    }
}

/// On the runtime that a service has.
#[oserver::main]
async fn main() {
    tokio::task::spawn_blocking(divan::main).await.expect("nothing panics");
}
