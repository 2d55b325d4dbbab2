//! `cargo oserver fix --actors`: what a struct had in a lock gets an actor.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use common::{fixed_and_checked, oserver};

const BEFORE: &str = "\
use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;

/// All notes.
#[derive(Clone)]
pub struct Notes {
    inner: Arc<Mutex<HashMap<u32, String>>>,
}

impl Notes {
    pub fn new() -> Self {
        Self { inner: Arc::new(Mutex::new(HashMap::new())) }
    }

    /// Adds one.
    pub fn add(&self, id: u32, text: &str) {
        self.inner.lock().unwrap().insert(id, text.to_owned());
    }

    pub fn get(&self, id: u32) -> Option<String> {
        let notes = self.inner.lock().unwrap();
        notes.get(&id).cloned()
    }

    pub fn drain(&self) -> usize {
        let mut notes = self.inner.lock().unwrap();
        let number = notes.len();
        notes.clear();
        drop(notes);
        number
    }

    pub fn name(&self) -> &'static str {
        \"notes\"
    }
}

#[derive(Clone, Default)]
struct Hits(Arc<RwLock<u64>>);

impl Hits {
    fn count(&self) -> u64 {
        *self.0.write().unwrap() += 1;
        *self.0.read().unwrap()
    }
}

async fn read(State(notes): State<Notes>, Path(id): Path<u32>) -> Result<String, StatusCode> {
    notes.get(id).ok_or(StatusCode::NOT_FOUND)
}

async fn write(State(notes): State<Notes>, Path(id): Path<u32>, text: String) {
    notes.add(id, &text);
}

async fn drain(State(notes): State<Notes>) -> String {
    format!(\"{} were in {}\", notes.drain(), notes.name())
}

async fn hits(State(hits): State<Hits>) -> String {
    hits.count().to_string()
}

/// The lock has no `Arc` of its own, and its field is not private.
struct Prices {
    pub(crate) list: RwLock<Vec<u32>>,
    name: String,
}

impl Prices {
    fn new(name: String) -> Self {
        Self { list: RwLock::new(Vec::new()), name }
    }

    fn first(&self) -> Option<u32> {
        self.list.read().unwrap().first().copied()
    }

    fn add(&self, price: u32) {
        self.list.write().unwrap().push(price);
    }
}

async fn price(State(prices): State<Arc<Prices>>) -> String {
    prices.add(1);
    format!(\"{} {:?}\", prices.name, prices.first())
}

#[tokio::main]
async fn main() {
    let prices = Arc::new(Prices::new(\"all\".to_owned()));
    let notes = Router::new().route(\"/{id}\", get(read).put(write).delete(drain));
    let router: Router = Router::new()
        .route(\"/hits\", get(hits))
        .with_state(Hits::default())
        .merge(notes.with_state(Notes::new()))
        .merge(Router::new().route(\"/price\", get(price)).with_state(prices));
    drop(router);
}
";

const MANIFEST: &str = "\
[package]
name = \"notes\"
version = \"0.1.0\"
edition = \"2021\"

[dependencies]
axum = { version = \"0.8\", default-features = false, features = [\"matched-path\"] }
tokio = { version = \"1.54\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }

[workspace]
";

fn write(folder: &Path, text: &str) {
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::write(folder.join("Cargo.toml"), MANIFEST).unwrap();
    std::fs::write(folder.join("src/main.rs"), text).unwrap();
}

fn edited(before: &str) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), before);
    let run = oserver(folder.path(), &["fix", "--actors", "--allow-dirty", "--no-check"]);
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    (after, run.stdout + &run.stderr)
}

#[test]
fn the_simplest_shape_becomes_an_actor_and_its_handle() {
    let (after, told) = edited(BEFORE);
    for part in [
        "    inner: NotesActorHandle,\n",
        "pub struct NotesActor(HashMap<u32, String>);\n\n#[oserver::actor]\nimpl NotesActor {",
        "Self { inner: oserver::supervise(|| NotesActor(HashMap::new())) }",
        "    pub fn add(&mut self, id: u32, text: String) {\n        let text = &*text;\n        self.0.insert(id, text.to_owned());",
        "pub async fn add(&self, id: u32, text: &str) -> Result<(), oserver::CallError> {\n        self.inner.add(id, text.to_owned()).await\n    }",
        "    pub fn get(&mut self, id: u32) -> Option<String> {\n        let notes = &mut self.0;",
        "    pub fn name(&self) -> &'static str {\n        \"notes\"",
        "notes.get(id).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?.ok_or(StatusCode::NOT_FOUND)",
        "text: String) -> oserver::Result<()> {\n    notes.add(id, &text).await?;\n    Ok(())\n}",
        "#[oserver::handler]\nasync fn read(",
        "struct HitsActor(u64);",
        "        self.0 += 1;\n        self.0\n",
        "impl Default for Hits {\n    fn default() -> Self {\n        Self(oserver::supervise(|| HitsActor(Default::default())))",
        "#[derive(Clone, oserver::HandlerState)]\nstruct Hits(HitsActorHandle);",
        "Ok(hits.count().await?.to_string())",
        "Ok(format!(\"{} were in {}\", notes.drain().await?, notes.name()))",
    ] {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed(&after).contains(&squeezed(part)), "{part} is not in\n{after}\n{told}");
    }
    assert!(told.contains("3 actor"), "{told}");
    let imports = after.lines().find(|line| line.starts_with("use std::sync"));
    assert_eq!(imports, Some("use std::sync::Arc;"), "nothing needs the others any more: {after}");
}

#[test]
fn a_second_run_with_actors_has_nothing_to_do() {
    let (after, _) = edited(BEFORE);
    let (again, told) = edited(&after);
    assert_eq!(again, after, "{told}");
}

#[test]
fn without_the_option_locks_stay() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), BEFORE);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    assert!(after.contains("inner: Arc<Mutex<HashMap<u32, String>>>"), "{after}{}", run.stdout);
}

/// Each shape that is not the simple one stays, with the reason.
#[test]
fn other_shapes_are_left_with_a_reason() {
    let service = |body: &str, method: &str| {
        format!(
            "use std::sync::{{Arc, Mutex, MutexGuard}};\nuse axum::extract::State;\n\n#[derive(Clone)]\nstruct Count {{\n    inner: Arc<Mutex<u64>>,\n}}\n\nimpl Count {{\n    {method}\n}}\n\nasync fn count(State(count): State<Count>) -> oserver::Result<String> {{\n    {body}\n}}\n\nfn main() {{\n    let count = Count {{ inner: Arc::new(Mutex::new(0)) }};\n    let _: axum::Router = axum::Router::new().route(\"/\", axum::routing::get(count)).with_state(count);\n}}\n"
        )
    };
    let simple = "fn next(&self) -> u64 { *self.inner.lock().unwrap() }";
    for (body, method, words) in [
        (
            "Ok(count.guard().to_string())",
            "fn guard(&self) -> MutexGuard<'_, u64> { self.inner.lock().unwrap() }",
            "`guard` hands the lock on",
        ),
        (
            "Ok(count.shared().lock().unwrap().to_string())",
            "fn shared(&self) -> Arc<Mutex<u64>> { self.inner.clone() }",
            "`shared` hands the lock on",
        ),
        (
            "Ok(count.with(|_| ()).to_string())",
            "fn with<F: FnOnce(&mut u64)>(&self, f: F) -> u64 { f(&mut self.inner.lock().unwrap()); 0 }",
            "`with` is generic",
        ),
        (
            "Ok([1].iter().map(|_| count.next()).sum::<u64>().to_string())",
            simple,
            "where it cannot await",
        ),
    ] {
        let before = service(body, method);
        let (after, told) = edited(&before);
        assert!(after.contains("inner: Arc<Mutex<u64>>"), "{words}: {after}{told}");
        assert!(told.contains(words), "{words} is not in {told}");
    }
    let before = service("Ok(count.next().to_string())", simple)
        .replace("Count { inner: Arc::new(Mutex::new(0)) }", "make(1)")
        + "\nfn make(first: u64) -> Count {\n    Count { inner: Arc::new(Mutex::new(first)) }\n}\n";
    let (after, told) = edited(&before);
    assert!(
        after.contains("inner: Arc<Mutex<u64>>") && told.contains("comes from variables"),
        "{told}"
    );
}

/// The field is not private, and other code takes the lock: it would have nothing to take.
#[test]
fn a_field_that_others_use_stays() {
    let peeks = "\nfn peek(prices: &Prices) -> usize {\n    prices.list.read().unwrap().len()\n}\n";
    let (after, told) = edited(&format!("{BEFORE}{peeks}"));
    assert!(after.contains("pub(crate) list: RwLock<Vec<u32>>"), "{after}");
    assert!(told.contains("the field with the lock is not private, and "), "{told}");
}

/// The compiler takes all of it, or it is taken back.
#[test]
fn actors_compile() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), BEFORE);
    let told = fixed_and_checked(folder.path(), &["--actors"]);
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    assert!(
        after.contains("struct NotesActor")
            && after.contains("struct HitsActor")
            && after.contains("list: PricesActorHandle"),
        "{after}{told}"
    );
    for handler in ["read", "write", "drain", "hits", "price"] {
        assert!(
            after.contains(&format!("#[oserver::handler]\nasync fn {handler}(")),
            "{after}{told}"
        );
    }
    assert!(!told.contains("reverted"), "{told}");
}
