//! Two servers, the same faults, one table of what the clients got.
//!
//! ```text
//! cargo run --example demo            # the table
//! cargo run --example demo -- --show  # and what the servers said
//! ```
//!
//! The [`naive`] server is the pattern that many services start from: hyper, one task per connection,
//! an `Arc<State>` with mutexes inside, `eprintln!` for errors. The [`guarded`] one has the same routes
//! with oserver, and what was in a mutex belongs to an actor. Both listen on free ports of loopback.
//!
//! The servers run in a process of their own, whose stderr is counted: what each of them said of its faults is one line
//! below the table. With `-- --show` it is shown. The exit code is 0 only if the guarded server kept every promise.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command says what it does")]

mod client;
mod faults;
mod guarded;
mod naive;
mod said;
mod story;
mod table;

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use self::client::Clients;

/// When the clients stop waiting for anything, however slow the servers are.
const LIMIT: Duration = Duration::from_secs(30);
/// How many workers each server has, and how many handlers block theirs.
const WORKERS: usize = 2;
/// The argument of the process that runs them.
const SERVERS: &str = "--servers";

fn main() {
    match std::env::args().nth(1).as_deref() {
        None => said::count(SERVERS),
        Some(SERVERS | "--show") => servers(),
        Some(other) => {
            eprintln!("`{other}` is no option; there is `--show`");
            std::process::exit(2);
        }
    }
}

/// Runs both servers and their clients.
fn servers() -> ! {
    let naive = naive::start(runtime(WORKERS));
    let guarded = guarded::start(runtime(WORKERS));
    let rows = runtime(1).block_on(async {
        let limit = tokio::time::Instant::now() + LIMIT;
        let (mut left, mut right) =
            (Clients::of(naive, limit), Clients::of(guarded.address, limit));
        let mut rows = Vec::new();
        for case in story::CASES {
            eprintln!("\n== {}", case.0);
            rows.push(case.run(&mut left, &mut right).await);
        }
        rows
    });
    let rows = [rows, story::counted(&guarded)].concat();
    table::print(&rows);
    // It waits for no thread: both servers are still running.
    std::process::exit(table::verdict(&rows));
}

/// The servers, and who asks them, share no thread.
fn runtime(workers: usize) -> Runtime {
    let runtime = Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    runtime.expect("the operating system gives threads and an event queue")
}
