//! Runs the other modes for all servers, and has one table and one plot written of them.

use std::path::{Path, PathBuf};

use crate::arguments::{each, names, number, numbers};
use crate::results::{self, Results};
use crate::{faults, memory, servers, throughput};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/results");

#[derive(Debug, PartialEq)]
pub struct Options {
    throughput: throughput::Options,
    faults: faults::Options,
    into: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            throughput: throughput::Options {
                rounds: 3,
                seconds: 2,
                servers: servers::unfaulted(),
                idle: 5000,
                ..throughput::Options::default()
            },
            faults: faults::Options {
                rounds: 3,
                seconds: 1,
                scenarios: faults::common_scenarios(),
                ..faults::Options::default()
            },
            into: None,
        }
    }
}

impl Options {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let Self { throughput, faults, into } = &mut options;
        each(" of `all`", arguments, |name, value| {
            match name {
                "--rounds" => {
                    throughput.rounds = number(name, &value()?, 1)?;
                    faults.rounds = throughput.rounds;
                }
                "--seconds" => throughput.seconds = number(name, &value()?, 1)?,
                "--fault-seconds" => faults.seconds = number(name, &value()?, 1)?,
                "--idle" => throughput.idle = number(name, &value()?, 0)?,
                "--connections" => throughput.connections = numbers(name, &value()?)?,
                "--servers" => {
                    throughput.servers = names("server", &servers::unfaulted(), &value()?)?;
                    faults.servers.clone_from(&throughput.servers);
                    faults.servers.retain(|server| *server != servers::UNROUTED);
                }
                "--scenarios" => faults.scenarios = faults::scenarios(&value()?)?,
                "--into" => *into = Some(value()?.into()),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(options)
    }

    pub fn servers(&self) -> &[&'static str] {
        &self.throughput.servers
    }

    pub fn servers_with_faults(&self) -> &[&'static str] {
        &self.faults.servers
    }
}

pub fn measure(options: &Options) -> Result<(), String> {
    let Options { throughput, faults, into } = options;
    let results = Results {
        throughput: throughput::measure(throughput)?,
        memory: memory::measure(&throughput.servers, throughput.idle),
        faults: faults::measure(faults),
        servers: options.servers().to_vec(),
        servers_with_faults: options.servers_with_faults().to_vec(),
        method: options.method(),
    };
    let folder = into.as_deref().unwrap_or(Path::new(FOLDER));
    results::write(&results, folder)?;
    // A trial into another folder leaves docs/benchmarks.md as it is.
    if into.is_none() { results::show_in_book(folder) } else { Ok(()) }
}

impl Options {
    /// Returns one line for the reader of the results: how often and how long is measured.
    fn method(&self) -> String {
        let Self { throughput, faults, .. } = self;
        format!(
            "Medians of {} rounds, {} s for each throughput ({} s before and during each fault)",
            throughput.rounds, throughput.seconds, faults.seconds
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<Options, String> {
        Options::parse(arguments.split_whitespace().map(String::from))
    }

    #[test]
    fn without_arguments_all_servers_are_compared() {
        let options = parse("").expect("options");
        assert_eq!(options, Options::default());
        assert_eq!(options.servers(), servers::unfaulted());
        assert_eq!(options.servers_with_faults(), servers::all());
        assert!(!options.faults.scenarios.contains(&"four-actors"));
    }

    #[test]
    fn both_halves_take_the_options_that_they_share() {
        let options = parse(
            "--rounds 1 --seconds 4 --fault-seconds 2 --servers hyper,rocket,oserver-unrouted --into x",
        );
        let options = options.expect("options");
        assert_eq!((options.throughput.rounds, options.faults.rounds), (1, 1));
        assert_eq!((options.throughput.seconds, options.faults.seconds), (4, 2));
        assert_eq!(options.throughput.servers, ["hyper", "rocket", "oserver-unrouted"]);
        assert_eq!(options.faults.servers, ["hyper", "rocket"]);
        assert_eq!(options.into, Some("x".into()));
    }

    #[test]
    fn wrong_arguments_are_named() {
        for (arguments, wrong) in [
            ("--servers oserver-uncounted", "there is no server `oserver-uncounted`"),
            ("--scenarios none", "there is no scenario `none`"),
            ("--fast", "there is no option `--fast` of `all`"),
        ] {
            assert_eq!(parse(arguments), Err(wrong.into()), "{arguments}");
        }
    }
}
