//! What is left of a server in which handlers go wrong, beside what is left of its peers.

mod client;
mod report;
mod scenario;

use std::time::Duration;

use crate::arguments::{names, number};
use crate::servers::{KINDS, PEERS, Server};

use self::scenario::{SCENARIOS, Scenario};

/// How long a handler may take, where the server has such a thing.
const TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Debug, PartialEq)]
pub struct Options {
    pub servers: Vec<&'static str>,
    rounds: u32,
    seconds: u32,
    scenarios: Vec<&'static str>,
}

impl Default for Options {
    fn default() -> Self {
        Self { servers: all_servers(), rounds: 5, seconds: 3, scenarios: all_scenarios() }
    }
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("`{name}` needs a value"));
            match &*name {
                "--rounds" => options.rounds = number(&name, &value()?, 1)?,
                "--seconds" => options.seconds = number(&name, &value()?, 1)?,
                "--servers" => options.servers = names("server", &all_servers(), &value()?)?,
                "--scenarios" => {
                    options.scenarios = names("scenario", &all_scenarios(), &value()?)?;
                }
                _ => return Err(format!("there is no option `{name}` of `faults`")),
            }
        }
        Ok(options)
    }
}

fn all_servers() -> Vec<&'static str> {
    KINDS.into_iter().chain(PEERS).collect()
}

fn all_scenarios() -> Vec<&'static str> {
    SCENARIOS.iter().map(|scenario| scenario.name).collect()
}

pub fn measure(options: &Options) -> Result<(), String> {
    println!(
        "rounds: {}, seconds: {}, timeout of handlers: {TIMEOUT:?}",
        options.rounds, options.seconds
    );
    for scenario in SCENARIOS.iter().filter(|known| options.scenarios.contains(&known.name)) {
        print!("\n{}", play(scenario, options)?);
    }
    Ok(())
}

/// Every time on a server that was started for it: what a scenario breaks stays broken.
fn play(scenario: &Scenario, options: &Options) -> Result<String, String> {
    let is_in = |kind: &&&str| !scenario.only_oserver || **kind == "oserver";
    let servers: Vec<_> = options.servers.iter().filter(is_in).copied().collect();
    let mut rounds = vec![Vec::new(); servers.len()];
    let mut notes = Vec::new();
    for round in 0..options.rounds {
        let mut order: Vec<usize> = (0..servers.len()).collect();
        // What drifts during a round must not always hurt the same server.
        if round % 2 == 1 {
            order.reverse();
        }
        for index in order {
            let kind = servers[index];
            let outcome = Server::start_for_faults(kind, TIMEOUT)
                .and_then(|server| (scenario.run)(&server, options.seconds))
                .map_err(|failure| format!("{}, {kind}: {failure}", scenario.name))?;
            rounds[index].push(outcome.values);
            let from = format!("note: {kind}, round {}", round + 1);
            notes.extend(outcome.notes.iter().map(|note| format!("{from}: {note}\n")));
        }
    }
    Ok(report::table(scenario, &servers, &rounds) + &notes.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<Options, String> {
        Options::parse(arguments.split_whitespace().map(String::from))
    }

    #[test]
    fn without_arguments_everything_is_measured() {
        let options = parse("").expect("options");
        let kinds = ["hyper", "oserver", "axum", "axum-layers", "actix", "poem"];
        assert_eq!(options.servers, kinds);
        assert_eq!((options.rounds, options.seconds, options.scenarios.len()), (5, 3, 6));
    }

    #[test]
    fn every_option_is_taken() {
        let options = parse(
            "--rounds 2 --seconds 1 --servers poem,hyper --scenarios panic-storm,one-blocked",
        );
        let expected = Options {
            servers: vec!["poem", "hyper"],
            rounds: 2,
            seconds: 1,
            scenarios: vec!["panic-storm", "one-blocked"],
        };
        assert_eq!(options, Ok(expected));
    }

    #[test]
    fn wrong_arguments_are_named() {
        for (arguments, wrong) in [
            ("--rounds 0", "`--rounds` takes whole numbers from 1 on, not `0`"),
            ("--servers nginx", "there is no server `nginx`"),
            ("--scenarios two-blocked", "there is no scenario `two-blocked`"),
            ("--scenarios panic-storm,panic-storm", "`panic-storm` is named twice"),
            ("--scenarios", "`--scenarios` needs a value"),
            ("--idle 5", "there is no option `--idle` of `faults`"),
        ] {
            assert_eq!(parse(arguments), Err(wrong.into()), "{arguments}");
        }
    }
}
