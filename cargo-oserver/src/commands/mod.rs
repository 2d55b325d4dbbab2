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

/// Some finding is at deny level.
const FOUND: u8 = 1;
/// Nothing could be read, or an argument is wrong, as clap has it.
const NOTHING: u8 = 2;

/// Does what the arguments say; everything but the report goes to stderr.
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

/// Without the path of the current folder, as all paths of a report are.
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
