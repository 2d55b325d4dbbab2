//! Sources that are too large for every body to be kept: what a handler reaches is found all the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use common::audit;

const HANDLERS: &str = "\
mod cache;
mod limits;
mod offload;
use axum::routing::get;
pub use cache::*;
async fn through_a_glob() -> String { lookup(\"a\").unwrap_or_default() }
async fn through_a_method() -> String { limits::of(\"a\").to_string() }
async fn through_a_member() -> String { members::registry::count().to_string() }
async fn untouched() -> String { limits::fixed().to_string() }
async fn reads_a_file() -> String { cache::read_config() }
async fn hands_over() -> String { offload::all().await }
async fn names_errors() -> String { offload::named().await }
fn main() {
    let _: axum::Router = axum::Router::new().route(\"/a\", get(through_a_glob)).route(\"/b\", get(through_a_method))
        .route(\"/c\", get(through_a_member)).route(\"/d\", get(untouched)).route(\"/e\", get(reads_a_file))
        .route(\"/f\", get(hands_over)).route(\"/g\", get(names_errors));
}
";

const CACHE: &str = "\
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
static CACHE: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);
pub fn lookup(name: &str) -> Option<String> { let found = inner::find(name)?; Some(found) }
mod inner { pub fn find(name: &str) -> Option<String> { super::CACHE.lock().unwrap().get(name).cloned() } }
pub fn read_config() -> String { std::fs::read_to_string(\"config\").unwrap_or_default() }
";

const LIMITS: &str = "\
use std::sync::{LazyLock, Mutex};
pub struct Limiter { store: Store }
struct Store { counts: Mutex<u32> }
impl Store { fn add(&self) -> u32 { let mut counts = self.counts.lock().unwrap(); *counts += 1; *counts } }
impl Limiter { fn check(&self) -> u32 { self.store.add() } }
static LIMITER: LazyLock<Limiter> = LazyLock::new(|| Limiter { store: Store { counts: Mutex::new(0) } });
pub fn of(_: &str) -> u32 { LIMITER.check() }
pub fn fixed() -> u32 { 5 }
";

const REGISTRY: &str = "\
use std::sync::Mutex;
static COUNT: Mutex<u32> = Mutex::new(0);
pub fn count() -> u32 { let count = COUNT.lock().unwrap(); *count }
";

/// Only `named`, `blocks_in_an_iterator` and `blocks_itself` block a thread of the runtime.
const OFFLOAD: &str = "\
use std::thread::{self, Builder};
pub async fn all() -> String {
    tokio::task::spawn_blocking(move || in_closure(\"a, b (\")).await.unwrap();
    let _ = tokio::task::spawn_blocking(paths::by_name).await;
    thread::spawn(|| { let parts = (1, [2, 3]); in_thread(parts) });
    let state = State; state.pool.spawn_blocking(|| State.of_method());
    blocking(|| in_own_helper()); in_builder::<u8>(|| { in_named_thread() });
    tokio::task::block_in_place(|| [1].iter().for_each(|_| nested()));
    (0..2).map(|_| blocks_in_an_iterator()).for_each(drop);
    keep(|| 1, blocks_itself());
    String::new()
}
pub async fn named() -> String { fs_err::tokio::read(\"a\").await; fs_err::OpenOptions::new().open(\"a\"); String::new() }
struct State; struct Pool;
impl State { fn of_method(&self) { std::fs::read(\"method\").unwrap(); } }
mod paths { pub fn by_name() { std::fs::read(\"name\").unwrap(); } }
fn in_closure(_: &str) { std::fs::read(\"closure\").unwrap(); }
fn in_thread(_: (u8, [u8; 2])) { std::fs::read(\"thread\").unwrap(); }
fn in_own_helper() { std::fs::read(\"own\").unwrap(); }
fn in_named_thread() { std::fs::read(\"named\").unwrap(); }
fn nested() { std::fs::read(\"nested\").unwrap(); }
fn blocking<F: FnOnce() + Send + 'static>(work: F) { thread::spawn(work); }
fn in_builder<T>(work: impl FnOnce() + Send + 'static) { Builder::new().spawn(move || work()).unwrap(); }
fn keep(_: impl FnOnce() -> u8, _: ()) {}
fn blocks_in_an_iterator() { std::fs::read(\"iterator\").unwrap(); }
fn blocks_itself() { std::fs::read(\"itself\").unwrap(); }
";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn package(folder: &Path) {
    let manifest = "[package]\nname = \"large\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n\
                    axum = \"0.8\"\nmembers = { path = \"members\" }\n[workspace]\nmembers = [\"members\"]\n";
    write(folder, "Cargo.toml", manifest);
    write(folder, "src/main.rs", HANDLERS);
    write(folder, "src/cache.rs", CACHE);
    write(folder, "src/limits.rs", LIMITS);
    write(folder, "src/offload.rs", OFFLOAD);
    let member = "[package]\nname = \"members\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
    write(folder, "members/Cargo.toml", member);
    write(folder, "members/src/lib.rs", "mod store;\npub use store as registry;\n");
    write(folder, "members/src/store.rs", REGISTRY);
}

#[test]
fn what_handlers_reach_in_bodies_that_are_not_kept_is_found() {
    let small = tempfile::tempdir().unwrap();
    package(small.path());
    let large = tempfile::tempdir().unwrap();
    package(large.path());
    // Comments are part of a file, and of nothing else.
    let comments = format!("// {}\n", "a".repeat(125)).repeat((7 << 20) / 128);
    for number in 0..3 {
        write(large.path(), &format!("src/comments_{number}.rs"), &comments);
    }
    let wanted = ["src/main.rs:6", "src/main.rs:7", "src/main.rs:8"];
    let line = |part: &str| OFFLOAD.lines().position(|line| line.starts_with(part)).unwrap() + 1;
    let blocking = ["pub async fn named", "fn blocks_in_an_iterator", "fn blocks_itself"]
        .map(|part| format!("src/offload.rs:{}", line(part)));
    for folder in [&small, &large] {
        let run = audit(folder.path(), &[]);
        assert_eq!(run.places("lock-in-handler-state"), wanted, "{}", run.stdout);
        let found = run.places("blocking-call");
        assert_eq!(found[0], "src/cache.rs:6", "{}", run.stdout);
        assert_eq!(found[1..], blocking, "{}", run.stdout);
    }
}
