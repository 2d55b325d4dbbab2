//! The plans of `cargo oserver fix`: one for each lock, in the words of the type that a service shares.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{compiles, oserver, project};
use serde_json::Value;

const HEAD: &str = "\
use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};
use axum::Router;
use axum::extract::{Extension, Path, State};
use axum::routing::get;
";

/// Returns the plans for a loose file.
fn plans(code: &str) -> Vec<Value> {
    let folder = project(&[("lib.rs", &format!("{HEAD}{code}"))]);
    let run = oserver(folder.path(), &["fix", "--dry-run", "--format", "json"]);
    let lines = run.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["plan"].is_object()).collect()
}

fn takers(plan: &Value) -> Vec<&str> {
    let takers = plan["plan"]["takers"].as_array().unwrap();
    takers.iter().map(|taker| taker["function"].as_str().unwrap()).collect()
}

#[test]
fn a_lock_that_is_the_state_itself_has_one_plan_for_all_handlers() {
    let plans = plans(
        "
type Db = Arc<RwLock<HashMap<u32, String>>>;

async fn index(State(db): State<Db>) -> String {
    db.read().unwrap().len().to_string()
}

async fn create(State(db): State<Db>, text: String) {
    db.write().unwrap().insert(1, text);
}

async fn remove(State(db): State<Arc<RwLock<HashMap<u32, String>>>>, Path(id): Path<u32>) {
    let mut db = db.write().unwrap();
    db.remove(&id);
}

fn router() -> Router {
    Router::new().route(\"/\", get(index).post(create)).route(\"/{id}\", get(remove))
        .with_state(Db::default())
}
",
    );
    let [plan] = plans.as_slice() else { panic!("{plans:#?}") };
    assert_eq!(plan["plan"]["what"], "Db: Arc<RwLock<HashMap<u32, String>>>");
    assert_eq!(plan["line"], 7, "where the alias is");
    assert_eq!(plan["plan"]["shape"], "actor");
    assert_eq!(plan["plan"]["handlers"].as_array().unwrap().len(), 3);
    assert_eq!(takers(plan), ["index", "create", "remove"]);
    let code = plan["plan"]["code"].as_str().unwrap();
    assert!(code.contains("struct DbActor(HashMap<u32, String>);"), "{code}");
    assert!(code.contains("pub fn remove(&mut self)"), "{code}");
    assert!(code.contains("// let db: DbActorHandle = oserver::supervise("), "{code}");
}

#[test]
fn a_lock_without_a_name_is_named_after_what_it_protects() {
    let plans = plans(
        "
struct AppState { users: Vec<String> }

async fn index(State(state): State<Arc<Mutex<AppState>>>) -> String {
    state.lock().unwrap().users.join(\",\")
}

async fn create(Extension(state): Extension<Arc<Mutex<AppState>>>, text: String) {
    add(&state, text);
}

fn add(state: &Mutex<AppState>, text: String) {
    state.lock().unwrap().users.push(text);
}

async fn number(State(number): State<Arc<Mutex<u64>>>) -> String {
    number.lock().unwrap().to_string()
}

fn router() -> Router {
    Router::new().route(\"/\", get(index).post(create)).route(\"/number\", get(number))
}
",
    );
    let [state, number] = plans.as_slice() else { panic!("{plans:#?}") };
    assert_eq!(state["plan"]["what"], "State<Arc<Mutex<AppState>>>");
    assert_eq!(state["plan"]["handlers"].as_array().unwrap().len(), 2);
    assert_eq!(takers(state), ["index", "add"]);
    let code = state["plan"]["code"].as_str().unwrap();
    assert!(code.contains("struct AppStateActor(AppState);"), "{code}");
    assert_eq!(number["plan"]["shape"], "atomic");
    assert_eq!(takers(number), ["number"]);
}

#[test]
fn the_code_to_begin_with_uses_no_name_that_is_taken() {
    let plans = plans(
        "
struct Cache(Vec<u8>);
struct Jobs;
struct App { cache: Mutex<Cache>, jobs: Mutex<Vec<u8>>, notes: Notes }
struct Notes { inner: Arc<Mutex<HashMap<u32, String>>> }

impl App {
    async fn fill(&self) {
        let mut jobs = self.jobs.lock().unwrap();
        jobs.push(1);
        drop(jobs);
        let jobs = self.jobs.lock().unwrap();
        load(&jobs).await;
    }
}

async fn index(State(app): State<Arc<App>>) {
    app.cache.lock().unwrap().0.push(1);
    app.notes.inner.lock().unwrap().clear();
    app.fill().await;
}

fn router() -> Router { Router::new().route(\"/\", get(index)) }
",
    );
    let code: Vec<&str> = plans.iter().map(|plan| plan["plan"]["code"].as_str().unwrap()).collect();
    let [cache, jobs, notes] = code.as_slice() else { panic!("{plans:#?}") };
    assert!(cache.starts_with("struct CacheActor(Cache);"), "{cache}");
    assert!(jobs.starts_with("struct JobsActor(Vec<u8>);"), "{jobs}");
    assert_eq!(jobs.matches("fn fill(").count(), 1, "{jobs}");
    assert!(jobs.contains("pub async fn fill(&mut self)"), "it awaits under the lock: {jobs}");
    assert!(notes.starts_with("struct NotesActor(HashMap<u32, String>);"), "{notes}");
}

#[test]
fn a_map_with_locks_inside_becomes_a_map_without() {
    let plans = plans(
        "
use dashmap::DashMap;
struct App { sessions: DashMap<String, u32> }

async fn index(State(app): State<Arc<App>>) -> String {
    app.sessions.len().to_string()
}

async fn create(State(app): State<Arc<App>>, text: String) {
    app.sessions.insert(text, 1);
}

fn router() -> Router { Router::new().route(\"/\", get(index).post(create)) }
",
    );
    let [plan] = plans.as_slice() else { panic!("{plans:#?}") };
    assert_eq!(takers(plan), ["index", "create"]);
    assert_eq!(plan["plan"]["takers"][1]["under"][0], "insert");
    let code = plan["plan"]["code"].as_str().unwrap();
    assert!(code.contains("struct Sessions(std::collections::HashMap<String, u32>);"), "{code}");
}

#[test]
fn a_lock_in_a_variant_or_a_capture_is_found_by_its_type() {
    let plans = plans(
        "
#[derive(Clone)]
enum Backend { Local(Arc<Mutex<Local>>), Remote }
struct Local { votes: Vec<u8> }

impl Backend {
    fn vote(&self) {
        match self {
            Self::Local(local) => local.lock().unwrap().votes.push(1),
            Self::Remote => {}
        }
    }
}

async fn vote(State(backend): State<Backend>) { backend.vote(); }

fn router() -> Router {
    let seen = Arc::new(Mutex::new(Vec::<String>::new()));
    Router::new().route(\"/vote\", get(vote)).route(\"/seen\", get(move |text: String| async move {
        seen.lock().unwrap().push(text);
    }))
}
",
    );
    let [local, seen] = plans.as_slice() else { panic!("{plans:#?}") };
    assert_eq!(takers(local), ["vote"]);
    assert_eq!(local["plan"]["takers"][0]["line"], 14);
    assert_eq!(seen["plan"]["what"], "seen: Arc<Mutex<Vec<String>>>");
    assert_eq!(takers(seen), ["router"]);
    let code = seen["plan"]["code"].as_str().unwrap();
    assert!(code.starts_with("struct Seen(Vec<String>);"), "{code}");
}

/// The lock stands in the state, which only the extractor reads.
#[test]
fn a_lock_that_an_extractor_takes_has_the_plan_of_its_field() {
    let plans = plans(
        "
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

struct AppState { revoked: tokio::sync::Mutex<Vec<String>> }
type Shared = Arc<AppState>;
struct Claims(String);

impl FromRequestParts<Shared> for Claims {
    type Rejection = String;
    async fn from_request_parts(_: &mut Parts, state: &Shared) -> Result<Self, String> {
        is_revoked(state).await;
        Ok(Self(String::new()))
    }
}

async fn is_revoked(state: &Shared) -> bool {
    let revoked = state.revoked.lock().await;
    revoked.is_empty()
}

async fn index(claims: Claims) -> String { claims.0 }
async fn other(claims: Claims) -> String { claims.0 }

fn router() -> Router<Shared> { Router::new().route(\"/\", get(index).post(other)) }
",
    );
    let [plan] = plans.as_slice() else { panic!("{plans:#?}") };
    assert_eq!(plan["plan"]["what"], "AppState.revoked: tokio::sync::Mutex<Vec<String>>");
    assert_eq!(plan["plan"]["handlers"].as_array().unwrap().len(), 2);
    assert_eq!(takers(plan), ["is_revoked"]);
}

/// The code to begin with has the type as the file has it: with lifetimes, without an alias and without locks in it.
#[test]
fn the_code_has_the_type_that_the_lock_protects() {
    let plans = plans(
        "
type Guarded = Arc<tokio::sync::Mutex<Vec<u8>>>;

struct App<T> {
    seen: Arc<Mutex<HashMap<&'static str, u64>>>,
    queue: Guarded,
    generic: Mutex<Option<T>>,
    hits: Arc<Mutex<u64>>,
    open: Mutex<bool>,
    section: Mutex<()>,
    result: Mutex<Option<String>>,
    users: dashmap::DashMap<u32, Arc<Mutex<String>>>,
    prices: RwLock<Vec<u32>>,
    redis: tokio::sync::Mutex<redis::aio::MultiplexedConnection>,
    pair: Mutex<(u8, &'static str)>,
    database: Mutex<rusqlite::Connection>,
}

static COUNT: Mutex<u32> = Mutex::new(0);

async fn index(State(app): State<Arc<App<u8>>>) -> String {
    *COUNT.lock().unwrap() += 1;
    app.prices.read().unwrap().len().to_string()
}

async fn other(State(app): State<Arc<App<u8>>>) -> String {
    app.prices.write().unwrap().push(1);
    app.prices.read().unwrap().len().to_string()
}

fn router() -> Router { Router::new().route(\"/\", get(index).post(other)) }
",
    );
    let code = |name: &str| {
        let of = |plan: &&Value| {
            let what = plan["plan"]["what"].as_str().unwrap();
            what.starts_with(&format!("App.{name}: ")) || what.starts_with(&format!("{name}: "))
        };
        let plan = plans.iter().find(of).unwrap_or_else(|| panic!("{name}: {plans:#?}"));
        plan["plan"]["code"].as_str().unwrap().to_owned()
    };
    for (field, words) in [
        ("seen", "struct Seen(HashMap<&'static str, u64>);"),
        ("queue", "struct Queue(Vec<u8>);"),
        ("generic", "// An actor is one type: write this for each `T`"),
        ("hits", "hits: Arc<std::sync::atomic::AtomicU64>,"),
        ("open", "self.open.store(true, Ordering::Relaxed)"),
        ("section", "// The lock protects no value"),
        ("result", "struct ResultActor(Option<String>);"),
        ("users", "struct Users(std::collections::HashMap<u32, String>);"),
        ("prices", "published: oserver::Publisher<Vec<u32>>,"),
        ("redis", "self.redis.clone()"),
        ("pair", "struct Pair((u8, &'static str));"),
        ("database", "    pub fn ask(&mut self) {"),
        ("queue", "// callers: queue.ask(…).await?"),
        ("prices", "and changes.other(…).await?"),
        ("COUNT", "static COUNT: std::sync::atomic::AtomicU32"),
    ] {
        assert!(code(field).contains(words), "{field}: {}", code(field));
    }
    // An actor without a method is none.
    for plan in &plans {
        let code = plan["plan"]["code"].as_str().unwrap();
        let actor = code.lines().any(|line| line == "#[oserver::actor]");
        assert!(!actor || code.contains("    pub fn "), "{code}");
    }
}

const FIELDS: &str = "\
    map: Mutex<HashMap<String, Vec<u8>>>,
    config: RwLock<Config>,
    hits: Arc<Mutex<u64>>,
    open: Mutex<bool>,
    maybe: Mutex<Option<Private>>,
    list: Arc<Mutex<Vec<Config>>>,
    database: Mutex<Connection>,
    queue: Shared,
    table: tokio::sync::Mutex<HashMap<u32, &'static str>>,
    pair: Mutex<(u8, &'static str)>,
    generic: Mutex<Pair<u8, Option<Private>>>,
    section: Mutex<()>,
    locks: Mutex<HashMap<u32, Arc<Mutex<String>>>>,
    boxed: Mutex<Box<dyn Fn(u8) -> u8 + Send>>,
    array: Mutex<[u8; 4]>,
    result: Mutex<Vec<u16>>,
";

/// The code of each plan compiles beside the lock's owner.
#[test]
fn the_code_of_every_shape_compiles() {
    let types = "\
#[derive(Clone)]
struct Config { name: String }
struct Private(u8);
struct Pair<A, B>(A, B);
type Shared = Arc<tokio::sync::Mutex<Vec<u8>>>;
struct Connection(u8);
";
    let service = format!(
        "{HEAD}{types}
struct App {{
{FIELDS}}}

async fn one(State(app): State<Arc<App>>) -> String {{
    *app.hits.lock().unwrap() += 1;
    app.config.read().unwrap().name.clone()
}}

async fn two(State(app): State<Arc<App>>) {{
    app.config.write().unwrap().name.clear();
    app.queue.lock().await.push(1);
    _ = app.config.read().unwrap().name.len();
}}

fn router() -> Router<Arc<App>> {{ Router::new().route(\"/\", get(one).post(two)) }}
"
    );
    let folder = project(&[("lib.rs", &service)]);
    let run = oserver(folder.path(), &["fix", "--dry-run", "--format", "json"]);
    let plans: Vec<Value> = run
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["plan"].is_object())
        .collect();
    assert_eq!(plans.len(), FIELDS.lines().count(), "{plans:#?}");
    let codes: Vec<String> = plans
        .iter()
        .map(|plan| {
            let code = plan["plan"]["code"].as_str().unwrap();
            let what = plan["plan"]["what"].as_str().unwrap();
            let name = what.trim_start_matches("App.").split(':').next().unwrap();
            match plan["plan"]["shape"].as_str() {
                Some("atomic") => format!("struct Of{} {{ {code}\n}}", name.to_uppercase()),
                _ => code.to_owned(),
            }
        })
        .collect();
    compiles(&format!("#![allow(dead_code, unused_imports)]\n{service}\n{}", codes.join("\n\n")));
}
