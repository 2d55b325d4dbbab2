//! `cargo oserver fix` over all fixtures: what it changes is in its report, line ends stay, and a second run finds nothing to do.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use common::{fixtures, oserver, sources};
use serde_json::Value;

/// All kinds of edits, beside the fixtures of the audit.
const KINDS: &str = "\
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use tokio::net::TcpListener;

#[derive(Clone)]
struct Notes {
    inner: Arc<Mutex<HashMap<u32, String>>>,
}

impl Notes {
    fn new() -> Self {
        Self { inner: Arc::new(Mutex::new(HashMap::new())) }
    }

    fn get(&self, id: u32) -> Option<String> {
        self.inner.lock().unwrap().get(&id).cloned()
    }
}

async fn read(State(notes): State<Notes>, Path(id): Path<u32>) -> oserver::Result<String> {
    Ok(notes.get(id).unwrap_or_default())
}

async fn called() -> &'static str {
    \"called\"
}

async fn caller() -> &'static str {
    called().await
}

static HITS: Mutex<u64> = Mutex::new(0);

async fn hits() -> String {
    *HITS.lock().unwrap() += 1;
    String::new()
}

fn router() -> Router {
    Router::new()
        .route(\"/{id}\", get(read))
        .route(\"/called\", get(called).post(caller))
        .route(\"/hits\", get(hits))
        .route(\"/closure\", get(|| async { \"closure\" }))
        .with_state(Notes::new())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind(\"127.0.0.1:8080\").await?;
    axum::serve(listener, router()).await?;
    Ok(())
}
";

const PLAIN: &str = "\
mod pages {
    use axum::routing::get;

    pub fn router() -> axum::Router {
        axum::Router::new().route(\"/\", get(page))
    }

    async fn page() {}
}

fn main() {
    drop(pages::router());
}
";

const MANIFEST: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.8\"\ntokio = \"1\"\n\n[workspace]\n";

const ALL: &[&str] = &["fix", "--actors", "--router", "oserver", "--allow-dirty", "--no-check"];

fn all_files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap().into_path());
    let files = entries
        .filter(|path| path.is_file() && !path.components().any(|c| c.as_os_str() == "target"));
    files
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.strip_prefix(folder).unwrap().to_owned(), text)
        })
        .collect()
}

/// Each folder with a manifest, or with sources, on its own.
fn projects() -> Vec<(String, tempfile::TempDir)> {
    let mut found = Vec::new();
    for lint in std::fs::read_dir(fixtures()).unwrap() {
        for folder in std::fs::read_dir(lint.unwrap().path()).unwrap() {
            let folder = folder.unwrap().path();
            let copy = tempfile::tempdir().unwrap();
            common::copy(&folder, copy.path());
            found.push((folder.to_string_lossy().into_owned(), copy));
        }
    }
    for (name, text) in [("kinds", KINDS), ("plain", PLAIN)] {
        let files = [("Cargo.toml", MANIFEST), ("src/main.rs", text)];
        found.push((name.to_owned(), common::project(&files)));
    }
    found
}

/// The files that lines of the report say something was done in.
fn named(report: &[Value]) -> BTreeSet<PathBuf> {
    let done = report.iter().filter(|object| object["reason"].is_null());
    done.map(|object| PathBuf::from(object["file"].as_str().unwrap())).collect()
}

#[test]
fn only_what_the_report_names_is_changed() {
    let mut changed = 0;
    for (name, folder) in projects() {
        let before = all_files(folder.path());
        let run = oserver(folder.path(), &[ALL, &["--format", "json"]].concat());
        let report = run.findings();
        let after = all_files(folder.path());
        assert_eq!(
            before.keys().collect::<Vec<_>>(),
            after.keys().collect::<Vec<_>>(),
            "{name}: no file comes or goes"
        );
        let touched: BTreeSet<PathBuf> = before
            .iter()
            .filter(|(path, text)| after[*path] != **text)
            .map(|(path, _)| path.clone())
            .collect();
        changed += touched.len();
        let named = named(&report);
        let unnamed: Vec<_> = touched.difference(&named).collect();
        assert!(unnamed.is_empty(), "{name}: {unnamed:?} are not in\n{}", run.stdout);
        for object in &report {
            let message = object["message"].as_str().unwrap();
            let empty = message.contains("(``)")
                || message.contains(" `` ")
                || message.starts_with("`takes ");
            assert!(!empty, "{name}: no name in {message}");
        }
    }
    assert!(changed > 20, "{changed}");
}

/// An actor can free a handler that reached its lock through a call; the next run guards it.
#[test]
fn a_second_run_changes_nothing() {
    let without_actors: Vec<&str> =
        ALL.iter().copied().filter(|option| *option != "--actors").collect();
    for (name, folder) in projects() {
        let own = matches!(&*name, "kinds" | "plain");
        let options = if own { ALL } else { &without_actors };
        oserver(folder.path(), options);
        let once = all_files(folder.path());
        let again = oserver(folder.path(), options);
        let twice = all_files(folder.path());
        for (path, text) in &once {
            assert_eq!(&twice[path], text, "{name}: {}\n{}", path.display(), again.stdout);
        }
    }
}

#[test]
fn line_ends_stay_with_every_kind_of_edit() {
    for (name, folder) in projects() {
        let crlf = tempfile::tempdir().unwrap();
        common::copy(folder.path(), crlf.path());
        for path in sources(crlf.path()) {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, text.replace('\n', "\r\n")).unwrap();
        }
        oserver(folder.path(), ALL);
        let told = oserver(crlf.path(), ALL).stdout;
        let unix = all_files(folder.path());
        for (path, text) in all_files(crlf.path()) {
            if path.extension().is_some_and(|extension| extension == "rs") {
                let expected = unix[&path].replace('\n', "\r\n");
                assert_eq!(text, expected, "{name}: {}\n{told}", path.display());
            }
        }
    }
}

/// The text with all kinds has all of them.
#[test]
fn all_kinds_of_edits_are_made() {
    let folder = common::project(&[("Cargo.toml", MANIFEST), ("src/main.rs", KINDS)]);
    let report = oserver(folder.path(), &[ALL, &["--format", "json"]].concat()).findings();
    let actions: BTreeSet<&str> =
        report.iter().map(|object| object["action"].as_str().unwrap()).collect();
    for action in ["actor", "annotated", "closure", "derived", "left", "main", "manifest", "split"]
    {
        assert!(actions.contains(action), "{action} is not in {actions:?}");
    }
    let hits = report.iter().find(|object| object["handler"] == "hits").unwrap();
    let words = "`HITS` leads to a lock (`std::sync::Mutex`)";
    assert!(hits["message"].as_str().unwrap().starts_with(words), "{hits}");
    let plan = report.iter().find(|object| object["plan"]["what"] == "HITS: Mutex<u64>").unwrap();
    assert_eq!(plan["plan"]["shape"], "atomic", "{plan}");
    assert_eq!(plan["plan"]["takers"][0]["function"], "hits", "{plan}");
}
