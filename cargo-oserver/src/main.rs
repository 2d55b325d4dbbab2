//! `cargo oserver`

use std::process::ExitCode;

use cargo_oserver::commands::{Arguments, run};
use clap::Parser;

fn main() -> ExitCode {
    // cargo passes the name of the subcommand on.
    let named = |(index, word): &(usize, std::ffi::OsString)| *index == 1 && word == "oserver";
    let words = std::env::args_os().enumerate().filter(|pair| !named(pair));
    run(Arguments::parse_from(words.map(|(_, word)| word)))
}
