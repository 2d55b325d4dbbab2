//! In a crate whose panics end the process nothing can be guarded, and it is told so. One that only has the
//! state is not.

use std::path::Path;
use std::process::Command;

const REFUSED: &str = "cannot be guarded with `panic = \"abort\"`";

#[test]
fn what_is_to_be_guarded_is_refused() {
    let said = build(
        "guarded",
        "#[oserver::handler] pub async fn hello() -> &'static str { \"hello\" } \
         #[oserver::handler] pub fn without_async() {} \
         pub struct Actor; \
         #[oserver::actor] impl Actor { pub fn ask(&mut self) {} } \
         pub mod program { #[oserver::main] pub async fn main() {} }",
    )
    .expect_err("it is refused");
    for what in ["a handler", "an actor", "this server"] {
        assert!(said.contains(&format!("{what} {REFUSED}")), "{what}:\n{said}");
    }
    // One each, that is two handlers, one actor and one `main`, and nothing besides.
    assert_eq!(said.matches(REFUSED).count(), 4, "{said}");
}

#[test]
fn a_crate_that_only_has_the_state_compiles() {
    let built = build("state", "#[derive(Clone, oserver::HandlerState)] pub struct App(String);");
    assert_eq!(built, Ok(()));
}

/// Builds a library of its own. The flag is that of the profile, but only for this one: all else may stay as it is.
fn build(name: &str, code: &str) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("panic_abort").join(name);
    std::fs::create_dir_all(folder.join("src")).expect("a folder of our own");
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"abort-{name}\"\nedition = \"2024\"\n\n\
         [dependencies]\noserver = {{ path = \"{}\" }}\n",
        root.display()
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("writable");
    std::fs::write(folder.join("src/lib.rs"), code).expect("writable");
    // The versions that the workspace has, so that nothing is looked up.
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("writable");
    let cargo = Command::new(env!("CARGO"))
        .args(["rustc", "--offline", "--quiet", "--lib", "--profile", "check", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("lints/target"))
        .args(["--", "-C", "panic=abort"])
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    match cargo.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&cargo.stderr).into_owned()),
    }
}
