//! Programs that some tests run. A test whose program is missing is skipped, and says so on stderr, where the test
//! harness does not hide it. With `OSERVER_REQUIRE_TOOLS=1` such a test fails.

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    unreachable_pub,
    reason = "a module that each test file uses a part of"
)]

use std::io::Write;
use std::path::PathBuf;

/// The tools that a test needs and a machine may not have, each with the command that installs it.
pub const TOOLS: [(&str, &str); 11] = [
    ("chromium", "apt-get install chromium"),
    ("curl", "apt-get install curl"),
    ("h2load", "apt-get install nghttp2-client"),
    ("nghttp", "apt-get install nghttp2-client"),
    ("prometheus", "apt-get install prometheus"),
    ("promtool", "apt-get install prometheus"),
    ("sarif-multitool", "npm install --global @microsoft/sarif-multitool"),
    ("slowhttptest", "apt-get install slowhttptest"),
    ("systemd-analyze", "apt-get install systemd"),
    ("systemd-socket-activate", "apt-get install systemd"),
    ("wrk", "apt-get install wrk"),
];

/// Returns from the test if a program is missing, or fails it if all programs are required.
macro_rules! require_tool {
    ($program:expr) => {
        if !crate::common::tools::is_installed($program) {
            return;
        }
    };
}
pub(crate) use require_tool;

/// Returns `true` if a program is in one of the folders of `PATH`. Otherwise says that the test is skipped.
///
/// # Panics
///
/// If the program is missing and all programs are required.
#[track_caller]
pub fn is_installed(program: &str) -> bool {
    let is_installed = path_of(program).is_some();
    if !is_installed {
        missing(program, "it is in no folder of `PATH`");
    }
    is_installed
}

/// The file that a program's name stands for.
pub fn path_of(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Reports that a program cannot be used, and that its test is skipped.
///
/// # Panics
///
/// If all programs are required.
#[track_caller]
pub fn missing(program: &str, reason: &str) {
    let (_, install) = TOOLS
        .iter()
        .find(|(name, _)| *name == program)
        .unwrap_or_else(|| panic!("`{program}` is not in the list of tools"));
    let message = format!("`{program}` is missing: {reason} (`{install}`)");
    assert!(!are_required(), "{message}, and OSERVER_REQUIRE_TOOLS is set");
    skip(&message);
}

/// Reports that a test is skipped, for a reason that no installation mends.
#[track_caller]
pub fn skip(reason: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let place = std::panic::Location::caller();
    // The harness captures what `println!` and `eprintln!` write, but not this.
    let line = format!("test {test} ... SKIPPED at {}:{}: {reason}\n", place.file(), place.line());
    _ = std::io::stderr().write_all(line.as_bytes());
}

fn are_required() -> bool {
    std::env::var_os("OSERVER_REQUIRE_TOOLS").is_some_and(|value| value != "0" && !value.is_empty())
}
