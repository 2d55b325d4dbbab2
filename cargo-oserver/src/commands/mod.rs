//! The commands of `cargo oserver`.

mod arguments;
mod audit;
mod fix;
mod handlers;
mod progress;
mod read;

pub use arguments::Arguments;

use std::path::PathBuf;
use std::process::ExitCode;

use arguments::Command;

/// The exit code if a finding is at deny level.
const FOUND: u8 = 1;
/// The exit code if nothing could be read or an argument is wrong, as clap's.
const NOTHING: u8 = 2;

/// Runs the command of the arguments. Only the report goes to stdout.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    let result = match arguments.command {
        Command::Audit(audit) => audit::run(&audit),
        Command::Handlers(handlers) => handlers::run(&handlers),
        Command::Fix(fix) => fix::run(&fix),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(words) => {
            say(&format!("error: {words}"));
            ExitCode::from(NOTHING)
        }
    }
}

#[allow(clippy::print_stderr, reason = "stdout is the report's")]
fn say(line: &str) {
    eprintln!("{}", relative(line));
}

/// Returns a message with paths relative to the current folder, as reports have them.
fn relative(line: &str) -> String {
    match base() {
        Ok(base) => line.replace(&format!("{}/", base.display()), ""),
        Err(_) => line.to_owned(),
    }
}

/// Returns the folder that paths are shown from.
fn base() -> Result<PathBuf, String> {
    let folder = std::env::current_dir().map_err(|error| error.to_string())?;
    folder.canonicalize().map_err(|error| error.to_string())
}
