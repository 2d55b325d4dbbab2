//! Common start of the examples that have a command line.

#![allow(clippy::print_stderr, reason = "a command says what is wrong")]

use std::process::ExitCode;

/// Runs with these options; without any it says what is wrong with the arguments, and how to write them.
pub(crate) async fn run_with<O>(
    options: Result<O, String>,
    usage: &str,
    run: impl AsyncFnOnce(O) -> oserver::Result<()>,
) -> ExitCode {
    let options = match options {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n{usage}");
            return ExitCode::from(2);
        }
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
