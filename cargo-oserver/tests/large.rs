//! Sources that are too large for every body to be kept: what a handler reaches is found all the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use common::audit;

const HANDLERS: &str = "\
mod cache;
mod limits;
use axum::routing::get;
pub use cache::*;
async fn through_a_glob() -> String { lookup(\"a\").unwrap_or_default() }
async fn through_a_method() -> String { limits::of(\"a\").to_string() }
async fn through_a_member() -> String { members::registry::count().to_string() }
async fn untouched() -> String { limits::fixed().to_string() }
async fn reads_a_file() -> String { cache::read_config() }
fn main() {
    let _: axum::Router = axum::Router::new().route(\"/a\", get(through_a_glob)).route(\"/b\", get(through_a_method))
        .route(\"/c\", get(through_a_member)).route(\"/d\", get(untouched)).route(\"/e\", get(reads_a_file));
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
    let wanted = ["src/main.rs:5", "src/main.rs:6", "src/main.rs:7"];
    for folder in [&small, &large] {
        let run = audit(folder.path(), &[]);
        assert_eq!(run.places("lock-in-handler-state"), wanted, "{}", run.stdout);
        assert_eq!(run.places("blocking-call").len(), 1, "{}", run.stdout);
    }
}
