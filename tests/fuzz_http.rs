//! Bytes that are no HTTP, or nearly, in pieces of any size, of both versions: whatever comes, each
//! connection is answered or closed by its deadlines, nothing panics, and others are served at once.
//!
//! Every input comes from one number, so that a failure names what to repeat. It goes on for
//! 15 seconds, or for as long as it is told:
//!
//! ```text
//! OSERVER_FUZZ=10m cargo test --release --test fuzz_http -- --nocapture
//! OSERVER_FUZZ_SEED=42 cargo test --test fuzz_http -- --nocapture
//! ```

#![allow(clippy::print_stdout, reason = "what it did is said")]

mod common;

#[path = "fuzz_http/http1.rs"]
mod http1;
#[path = "fuzz_http/http2.rs"]
mod http2;
#[path = "fuzz_http/mutation.rs"]
mod mutation;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use common::faults::Faults;
use common::{PATIENCE, Reply, duration_from, eventually, run_for};
use fastrand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Without `OSERVER_FUZZ`.
const LENGTH: Duration = Duration::from_secs(15);
/// Connections at a time.
const CLIENTS: u64 = 64;
/// As many inputs are sent before the server is looked at.
const ROUND: u64 = 512;

/// The behaviour of one client.
#[derive(Debug)]
struct Input {
    bytes: Vec<u8>,
    /// Where they are cut; each piece is sent by itself.
    cuts: Vec<usize>,
    /// It says that this was all. Otherwise it waits until it is closed.
    says_end: bool,
    /// It goes without waiting for anything.
    goes: bool,
}

impl Input {
    fn from_seed(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let bytes = if random.bool() {
            http1::bytes(&mut random, seed)
        } else {
            http2::bytes(&mut random, seed)
        };
        let pieces = if random.u8(..4) == 0 { random.usize(1..40) } else { random.usize(..3) };
        let mut cuts: Vec<_> = (0..pieces).map(|_| random.usize(..=bytes.len())).collect();
        cuts.sort_unstable();
        // For HTTP/2 that is the end of the connection, also of its requests.
        let says_end = (random.u8(..8) == 0) == http2::is_http2(&bytes);
        Self { bytes, cuts, says_end, goes: random.u8(..16) == 0 }
    }

    /// Sends it, and reads until the connection is closed.
    async fn send(&self, address: SocketAddr) -> Vec<u8> {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        stream.set_nodelay(true).expect("set");
        let (mut reader, mut writer) = stream.split();
        let writing = async {
            let mut begin = 0;
            for end in self.cuts.iter().copied().chain([self.bytes.len()]) {
                // It may have been closed, for what it said before.
                if writer.write_all(&self.bytes[begin..end]).await.is_err() {
                    break;
                }
                begin = end;
                tokio::task::yield_now().await;
            }
            if self.says_end {
                _ = writer.shutdown().await;
            }
        };
        let mut answer = Vec::new();
        if self.goes {
            writing.await;
        } else {
            // A reset is a way of closing, too.
            _ = tokio::join!(writing, reader.read_to_end(&mut answer));
        }
        answer
    }
}

/// One input; what is wrong with the answer, if something is.
async fn try_one(address: SocketAddr, seed: u64) -> Result<(), String> {
    let input = Input::from_seed(seed);
    let sent = tokio::time::timeout(PATIENCE, input.send(address)).await;
    let Ok(answer) = sent else {
        return Err(format!("it was neither answered nor closed in {PATIENCE:?}"));
    };
    let judged =
        if http2::is_http2(&input.bytes) { http2::judge(&answer) } else { http1::judge(&answer) };
    judged.map_err(|wrong| format!("{wrong}: {}", answer.escape_ascii()))
}

/// So many inputs, from this one on.
async fn round(faults: &Faults, first: u64, number: u64) {
    let mut clients = JoinSet::new();
    let mut wrong = Vec::new();
    for seed in first..first + number {
        if clients.len() as u64 >= CLIENTS
            && let Some(done) = clients.join_next().await
        {
            wrong.extend(done.expect("it says what is wrong"));
        }
        let address = faults.address;
        clients.spawn(async move { try_one(address, seed).await.err().map(|why| (seed, why)) });
    }
    wrong.extend(clients.join_all().await.into_iter().flatten());
    if let Some((seed, why)) = wrong.first() {
        panic!("OSERVER_FUZZ_SEED={seed}: {why}\n{:?}", Input::from_seed(*seed));
    }
    let begin = Instant::now();
    let reply: Reply = faults.get("/ok").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (200, "Hello, World!"));
    // At once, as far as a busy machine can.
    assert!(begin.elapsed() < PATIENCE / 3, "after {:?}", begin.elapsed());
    for fault in ["panic", "error", "unrecoverable"] {
        assert_eq!(
            faults.recorded(fault),
            0,
            "{fault} after OSERVER_FUZZ_SEED={first} to {}: {:#?}",
            first + number - 1,
            faults.records().iter().filter(|record| record["fault"] == fault).collect::<Vec<_>>()
        );
    }
}

#[test]
fn whatever_is_sent_is_answered_or_closed_and_nothing_panics() {
    let one = std::env::var("OSERVER_FUZZ_SEED").ok();
    let one = one.map(|text| text.parse().expect("OSERVER_FUZZ_SEED is a whole number"));
    let length = duration_from("OSERVER_FUZZ").unwrap_or(LENGTH);
    run_for(2 * length + Duration::from_secs(120), async {
        let faults = Faults::start_with(&["--patience", "1s"], &[]);
        assert_eq!(faults.get("/ok").await.status, 200);
        let before = faults.resources();
        if let Some(seed) = one {
            return round(&faults, seed, 1).await;
        }
        let (begin, mut next) = (Instant::now(), 0);
        while begin.elapsed() < length {
            round(&faults, next, ROUND).await;
            next += ROUND;
        }
        println!("{next} inputs in {:?}", begin.elapsed());
        faults.settles(before, 0).await;
        eventually("the process runs", || faults.resources().is_some()).await;
    });
}

/// The other tests would pass if no input were understood, or each.
#[test]
fn the_inputs_are_of_every_kind() {
    run_for(4 * PATIENCE, async {
        let faults = Faults::start_with(&["--patience", "1s"], &[]);
        let (mut served, mut refused, mut closed, mut http2) = (0, 0, 0, 0);
        for seed in 0..200 {
            let mut input = Input::from_seed(seed);
            input.goes = false;
            let answer = input.send(faults.address).await;
            let status = http1::statuses(&answer).unwrap_or_default();
            served += u32::from(status.contains(&200));
            refused += u32::from(status.iter().any(|status| (400..500).contains(status)));
            closed += u32::from(answer.is_empty());
            http2 += u32::from(http2::has_response(&answer));
        }
        for (what, number) in
            [("served", served), ("refused", refused), ("closed", closed), ("HTTP/2", http2)]
        {
            assert!(number > 0, "{what}: {number} of 200");
        }
    });
}
