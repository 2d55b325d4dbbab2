//! Counts of the faults that the servers wrote to stderr.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Runs this program once more with `argument`, prints what it prints, and counts the lines of its stderr. Exits as it does.
pub(crate) fn count(argument: &str) -> ! {
    let program = std::env::current_exe().expect("the operating system knows this program");
    let mut servers = Command::new(program);
    servers.arg(argument).env("RUST_BACKTRACE", "0").stderr(Stdio::piped());
    let mut servers = servers.spawn().expect("the program can be started again");
    let stderr = BufReader::new(servers.stderr.take().expect("it is a pipe"));
    let mut said = Said::default();
    for line in stderr.lines().map_while(Result::ok) {
        said.add(&line);
    }
    let status = servers.wait().expect("it is a child of this process");
    said.print();
    std::process::exit(status.code().unwrap_or(1));
}

/// The naive server writes text, the guarded one JSON.
#[derive(Default)]
struct Said {
    panics: usize,
    /// Records by kind.
    records: BTreeMap<String, u64>,
}

impl Said {
    fn add(&mut self, line: &str) {
        match serde_json::from_str::<Value>(line) {
            Ok(record) => {
                let number = record["suppressed"].as_u64().unwrap_or(1);
                if let Some(kind) = record["fault"].as_str() {
                    *self.records.entry(kind.to_owned()).or_default() += number;
                }
            }
            Err(_) => self.panics += usize::from(line.contains("panicked at ")),
        }
    }

    fn print(&self) {
        let Self { panics, records } = self;
        let records: Vec<_> =
            records.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
        println!("The naive server wrote {panics} panics to stderr. None of them names a request.");
        println!(
            "The guarded server wrote records with request, route, file and line: {}.",
            records.join(", ")
        );
        println!("`cargo run --example demo -- --show` shows all of it.");
    }
}
