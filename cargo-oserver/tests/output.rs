//! Formats, levels, baselines, comments, configuration, exit status.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod common;

use std::path::PathBuf;
use std::process::Command;

use common::{audit, copy, fixtures, oserver, tools};
use serde_json::Value;

fn service() -> PathBuf {
    fixtures().join("lock-in-handler-state/workspace")
}

#[test]
fn json_is_one_object_a_line() {
    let run = audit(&service(), &[]);
    let findings = run.findings();
    let finding =
        findings.iter().find(|finding| finding["lint"] == "lock-in-handler-state").unwrap();
    assert_eq!(finding["level"], "deny");
    assert_eq!(finding["path"], "app/src/main.rs");
    assert_eq!(finding["handler"]["name"], "other_crate");
    assert_eq!(finding["handler"]["param"], 0);
    assert_eq!(finding["column"], 7);
    let chain: Vec<String> = finding["chain"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| format!("{}:{} {}", step["path"], step["line"], step["what"]))
        .collect();
    assert_eq!(
        chain,
        [
            "\"state/src/model.rs\":2 \"State.counter: locks::Counter\"",
            "\"locks/src/lib.rs\":2 \"Counter.value: parking_lot::Mutex<u64>\"",
        ]
    );
    assert_eq!(run.status, 1);
    assert_eq!(finding["lock"], "locks::Counter.value");
    // The summary goes to stderr, unless nobody wants it.
    assert!(
        run.stderr.contains("found 2 handlers (axum 2): 1 clean, 1 forbidden, 0 unknown"),
        "{}",
        run.stderr
    );
    assert_eq!(audit(&service(), &["-q"]).stderr, "");
}

#[test]
fn paths_are_relative_to_where_it_runs() {
    let run = audit(&service().join("app"), &["src"]);
    assert_eq!(run.places("lock-in-handler-state"), ["src/main.rs:4"]);
    let run = audit(&service().join("locks"), &["../app"]);
    assert_eq!(run.places("lock-in-handler-state"), ["../app/src/main.rs:4"]);
}

#[test]
fn a_static_and_the_handlers_that_reach_it_are_one_entry() {
    let folder = fixtures().join("kinds/attributes");
    let run = audit(&folder, &[]);
    let of_handlers: Vec<Value> = run
        .findings()
        .into_iter()
        .filter(|finding| finding["handler"]["via"] == "static")
        .collect();
    let names: Vec<&str> =
        of_handlers.iter().map(|finding| finding["handler"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["hit", "seen"]);
    for finding in &of_handlers {
        assert_eq!(
            (&finding["lint"], &finding["level"]),
            (&"lock-in-handler-state".into(), &"deny".into())
        );
        let lock = finding["lock"].as_str().unwrap();
        let at_static = |other: &&Value| other["lint"] == "lock-static" && other["lock"] == lock;
        assert_eq!(run.findings().iter().filter(at_static).count(), 1, "{lock}");
    }
    let text = oserver(&folder, &["audit"]).stdout;
    assert!(!text.contains("reaches `static"), "{text}");
    for static_ in ["static HITS", "static SEEN"] {
        let entries =
            text.lines().filter(|line| line.contains("[lock-static]") && line.contains(static_));
        assert_eq!(entries.count(), 1, "{text}");
    }
}

#[test]
fn people_see_line_chain_and_help() {
    let run = oserver(&service(), &["audit"]);
    for part in [
        "error[lock-in-handler-state]",
        "app/src/main.rs:4:7",
        "async fn other_crate(",
        "State.counter: locks::Counter at state/src/model.rs:2",
        "help: ",
    ] {
        assert!(run.stdout.contains(part), "{part} is not in\n{}", run.stdout);
    }
}

#[test]
fn github_gets_one_command_a_finding() {
    let run = oserver(&service(), &["audit", "--format", "github"]);
    let line = run.stdout.lines().find(|line| line.contains("lock-in-handler-state")).unwrap();
    assert!(
        line.starts_with("::error file=app/src/main.rs,line=4,col=7,title=lock-in-handler-state::"),
        "{line}"
    );
    assert!(line.contains("%0Astate/src/model.rs:2: State.counter"), "{line}");
    assert!(run.stdout.lines().all(|line| line.starts_with("::")), "{}", run.stdout);
}

#[test]
fn levels_come_from_the_command_line_and_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    copy(&service(), folder.path());
    let all = ["--allow", "unguarded-handler", "--warn", "lock-in-handler-state"];
    let run = audit(folder.path(), &all);
    assert_eq!((run.status, run.findings().len()), (0, 1), "{}", run.stdout);
    std::fs::write(
        folder.path().join("oserver.toml"),
        "allow = [\"lock-in-handler-state\"]\ndeny = [\"unguarded-handler\"]\n",
    )
    .unwrap();
    let run = audit(folder.path(), &[]);
    assert!(run.findings().iter().all(|finding| finding["lint"] == "unguarded-handler"));
    assert_eq!(run.status, 1);
    std::fs::write(folder.path().join("oserver.toml"), "exclude = [\"app\"]\n").unwrap();
    assert_eq!(audit(folder.path(), &[]).stdout, "");
    std::fs::write(folder.path().join("oserver.toml"), "exclude = [\"gone\"]\n").unwrap();
    let run = audit(folder.path(), &[]);
    assert!(run.stderr.contains("`exclude` names `gone`"), "{}", run.stderr);
    std::fs::write(
        folder.path().join("oserver.toml"),
        "deny = [\"lock-static\"]\nallow = [\"lock-static\"]\n",
    )
    .unwrap();
    let run = audit(folder.path(), &[]);
    assert!(run.stderr.contains("`lock-static` has two levels"), "{}", run.stderr);
    assert_eq!(run.status, 2);
    std::fs::write(folder.path().join("oserver.toml"), "deny = [\"lock-statics\"]\n").unwrap();
    let run = audit(folder.path(), &[]);
    assert!(
        run.stderr.contains("there is no lint `lock-statics`; there are lock-in-handler-state")
    );
    assert_eq!(run.status, 2);
}

#[test]
fn a_comment_needs_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    copy(&service(), folder.path());
    let path = folder.path().join("app/src/main.rs");
    let text = std::fs::read_to_string(&path).unwrap();
    let comment = "// oserver: allow(lock-in-handler-state)";
    let with = |reason: &str| {
        text.replace("async fn other_crate(", &format!("{comment}{reason}\nasync fn other_crate("))
    };
    std::fs::write(&path, with(" held for one read")).unwrap();
    assert!(audit(folder.path(), &[]).places("lock-in-handler-state").is_empty());
    std::fs::write(&path, with("")).unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("lock-in-handler-state").len(), 1);
    assert!(run.stderr.contains("without a reason does not count"), "{}", run.stderr);
}

#[test]
fn a_baseline_accepts_what_is_there_when_lines_move() {
    let folder = tempfile::tempdir().unwrap();
    copy(&service(), folder.path());
    let run = audit(folder.path(), &["--baseline", "accepted.jsonl"]);
    assert!(run.stderr.contains("--write-baseline"), "{}", run.stderr);
    assert_eq!(run.status, 2);
    assert_eq!(audit(folder.path(), &["--write-baseline", "accepted.jsonl"]).status, 0);
    let path = folder.path().join("app/src/main.rs");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("\n\n// Moved.\n{text}")).unwrap();
    let run = audit(folder.path(), &["--baseline", "accepted.jsonl"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    let more = "async fn another(State(state): State<Shared>) {}\n";
    std::fs::write(&path, format!("{text}{more}")).unwrap();
    let run = audit(folder.path(), &["--baseline", "accepted.jsonl"]);
    assert_eq!(run.places("lock-in-handler-state").len(), 1, "{}", run.stdout);
    assert_eq!(run.status, 1);
}

const TWO_LOCKS: &str = "\
use std::sync::{Arc, Mutex, RwLock};
use axum::{Router, extract::State, routing::get};
struct App { hits: Mutex<u32>, users: RwLock<Vec<String>> }
async fn first(State(app): State<Arc<App>>) {}
async fn second(State(app): State<Arc<App>>) {}
fn main() { let _: Router<Arc<App>> = Router::new().route(\"/\", get(first).post(second)); }
";

fn two_locks() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    let manifest = "[package]\nname = \"two\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\naxum = \"0.8\"\n[workspace]\n";
    std::fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.path().join("src/main.rs"), TWO_LOCKS).unwrap();
    folder
}

#[test]
fn people_see_a_lock_once_with_all_its_handlers() {
    let folder = two_locks();
    let run = oserver(folder.path(), &["audit", "--allow", "unguarded-handler"]);
    assert_eq!(run.stdout.matches("error[lock-in-handler-state]").count(), 2, "{}", run.stdout);
    assert!(run.stdout.contains("1 more handler"), "{}", run.stdout);
    assert!(run.stdout.contains("also `second` at src/main.rs:5"), "{}", run.stdout);
    assert!(run.stdout.contains("2 findings, 2 of them at deny level"), "{}", run.stdout);
    // Machines get one object a handler.
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("lock-in-handler-state"), ["src/main.rs:4", "src/main.rs:5"]);
    assert_eq!(run.findings()[0]["locks"].as_array().unwrap().len(), 2, "{}", run.stdout);
}

#[test]
fn a_second_lock_in_the_same_state_is_new() {
    let folder = two_locks();
    let path = folder.path().join("src/main.rs");
    let before = TWO_LOCKS.replace(", users: RwLock<Vec<String>>", "");
    std::fs::write(&path, before).unwrap();
    assert_eq!(audit(folder.path(), &["--write-baseline", "b.json"]).status, 0);
    std::fs::write(&path, TWO_LOCKS).unwrap();
    let run = audit(folder.path(), &["--baseline", "b.json"]);
    let locks: Vec<_> = run.findings().iter().map(|finding| finding["lock"].clone()).collect();
    assert_eq!(locks, ["two::App.users", "two::App.users"], "{}", run.stdout);
    assert_eq!(run.status, 1);
    // A baseline without locks accepts one of each handler.
    let text = std::fs::read_to_string(folder.path().join("b.json")).unwrap();
    let old: String =
        text.lines().map(|line| line.replace(",\"lock\":\"two::App.hits\"", "") + "\n").collect();
    assert_ne!(text, old);
    std::fs::write(folder.path().join("b.json"), old).unwrap();
    let run = audit(folder.path(), &["--baseline", "b.json"]);
    assert_eq!(run.places("lock-in-handler-state").len(), 2, "{}", run.stdout);
}

#[test]
fn sarif_has_one_result_a_lock_that_moved_lines_do_not_change() {
    let folder = two_locks();
    let results = || -> Vec<Value> {
        let run =
            oserver(folder.path(), &["audit", "--format", "sarif", "--allow", "unguarded-handler"]);
        let log: Value = serde_json::from_str(&run.stdout).unwrap();
        log["runs"][0]["results"].as_array().unwrap().clone()
    };
    let before = results();
    assert_eq!(before.len(), 2, "{before:#?}");
    let region = &before[0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["endLine"], &region["endColumn"]), (&Value::from(4), &Value::from(47)));
    assert_eq!(before[0]["relatedLocations"].as_array().unwrap().len(), 1);
    let path = folder.path().join("src/main.rs");
    std::fs::write(&path, format!("// Moved.\n\n{TWO_LOCKS}")).unwrap();
    let prints = |results: &[Value]| -> Vec<Value> {
        results.iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    assert_eq!(prints(&before), prints(&results()));
}

#[test]
fn what_was_asked_for_and_not_audited_fails() {
    let folder = two_locks();
    let run = audit(folder.path(), &["gone"]);
    assert!(run.stderr.contains("`gone` does not exist"), "{}", run.stderr);
    assert_eq!(run.status, 2);
    let run = audit(folder.path(), &["--manifest-path", "gone/Cargo.toml"]);
    assert!(run.stderr.contains("`gone/Cargo.toml` does not exist"), "{}", run.stderr);
    assert_eq!(run.status, 2);
    let run = audit(folder.path(), &["-p", "three"]);
    assert!(run.stderr.contains("there is no package `three`; there are two"), "{}", run.stderr);
    assert_eq!(run.status, 2);
    let run = audit(folder.path(), &["--deny", "lock-static", "--allow", "lock-static"]);
    assert!(run.stderr.contains("contradict each other"), "{}", run.stderr);
    assert_eq!(run.status, 2);
    std::fs::write(folder.path().join("src/main.rs"), "fn main( {").unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("unreadable-file"), ["src/main.rs:1"], "{}", run.stdout);
    assert_ne!(run.status, 0);
}

#[test]
fn packages_and_manifests_are_chosen() {
    let folder = service();
    assert_eq!(audit(&folder, &["-p", "app"]).places("lock-in-handler-state").len(), 1);
    assert!(audit(&folder, &["--package", "locks"]).places("lock-in-handler-state").is_empty());
    let run =
        audit(&fixtures(), &["--manifest-path", "lock-in-handler-state/workspace/Cargo.toml"]);
    assert_eq!(
        run.places("lock-in-handler-state"),
        ["lock-in-handler-state/workspace/app/src/main.rs:4"]
    );
}

#[test]
fn colours_are_chosen() {
    let styled = |arguments: &[&str]| {
        oserver(&service(), &[&["audit"], arguments].concat()).stdout.contains('\u{1b}')
    };
    assert!(!styled(&[]) && !styled(&["--color", "never"]));
    assert!(styled(&["--color", "always"]));
}

#[test]
fn a_run_that_understood_nothing_says_so() {
    let folder = two_locks();
    std::fs::write(
        folder.path().join("src/main.rs"),
        "async fn serve(l: tokio::net::TcpListener, app: axum::Router) { axum::serve(l, app).await; }\nfn main() {}\n",
    )
    .unwrap();
    let manifest = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
    std::fs::write(
        folder.path().join("Cargo.toml"),
        manifest.replace("axum = \"0.8\"", "axum = \"0.8\"\ntrillium = \"0.2\""),
    )
    .unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.places("unread-server"), ["Cargo.toml:1", "src/main.rs:1"], "{}", run.stdout);
    assert!(run.stderr.contains("not read: handlers of trillium"), "{}", run.stderr);
    assert!(run.stderr.contains("no handler was found"), "{}", run.stderr);
    let routes = "fn f(h: H) -> axum::Router { axum::Router::new().route(\"/\", axum::routing::get(make!())) }\n";
    std::fs::write(folder.path().join("src/main.rs"), format!("{routes}fn main() {{}}\n")).unwrap();
    let run = audit(folder.path(), &[]);
    assert!(run.places("unread-server").contains(&"src/main.rs:1".to_owned()), "{}", run.stdout);
}

#[test]
fn handlers_and_audit_agree_on_statics() {
    let folder = fixtures().join("kinds/values");
    let run = oserver(&folder, &["handlers", "--format", "json"]);
    let list = run.findings();
    let verdict = |name: &str| {
        let found = list.iter().find(|handler| handler["name"] == name).unwrap();
        found["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!((verdict("put"), verdict("take")), ("clean".to_owned(), "forbidden".to_owned()));
}

#[test]
fn each_lint_is_explained() {
    for lint in cargo_oserver::lints::all() {
        let run = oserver(&service(), &["audit", "--explain", lint.name]);
        assert_eq!(run.status, 0);
        assert!(run.stdout.starts_with(&format!("# {}", lint.name)), "{}", run.stdout);
    }
}

#[test]
fn handlers_are_listed() {
    let folder = fixtures().join("lock-in-handler-state/axum");
    let run = oserver(&folder, &["handlers", "--format", "json"]);
    let list = run.findings();
    let named = |name: &str| list.iter().find(|handler| handler["name"] == name).unwrap();
    let field = named("field");
    assert_eq!(field["routes"][0], "GET /field");
    assert_eq!(field["verdict"], "forbidden");
    assert_eq!(field["framework"], "axum");
    assert_eq!(field["state"][0]["type"], "State<Arc<AppState>>");
    assert_eq!(named("nested")["routes"][0], "POST /field");
    assert_eq!(named("harmless")["verdict"], "clean");
    assert_eq!(named("opaque")["verdict"], "unknown");
    assert_eq!(named("with_sessions")["role"], "middleware");
    let folder = fixtures().join("no-timeout/handlers");
    let run = oserver(&folder, &["handlers", "--format", "json"]);
    let endless = run.findings().into_iter().find(|handler| handler["name"] == "endless").unwrap();
    assert_eq!(
        (&endless["guarded"], &endless["timeout"]),
        (&Value::from(true), &Value::from("never"))
    );
}

/// Microsoft's validator, where it is installed: `npm install @microsoft/sarif-multitool`.
#[test]
fn sarif_passes_the_validator() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.sarif");
    let mut parts = Vec::new();
    for lint in ["lock-in-handler-state/axum", "lock-static/statics", "print-in-server/prints"] {
        let run = oserver(&fixtures().join(lint), &["audit", "--format", "sarif"]);
        let parsed: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(parsed["version"], "2.1.0");
        assert!(!parsed["runs"][0]["results"].as_array().unwrap().is_empty());
        parts.push(run.stdout);
    }
    let Some(tool) = validator() else {
        return tools::missing("sarif-multitool", "it is not installed, or does not start");
    };
    for text in parts {
        std::fs::write(&log, text).unwrap();
        let output = Command::new(&tool).arg("validate").arg(&log).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        assert!(!told.contains(": error ") && !told.contains(": warning "), "{told}");
    }
}

/// `OSERVER_SARIF_MULTITOOL`, or what npm installed in PATH; only one that starts counts.
fn validator() -> Option<PathBuf> {
    let named = std::env::var_os("OSERVER_SARIF_MULTITOOL").map(PathBuf::from);
    let tool = named.unwrap_or_else(|| PathBuf::from("sarif-multitool"));
    let starts =
        Command::new(&tool).arg("--version").output().is_ok_and(|output| output.status.success());
    starts.then_some(tool)
}
