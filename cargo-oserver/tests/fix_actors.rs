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
            "`guard` passes the lock to other code",
        ),
        (
            "Ok(count.shared().lock().unwrap().to_string())",
            "fn shared(&self) -> Arc<Mutex<u64>> { self.inner.clone() }",
            "`shared` passes the lock to other code",
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
    for (make, words) in [
        (
            "fn make(first: &str) -> Count { Count { inner: Arc::new(Mutex::new(first.parse()?)) } }",
            "may fail, wait",
        ),
        ("fn make(inner: Arc<Mutex<u64>>) -> Count { Count { inner } }", "is made elsewhere"),
        (
            "fn make() -> Count { let inner = Arc::new(Mutex::new(1)); keep(&inner); Count { inner } }",
            "is made elsewhere",
        ),
        (
            "fn make(all: Vec<u64>) -> Count { all.into_iter().map(|one| Count { inner: Arc::new(Mutex::new(one)) }).next().unwrap() }",
            "`one`, which is not a variable of the function",
        ),
    ] {
        let before = service("Ok(count.next().to_string())", simple)
            .replace("Count { inner: Arc::new(Mutex::new(0)) }", "made()")
            + &format!("\n{make}\n");
        let (after, told) = edited(&before);
        assert!(after.contains("inner: Arc<Mutex<u64>>"), "{make}: {after}{told}");
        assert!(told.contains(words), "{make}: {words} is not in {told}");
    }
}

/// An `async` block can await, too; its error goes the way of the function around it.
#[test]
fn calls_in_an_async_block_await() {
    let before = BEFORE.replace(
        "    notes.get(id).ok_or(StatusCode::NOT_FOUND)\n",
        "    async { notes.get(id).ok_or(StatusCode::NOT_FOUND) }.await\n",
    );
    assert_ne!(before, BEFORE);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &before);
    let told = fixed_and_checked(folder.path(), &["--actors"]);
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    let squeezed = after.split_whitespace().collect::<String>();
    let call = "notes.get(id).await.map_err(|_|StatusCode::SERVICE_UNAVAILABLE)?.ok_or(";
    assert!(squeezed.contains(call), "{after}{told}");
    assert!(!told.contains("reverted"), "{told}");
}

/// The other fields of the struct go along with the command.
#[test]
fn methods_may_read_other_fields() {
    let before = "\
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};

struct Limits {
    taken: Mutex<HashMap<String, u32>>,
    most: u32,
    label: String,
}

impl Limits {
    fn new(most: u32, label: String) -> Self {
        Self { taken: Mutex::new(HashMap::new()), most, label }
    }

    fn take(&self, name: &str) -> Option<String> {
        let mut taken = self.taken.lock().unwrap();
        let number = taken.entry(name.to_owned()).or_default();
        if *number >= self.most {
            return None;
        }
        *number += 1;
        Some(format!(\"{} {number}\", self.label))
    }

    fn is_above(&self, most: usize) -> bool {
        self.taken.lock().unwrap().len() > most.max(self.most as usize)
    }
}

async fn take(State(limits): State<Arc<Limits>>, Path(name): Path<String>) -> String {
    format!(\"{:?} {}\", limits.take(&name), limits.is_above(1))
}

#[tokio::main]
async fn main() {
    let limits = Arc::new(Limits::new(1, String::from(\"taken\")));
    let _: axum::Router =
        axum::Router::new().route(\"/{name}\", axum::routing::get(take)).with_state(limits);
}
";
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), before);
    let told = fixed_and_checked(folder.path(), &["--actors"]);
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    for part in [
        "pub fn take(&mut self, name: String, label: String, most: u32) -> Option<String> {",
        "if *number >= most {",
        "Some(format!(\"{} {number}\", label))",
        "self.taken.take(name.to_owned(), self.label.clone(), self.most).await",
        "pub fn is_above(&mut self, most: usize, own_most: u32) -> bool {",
        "self.0.len() > most.max(own_most as usize)",
    ] {
        assert!(squeezed(&after).contains(&squeezed(part)), "{part} is not in\n{after}\n{told}");
    }
    assert!(!told.contains("reverted"), "{told}");
}

/// The callers' own error has no way from a call that failed: the report says what to write.
#[test]
fn an_error_without_a_way_is_told() {
    let before = BEFORE.replace(
        "-> Result<String, StatusCode> {\n    notes.get(id).ok_or(StatusCode::NOT_FOUND)",
        "-> Result<String, Failure> {\n    notes.get(id).ok_or(Failure)",
    ) + "\nstruct Failure;\n\nimpl axum::response::IntoResponse for Failure {\n    fn into_response(self) -> axum::response::Response {\n        StatusCode::NOT_FOUND.into_response()\n    }\n}\n";
    assert_ne!(before.len(), BEFORE.len());
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &before);
    let told = fixed_and_checked(folder.path(), &["--actors"]);
    assert!(told.contains("implement `From<oserver::CallError>` for that error"), "{told}");
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    assert!(after.contains("inner: Arc<Mutex<HashMap<u32, String>>>"), "{after}{told}");
}

/// A session that a middleware makes for each request is no state that requests share.
#[test]
fn what_each_request_has_in_its_extensions_gets_no_actor() {
    let before = "\
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

#[derive(Clone)]
struct Session(Arc<Mutex<u64>>);

impl Session {
    fn new(number: u64) -> Self {
        Self(Arc::new(Mutex::new(number)))
    }

    fn next(&self) -> u64 {
        *self.0.lock().unwrap() += 1;
        *self.0.lock().unwrap()
    }
}

async fn session(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Session::new(1));
    next.run(request).await
}

async fn index(request: Request) -> String {
    request.extensions().get::<Session>().map_or(0, Session::next).to_string()
}

fn main() {
    let _: axum::Router = axum::Router::new()
        .route(\"/\", axum::routing::get(index))
        .layer(axum::middleware::from_fn(session));
}
";
    let (after, told) = edited(before);
    assert!(after.contains("struct Session(Arc<Mutex<u64>>);"), "{after}{told}");
    assert!(after.contains("#[oserver::handler]\nasync fn index("), "{after}{told}");
    // Code that is not there may share it.
    let before = before.replace(
        "request.extensions_mut().insert(Session::new(1));",
        "insert(&mut request, Session::new(1));",
    );
    let (after, told) = edited(&before);
    assert!(after.contains("struct Session(Arc<Mutex<u64>>);"), "{after}{told}");
    assert!(told.contains("comes from the extensions of a request"), "{told}");
}

/// Most real ones have a size or a path.
#[test]
fn what_an_actor_begins_with_may_be_made_of_variables() {
    let before = "\
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::extract::State;

#[derive(Clone)]
struct Recent {
    inner: Arc<Mutex<VecDeque<String>>>,
}

impl Recent {
    fn new(size: NonZeroUsize) -> Self {
        let first = vec![String::new()];
        let mut list = VecDeque::with_capacity(size.get());
        list.extend(first);
        let inner = Arc::new(Mutex::new(list));
        Self { inner }
    }

    fn of(list: VecDeque<String>, folder: &PathBuf) -> (Self, usize) {
        let made = Self { inner: Arc::new(Mutex::new(read(list, &folder))) };
        (made, folder.components().count())
    }

    fn named(name: &str, list: VecDeque<String>) -> (Self, usize) {
        let number = list.len();
        let made = Self { inner: Arc::new(Mutex::new(VecDeque::from([text(name)]))) };
        (made, number)
    }

    fn sized(size: usize) -> Self {
        Self { inner: Arc::new(Mutex::new(VecDeque::with_capacity(size))) }
    }

    fn push(&self, text: String) {
        self.inner.lock().unwrap().push_back(text);
    }
}

fn text(name: &str) -> String {
    name.to_owned()
}

fn read(list: VecDeque<String>, _: &PathBuf) -> VecDeque<String> {
    list
}

async fn write(State(recent): State<Recent>, text: String) {
    recent.push(text);
}

#[tokio::main]
async fn main() {
    let recent = Recent::new(NonZeroUsize::MIN);
    drop((Recent::of(VecDeque::new(), &PathBuf::new()), Recent::sized(1)));
    drop(Recent::named(\"a\", VecDeque::new()));
    let _: axum::Router =
        axum::Router::new().route(\"/\", axum::routing::post(write)).with_state(recent);
}
";
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), before);
    let told = fixed_and_checked(folder.path(), &["--actors"]);
    let after = std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap();
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    for part in [
        "let inner = oserver::supervise(move || RecentActor(list.clone()));",
        "oserver::supervise({ let folder = folder.to_owned(); move || RecentActor(read(list.clone(), &folder)) })",
        "oserver::supervise(move || RecentActor(VecDeque::with_capacity(size)))",
        "{ let name = name.to_owned(); move || RecentActor(VecDeque::from([text(&name)])) }",
        "recent.push(text).await?;",
    ] {
        assert!(squeezed(&after).contains(&squeezed(part)), "{part} is not in\n{after}\n{told}");
    }
    assert!(!told.contains("reverted"), "{told}");
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
