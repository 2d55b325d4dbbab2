//! Verdicts on the types of a package that a test writes.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::{Dependencies, Graph, Located, Verdict};

const SOURCE: &str = "
use std::sync::{Arc, Mutex, MutexGuard};

pub struct Plain { name: String, parts: Vec<Part> }
pub enum Part { Text(Box<str>), More(Vec<Part>) }

/// Its lock is its own.
pub struct Private { inner: Arc<Mutex<Vec<u8>>> }
impl Private {
    pub fn push(&self, byte: u8) { self.inner.lock().unwrap().push(byte) }
    fn guard(&self) -> MutexGuard<'_, Vec<u8>> { self.inner.lock().unwrap() }
}

pub struct Open { pub inner: Arc<Mutex<Vec<u8>>> }

pub struct Guards { inner: Mutex<u8> }
impl Guards {
    pub fn get(&self) -> MutexGuard<'_, u8> { self.inner.lock().unwrap() }
}

pub struct Runs { inner: Mutex<u8> }
impl Runs {
    pub fn with<F: FnOnce(&mut u8)>(&self, f: F) { f(&mut self.inner.lock().unwrap()) }
}

pub struct Behind<T> { value: T, other: other::Thing }
pub type Alias = Behind<u8>;
pub use other::Locked as Renamed;

pub struct Features {
    #[cfg(feature = \"locks\")]
    pub lock: Mutex<u8>,
    pub name: String,
}

pub trait Measure<T> {}
pub struct Counter<T>(Arc<dyn Measure<T> + Send + Sync>);
impl<T> Counter<T> {
    pub fn new(inner: Arc<dyn Measure<T> + Send + Sync>) -> Self { Self(inner) }
    pub fn add(&self, value: T) {}
}

macro_rules! hidden { () => {} }
pub struct Strange { pub part: NobodyKnows }

#[macro_use]
mod macros;
pub mod made;
";

const MACROS: &str = "
macro_rules! plain { ($name:ident) => { pub struct $name([u8; 4]); } }
macro_rules! locked { ($name:ident) => { pub struct $name { pub lock: std::sync::Mutex<u8> } } }
pub(crate) use locked;
";

const MADE: &str = "
plain!(Made);
super::macros::locked!(MadeLocked);
";

const OTHER: &str = "
pub struct Thing(u8);
pub struct Locked { pub lock: std::sync::RwLock<u8> }
";

fn verdict(path: &str) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let mut graph = Graph::default();
    let mut add = |name: &str, text: &str, dependencies: &[&str]| {
        let root = folder.path().join(name);
        std::fs::create_dir_all(root.join("src")).unwrap();
        let lib = root.join("src/lib.rs");
        std::fs::write(&lib, text).unwrap();
        std::fs::write(root.join("src/macros.rs"), MACROS).unwrap();
        std::fs::write(root.join("src/made.rs"), MADE).unwrap();
        let manifest = root.join("Cargo.toml");
        std::fs::write(&manifest, "").unwrap();
        let own = |name: &&str| ((*name).to_owned(), (*name).to_owned());
        let package = Located {
            name: name.to_owned(),
            version: "1.2.3".to_owned(),
            manifest,
            lib: Some((name.to_owned(), lib)),
            dependencies: dependencies.iter().map(own).collect::<HashMap<_, _>>(),
            features: Some(BTreeSet::new()),
            registry: true,
            member: false,
        };
        graph.packages.insert(name.to_owned(), package);
    };
    add("app", "", &["outer"]);
    add("outer", SOURCE, &["other"]);
    add("other", OTHER, &[]);
    let dependencies = Dependencies::default();
    let manifest = folder.path().join("app/Cargo.toml");
    dependencies.graphs.borrow_mut().insert(manifest.clone(), Some(Rc::new(graph)));
    dependencies.verdict(&manifest, path)
}

fn is_clean(path: &str, words: &str) {
    let found = verdict(path);
    assert!(
        matches!(&found, Verdict::Clean(reason) if reason.contains(words)),
        "{path}: {found:?}"
    );
}

fn is_lock(path: &str, words: &str) {
    let found = verdict(path);
    assert!(matches!(&found, Verdict::Lock(chain) if chain.contains(words)), "{path}: {found:?}");
}

#[test]
fn values_are_clean() {
    is_clean("outer::Plain", "outer 1.2.3: no lock in its sources");
    is_clean("outer::Behind", "outer 1.2.3: no lock in its sources");
    is_clean("outer::Alias", "no lock");
}

#[test]
fn a_lock_that_nobody_gets_at_is_private() {
    is_clean("outer::Private", "its lock is private");
    is_clean("outer::Counter", "its lock is private");
}

#[test]
fn locks_that_users_get_at_are_found() {
    is_lock("outer::Open", "Open.inner: Arc<Mutex<Vec<u8>>>");
    is_lock("outer::Guards", "`Guards::get` returns a guard");
    // Whether the closure runs under the lock, its signature does not say.
    let runs = verdict("outer::Runs");
    assert!(
        matches!(&runs, Verdict::Unknown(why) if why.contains("`Runs::with` runs a closure")),
        "{runs:?}"
    );
}

#[test]
fn another_crate_is_followed() {
    is_lock("outer::Renamed", "Locked.lock");
}

/// Macros of one file write types in another.
#[test]
fn types_that_macros_make_are_read() {
    is_clean("outer::made::Made", "no lock");
    is_lock("outer::made::MadeLocked", "MadeLocked.lock");
}

#[test]
fn what_its_features_leave_out_is_not_there() {
    is_clean("outer::Features", "no lock");
}

#[test]
fn what_cannot_be_followed_is_unknown() {
    assert!(matches!(verdict("outer::Absent"), Verdict::Missing(_)));
    for path in ["outer::Strange", "nowhere::Thing"] {
        let found = verdict(path);
        assert!(matches!(found, Verdict::Unknown(_)), "{path}: {found:?}");
    }
}
