//! Everything at once and at random, for as long as one likes: all faults, two thousand connections
//! that come and go, slow and half-sent requests, HTTP/2 beside HTTP/1, slowhttptest, no file descriptors
//! left, no room left for the log. Afterwards memory, threads and files are as before, but for the threads
//! that the server says it lost, and what it recorded is what the clients saw.
//!
//! The short form runs with the other tests. The long one goes the same way, for the time it is
//! given, and is repeated by the seed that it prints:
//!
//! ```text
//! OSERVER_SOAK=30m cargo test --release --test soak -- --nocapture --test-threads 1
//! OSERVER_SOAK=90s OSERVER_SOAK_SEED=42 cargo test --test soak -- --nocapture --test-threads 1
//! ```

#![cfg(target_os = "linux")]
#![allow(clippy::print_stdout, reason = "what it did, and what is skipped, is said")]

mod common;

#[path = "soak/attacks.rs"]
mod attacks;
#[path = "soak/crowd.rs"]
mod crowd;
#[path = "soak/faulty.rs"]
mod faulty;
#[path = "soak/ledger.rs"]
mod ledger;
#[path = "soak/plan.rs"]
mod plan;

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use attacks::Attacks;
use common::faults::Faults;
use common::{PATIENCE, eventually, run_for};
use crowd::Crowd;
use fastrand::Rng;
use faulty::Faulty;
use ledger::{Ledger, compare_counters};
use plan::Plan;
use serde_json::Value;

/// So many requests at least, in all parts together.
const REQUESTS: u64 = 80_000;
/// Bytes that an allocator may keep of a crowd beyond those of the one before. Over half an hour, which
/// is some three million requests, a leak of a dozen bytes for each is more.
const KEPT: u64 = 32 << 20;
/// Bytes that a thread that never comes back keeps of its stack and of its request.
const KEPT_BY_LOST: u64 = 512 << 10;
/// File descriptors of the server beside its crowd.
const SPARE_FILES: usize = 250;

/// All that there is, until the time is over and there were so many requests.
async fn load(
    faults: &Arc<Faults>,
    ledger: &Arc<Ledger>,
    random: &mut Rng,
    length: Duration,
    connections: usize,
    requests: u64,
) {
    let (begin, before) = (Instant::now(), ledger.requests());
    let mut faulty = Faulty::start(faults.address, ledger, random, Some(length)).await;
    let mut crowd = Crowd::start(faults.address, connections, ledger, random);
    let attacks = Attacks::start(faults, ledger, random.fork());
    let mut most = 0;
    while begin.elapsed() < length || ledger.requests() - before < requests {
        most = most.max(crowd.open());
        if faulty.has_failed() || crowd.has_failed() {
            let of_connections = faults.records().into_iter();
            let of_connections: BTreeSet<_> = of_connections
                .filter(|record| record["fault"] == "connection-error")
                .map(|record| record["message"].to_string())
                .collect();
            panic!("a client failed; connections ended because of {of_connections:#?}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    attacks.stop().await;
    crowd.stop().await;
    faulty.stop().await;
    println!(
        "{} requests in {:?}, up to {most} connections of the crowd",
        ledger.requests() - before,
        begin.elapsed()
    );
}

/// Waits until no thread is blocked but those that are lost, and returns the status then.
///
/// The last handler that computes goes on after its client was answered, with the lowest priority, beside the lost ones.
async fn blocked_threads_settle(faults: &Faults, lost: u64) -> Value {
    let begin = Instant::now();
    loop {
        let status = faults.ask("/status.json").await.json();
        if status["blocked_threads"].as_u64() == Some(lost) {
            return status;
        }
        let blocked = &status["blocked"];
        assert!(begin.elapsed() < 10 * PATIENCE, "{lost} threads lost, blocked are {blocked:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn everything_at_random_adds_up_and_leaves_nothing_behind() {
    let plan = Plan::of_environment();
    run_for(plan.limit(), async {
        // An allocator that keeps a heap for each thread that ever was would hide a leak.
        // The server keeps a quarter of them from its clients.
        let files = (plan.connections + SPARE_FILES) * 4 / 3;
        let files = format!("export MALLOC_ARENA_MAX=1; ulimit -n {files}");
        let faults =
            Arc::new(Faults::start_limited(&files, Stdio::piped(), &["--admin", "127.0.0.1:0"]));
        let _leash = faults.leash();
        let ledger = Arc::new(Ledger::default());
        let mut random = Rng::with_seed(plan.seed);
        assert_eq!(faults.get("/ok").await.status, 200);
        let before = faults.resources();

        let (mut memory, parts) = (Vec::new(), plan.parts());
        for part in 1..=parts {
            let (length, requests) = (plan.length / parts, REQUESTS / u64::from(parts));
            load(&faults, &ledger, &mut random, length, plan.connections, requests).await;
            eventually("all is recorded", || faults.look(|records| ledger.is_covered_by(records)))
                .await;
            let lost = faults.look(|records| ledger.lost(records));
            faults.settles(before, lost).await;
            let bytes = faults.memory().expect("there is a /proc");
            println!("part {part}: {:?}, {bytes} bytes, {lost} threads lost", faults.resources());
            memory.push((bytes, lost as u64));
        }
        faults.look(|records| ledger.compare(records));
        let [(first, lost_before), .., (last, lost)] = memory[..] else {
            panic!("there are several parts")
        };
        let may_grow = KEPT + KEPT_BY_LOST * (lost - lost_before);
        assert!(
            last < first + may_grow,
            "{first} bytes after the first part, {last} after {} requests",
            ledger.requests()
        );

        let status = blocked_threads_settle(&faults, lost).await;
        faults.look(|records| compare_counters(&status, records));
        assert_eq!(faults.get("/ok").await.status, 200);
    });
}

/// Every write of the log fails.
#[test]
fn a_full_disk_under_the_log_fails_no_request() {
    let plan = Plan::of_environment();
    run_for(plan.limit(), async {
        let full = std::fs::File::create("/dev/full").expect("Linux has it");
        let faults = Arc::new(Faults::start_writing_to(full.into(), &[], &[]));
        let _leash = faults.leash();
        let ledger = Arc::new(Ledger::default());
        let mut random = Rng::with_seed(plan.seed);
        assert_eq!(faults.get("/ok").await.status, 200);
        let before = faults.resources();
        let faulty = Faulty::start(faults.address, &ledger, &mut random, None).await;
        let crowd = Crowd::start(faults.address, plan.connections / 20, &ledger, &mut random);
        tokio::time::sleep(plan.length / 6).await;
        crowd.stop().await;
        faulty.stop().await;
        assert!(ledger.requests() > 100, "nothing was asked for");
        faults.settles(before, 0).await;
        assert_eq!(faults.get("/ok").await.status, 200);
    });
}
