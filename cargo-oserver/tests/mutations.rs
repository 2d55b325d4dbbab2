//! Real files, mutated: the audit neither panics nor hangs on any of them. `OSERVER_FUZZ_SECONDS` says how
//! long to try (3 unless it is set), `OSERVER_FUZZ_SEED` where to start, `OSERVER_FUZZ_FILES` a folder whose
//! files to take instead of our own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stdout, reason = "what was tried is said")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use cargo_oserver::load::load;
use cargo_oserver::syntax::Limits;

/// Files a round: few enough that a hang is found in a small heap.
const FILES: usize = 12;
/// For one round, which takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(120);

const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"(",
    b")",
    b"[",
    b"]",
    b"\"",
    b"'",
    b"/*",
    b"*/",
    b"//",
    b"r#\"",
    b"'a",
    b"fn f",
    b"#[cfg(test)] mod",
    b"macro_rules! m {",
    b"static X: ",
    b"impl",
    b"<",
    b">",
    b"::",
    b"=>",
    b"|",
    b"&",
    b"!",
    b"-",
    b"..",
    b"async move",
    b"use super::*;",
    b"use self::*;",
    b"mod a;",
    b"type A = A;",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\0",
    b"\xf0\x9f\x90\xa2",
    b"select! {",
    b"lazy_static! {",
    b"thread_local! {",
    b"if a { } else ",
    b"where T: T",
    b"dyn",
    b"Self::",
    b"\\",
];

struct Random(u64);

impl Random {
    /// xorshift64*
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).expect("below a usize")
    }
}

fn mutate(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(200)).min(bytes.len());
        match random.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let copy = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            2 => {
                let piece = PIECES[random.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            3 => {
                let piece = PIECES[random.below(PIECES.len())].repeat(1 + random.below(4_000));
                bytes.splice(at..at, piece);
            }
            4 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                let to = (from + random.below(2_000)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fn seeds() -> Vec<Vec<u8>> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = match std::env::var_os("OSERVER_FUZZ_FILES") {
        Some(folder) => vec![PathBuf::from(folder)],
        None => vec![own.join("cargo-oserver"), own.join("examples"), own.join("oserver-runtime")],
    };
    let files = folders.iter().flat_map(|folder| common::sources(folder));
    files
        .filter_map(|path| std::fs::read(path).ok())
        .filter(|bytes| bytes.len() < 100_000)
        .collect()
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn mutated_files_neither_panic_nor_hang() {
    let seeds = seeds();
    assert!(seeds.len() > 20, "there is something to mutate");
    let mut random = Random(setting("OSERVER_FUZZ_SEED", 0x05e7) | 1);
    let end = Instant::now() + Duration::from_secs(setting("OSERVER_FUZZ_SECONDS", 3));
    let mut tried = 0;
    while Instant::now() < end {
        let seed = random.0;
        let folder = tempfile::tempdir().unwrap();
        for number in 0..FILES {
            let name = if number == 0 { "lib.rs".to_owned() } else { format!("m{number}.rs") };
            std::fs::write(folder.path().join(name), mutate(&mut random, &seeds)).unwrap();
        }
        let root = folder.path().to_owned();
        let (done, wait) = mpsc::channel();
        let worker = std::thread::Builder::new().stack_size(256 << 20).spawn(move || {
            let sources = load(&[root], Limits::default(), &|_, _| {});
            let panicked =
                sources.problems.iter().find(|problem| problem.message.contains("panicked"));
            assert!(panicked.is_none(), "{panicked:?}");
            let findings = cargo_oserver::lints::run(&sources);
            done.send(findings.len()).unwrap();
        });
        let worker = worker.unwrap();
        if let Err(mpsc::RecvTimeoutError::Timeout) = wait.recv_timeout(PATIENCE) {
            panic!("a hang with OSERVER_FUZZ_SEED={seed}: {}", folder.keep().display());
        }
        if let Err(panic) = worker.join() {
            println!("with OSERVER_FUZZ_SEED={seed}: {}", folder.keep().display());
            std::panic::resume_unwind(panic);
        }
        tried += FILES;
    }
    println!("{tried} files");
}
