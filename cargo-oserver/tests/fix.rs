//! `cargo oserver fix` changes what it can, and nothing else anywhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::process::Command;

use common::{fixed, oserver, project};

const BEFORE: &str = "\
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

pub struct Config {
    name: String,
    inner: Vec<Inner>,
}

  #[derive(Clone)]
  pub struct Inner(u8);

/// Says hello.
pub async fn hello(
    State(config): State<Arc<Config>>,Path(name): Path<String>)->String { // as it was
    name
}

mod deeper {
\tpub(crate) async fn tabs() {}
}

async fn locked(State(lock): State<Arc<Mutex<u8>>>) {}

async fn foreign(State(pool): State<somewhere::Pool>) {}

async fn called() -> &'static str { \"\" }

async fn caller() -> &'static str { called().await }

fn router() -> Router {
    Router::new()
        .route(\"/\", get(hello).post(deeper::tabs))
        .route(\"/locked\", get(locked))
        .route(\"/foreign\", get(foreign))
        .route(\"/called\", get(called).post(caller))
        .route(\"/closure\", get(|| async {}))
}
";

#[test]
fn each_kind_of_edit_changes_its_own_lines() {
    let (after, told) = fixed(BEFORE);
    let expected = BEFORE
        .replace("pub struct Config", "#[derive(oserver::HandlerState)]\npub struct Config")
        .replace("#[derive(Clone)]", "#[derive(Clone, oserver::HandlerState)]")
        .replace("pub async fn hello", "#[oserver::handler]\npub async fn hello")
        .replace("\tpub(crate) async fn tabs", "\t#[oserver::handler]\n\tpub(crate) async fn tabs")
        .replace("async fn caller", "#[oserver::handler]\nasync fn caller")
        .replace(
            "async fn called() -> &'static str { \"\" }\n",
            "async fn called() -> &'static str { \"\" }\n\n/// [`called`] for the router: guarded.\n#[oserver::handler]\nasync fn called_handler() -> &'static str {\n    called().await\n}\n",
        )
        .replace("get(called)", "get(called_handler)")
        .replace("get(|| async {})", "get(get_closure)");
    let expected = format!("{expected}\n#[oserver::handler]\nasync fn get_closure() {{}}\n");
    assert_eq!(after, expected, "{told}");
    for part in [
        "[lock]: `locked`: `State<Arc<Mutex<u8>>>` leads to a lock (`std::sync::Mutex`)",
        "[unknown-type]: `foreign`: oserver does not know `somewhere::Pool`",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
}

#[test]
fn a_second_run_has_nothing_to_do() {
    let (after, _) = fixed(BEFORE);
    let (again, told) = fixed(&after);
    assert_eq!(again, after, "{told}");
    assert!(told.contains("0 handlers are guarded"), "{told}");
}

#[test]
fn line_ends_are_kept() {
    let crlf = BEFORE.replace('\n', "\r\n");
    let (after, _) = fixed(&crlf);
    let (unix, _) = fixed(BEFORE);
    assert_eq!(after, unix.replace('\n', "\r\n"));
}

#[test]
fn a_byte_order_mark_stays() {
    const MARK: &str = "\u{feff}";
    let (after, told) = fixed(&format!("{MARK}{BEFORE}"));
    let (without, _) = fixed(BEFORE);
    assert_eq!(after, format!("{MARK}{without}"), "{told}");
    let manifest = format!(
        "{MARK}[package]\nname = \"app\"\nversion = \"0.1.0\"\n\n[dependencies]\naxum = \"0.8\"\n\n[workspace]\n"
    );
    let folder = project(&[("Cargo.toml", &manifest), ("src/lib.rs", BEFORE)]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let after = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
    let expected = manifest.replace("axum = \"0.8\"\n", "axum = \"0.8\"\noserver = \"0.1\"\n");
    assert_eq!(after, expected, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_file_that_may_not_be_written_stops_all() {
    let folder = project(&[
        (
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\n\n[dependencies]\naxum = \"0.8\"\n\n[workspace]\n",
        ),
        ("src/lib.rs", BEFORE),
    ]);
    let path = folder.path().join("src/lib.rs");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let before = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("lib.rs: the file is read-only"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), BEFORE);
    let after = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
    assert_eq!(after, before, "what was written before is put back");
}

#[test]
fn a_dry_run_prints_a_diff_and_writes_nothing() {
    let folder = project(&[("lib.rs", BEFORE)]);
    let run = oserver(folder.path(), &["fix", "--dry-run"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("lib.rs")).unwrap(), BEFORE);
    for line in ["--- a/lib.rs", "+++ b/lib.rs", "+#[oserver::handler]", "-  #[derive(Clone)]"] {
        assert!(run.stdout.lines().any(|known| known == line), "{line} is not in\n{}", run.stdout);
    }
}

#[test]
fn what_cannot_be_got_back_is_refused() {
    let folder = project(&[("lib.rs", BEFORE)]);
    let run = oserver(folder.path(), &["fix"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("is not in a git repository"), "{}", run.stderr);
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@localhost"])
            .args(arguments)
            // The user's own configuration may ask for more, such as a signature.
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["init", "-q"]);
    let run = oserver(folder.path(), &["fix"]);
    assert!(run.stderr.contains("?? lib.rs") && run.status == 2, "{}", run.stderr);
    git(&["add", "."]);
    git(&["commit", "-qm", "a"]);
    let run = oserver(folder.path(), &["fix", "--no-check"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_ne!(std::fs::read_to_string(folder.path().join("lib.rs")).unwrap(), BEFORE);
}

#[test]
fn json_has_one_object_for_each_change_and_decision() {
    let folder = project(&[("lib.rs", BEFORE)]);
    let run = oserver(folder.path(), &["fix", "--dry-run", "--format", "json"]);
    let objects = run.findings();
    let find = |action: &str, handler: &str| {
        objects.iter().find(|object| object["action"] == action && object["handler"] == handler)
    };
    let hello = find("annotated", "hello").unwrap();
    assert_eq!((hello["file"].as_str(), hello["line"].as_u64()), (Some("lib.rs"), Some(16)));
    assert_eq!(find("left", "locked").unwrap()["reason"], "lock");
    assert_eq!(find("left", "foreign").unwrap()["reason"], "unknown-type");
    assert!(find("split", "called").is_some());
    assert!(find("closure", "{closure in router}").is_some());
    assert!(objects.iter().any(|object| object["action"] == "derived"));
}

/// In a module with a body, `#[path]` is relative to the folder of that module; in any other, to that of its file.
#[test]
fn a_path_in_an_inline_module_is_found() {
    let service = "#[derive(Clone)]\npub struct Service {\n    pub name: String,\n}\n";
    let api = "use axum::extract::State;\n\nuse crate::PARENT::auth;\n\npub async fn hello(State(service): State<auth::Service>) -> String {\n    service.name\n}\n";
    let module = "pub mod auth {\n    #[path = \"api_of.rs\"]\n    pub mod api;\n    #[path = \"service_of.rs\"]\n    mod service;\n    pub use service::*;\n}\n";
    let main = format!(
        "mod first {{\n    {}}}\nmod second;\n#[path = \"other\"]\nmod third {{\n    {}}}\n\nfn main() {{\n    let _: axum::Router = axum::Router::new()\n        .route(\"/a\", axum::routing::get(first::auth::api::hello))\n        .route(\"/b\", axum::routing::get(second::auth::api::hello))\n        .route(\"/c\", axum::routing::get(third::auth::api::hello));\n}}\n",
        module, module
    );
    let folders = ["first/auth", "second/auth", "other/auth"];
    let of = |folder: &str, name: &str| format!("src/{folder}/{name}_of.rs");
    let mut files = vec![
        ("Cargo.toml".to_owned(), "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n\n[workspace]\n".to_owned()),
        ("src/main.rs".to_owned(), main),
        ("src/second.rs".to_owned(), module.to_owned()),
    ];
    for (folder, parent) in folders.iter().zip(["first", "second", "third"]) {
        files.push((of(folder, "api"), api.replace("PARENT", parent)));
        files.push((of(folder, "service"), service.to_owned()));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    let folder = project(&files);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    for name in folders {
        let read =
            |part: &str| std::fs::read_to_string(folder.path().join(of(name, part))).unwrap();
        let told = format!("{name}: {}{}", run.stdout, run.stderr);
        assert!(read("api").contains("#[oserver::handler]\npub async fn hello("), "{told}");
        assert!(read("service").contains("oserver::HandlerState"), "{told}");
    }
}

/// The guard asks for the types of statics, too.
#[test]
fn a_static_that_a_handler_names_derives() {
    let before = "\
use std::sync::LazyLock;

struct Keys {
    name: String,
}

impl Keys {
    fn shown(&self) -> String {
        self.name.clone()
    }
}

struct Other(u8);

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys { name: String::new() });
static OTHER: Other = Other(1);

async fn hello() -> String {
    KEYS.shown()
}

fn router() -> axum::Router {
    axum::Router::new()
        .route(\"/\", axum::routing::get(hello))
        .route(\"/other\", axum::routing::get(|| async { other(&OTHER) }))
}

fn other(other: &Other) -> String {
    other.0.to_string()
}
";
    let folder = project(&[("lib.rs", before)]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    let after = std::fs::read_to_string(folder.path().join("lib.rs")).unwrap();
    for name in ["struct Keys", "struct Other"] {
        let part = format!("#[derive(oserver::HandlerState)]\n{name}");
        assert!(after.contains(&part), "{part} is not in\n{after}\n{}{}", run.stdout, run.stderr);
    }
}

/// All files that are edited are in the report.
#[test]
fn a_change_of_several_files_names_them() {
    let files = [
        (
            "src/main.rs",
            "mod handlers;\n\nfn main() {\n    let _: axum::Router = axum::Router::new().route(\"/\", axum::routing::get(handlers::hello));\n}\n",
        ),
        (
            "src/handlers.rs",
            "pub async fn hello() -> &'static str {\n    \"hello\"\n}\n\npub async fn twice() -> &'static str {\n    hello().await\n}\n",
        ),
        (
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n\n[workspace]\n",
        ),
    ];
    let folder = project(&files);
    let run = oserver(folder.path(), &["fix", "--dry-run", "--format", "json"]);
    let objects = run.findings();
    let split = objects.iter().find(|object| object["action"] == "split").unwrap();
    assert_eq!(split["file"], "src/handlers.rs");
    assert_eq!(split["also"], serde_json::json!(["src/main.rs"]));
    let run = oserver(folder.path(), &["fix", "--dry-run"]);
    assert!(run.stdout.contains(", also in src/main.rs\n"), "{}", run.stdout);
}

#[test]
fn what_macros_write_is_told_and_not_touched() {
    let before = "\
macro_rules! handlers {
    ($($name:ident),*) => { $(async fn $name() {})* };
}
handlers!(one, two);

my_items! {
    async fn inside(axum::extract::State(name): axum::extract::State<String>) {}
}

fn router() -> axum::Router {
    axum::Router::new().route(\"/\", axum::routing::get(one).post(inside))
}
";
    let (after, told) = fixed(before);
    assert_eq!(after, before, "{told}");
}

#[test]
fn an_extractor_with_a_response_in_it_is_no_state() {
    let before = "\
use axum::response::Redirect;

struct Back(Redirect);

async fn back(Back(redirect): Back) -> Redirect {
    redirect
}

fn router() -> axum::Router {
    axum::Router::new().route(\"/\", axum::routing::get(back))
}
";
    let (after, told) = fixed(before);
    assert!(after.contains("#[derive(oserver::HandlerParam)]\nstruct Back"), "{after}{told}");
}

/// The framework's version decides before anything else does.
#[test]
fn axum_07_is_told_to_be_updated_first() {
    let manifest = "[package]\nname = \"old\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.7\"\n\n[workspace]\n";
    let main = "async fn hello() {}\n\nfn main() {\n    let _: axum::Router = axum::Router::new().route(\"/\", axum::routing::get(hello));\n}\n";
    let folder = project(&[("Cargo.toml", manifest), ("src/main.rs", main)]);
    let run = oserver(folder.path(), &["fix", "--allow-dirty", "--no-check"]);
    assert!(run.stdout.contains("needs axum 0.8"), "{}{}", run.stdout, run.stderr);
    assert_eq!(std::fs::read_to_string(folder.path().join("src/main.rs")).unwrap(), main);
    assert_eq!(std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap(), manifest);
}
