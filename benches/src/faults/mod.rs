//! Measures the throughput that each server keeps while its handlers fail.

mod client;
mod outcome;
mod report;
mod scenario;

use std::time::Duration;

use crate::arguments::{each, names, number};
use crate::rounds::take_turns;
use crate::servers::{self, Server};

pub use self::outcome::Outcomes;
use self::scenario::SCENARIOS;
pub use self::scenario::{INNOCENT_CONNECTIONS, PATIENCE, Scenario};

/// How long a handler may take, where the server has such a thing.
pub const TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Debug, PartialEq)]
pub struct Options {
    pub servers: Vec<&'static str>,
    pub rounds: u32,
    pub seconds: u32,
    pub scenarios: Vec<&'static str>,
}

impl Default for Options {
    fn default() -> Self {
        Self { servers: servers::all(), rounds: 5, seconds: 3, scenarios: all_scenarios() }
    }
}

impl Options {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        each(" of `faults`", arguments, |name, value| {
            match name {
                "--rounds" => options.rounds = number(name, &value()?, 1)?,
                "--seconds" => options.seconds = number(name, &value()?, 1)?,
                "--servers" => options.servers = names("server", &servers::all(), &value()?)?,
                "--scenarios" => options.scenarios = scenarios(&value()?)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(options)
    }
}

pub fn scenarios(text: &str) -> Result<Vec<&'static str>, String> {
    names("scenario", &all_scenarios(), text)
}

fn all_scenarios() -> Vec<&'static str> {
    SCENARIOS.iter().map(|scenario| scenario.name).collect()
}

/// Those in which every server can be compared.
pub fn common_scenarios() -> Vec<&'static str> {
    let common = SCENARIOS.iter().filter(|scenario| !scenario.only_oserver);
    common.map(|scenario| scenario.name).collect()
}

/// The results of all rounds of a scenario.
pub struct ScenarioResult {
    pub scenario: &'static Scenario,
    pub servers: Vec<(&'static str, Outcomes)>,
    /// Errors that clients of healthy routes saw, with the server and the round.
    notes: Vec<String>,
    /// Errors that prevented a round, with the server and the round.
    pub failures: Vec<String>,
}

impl ScenarioResult {
    pub fn of(&self, server: &str) -> Option<&Outcomes> {
        let (_, outcomes) = self.servers.iter().find(|(kind, _)| *kind == server)?;
        Some(outcomes)
    }
}

pub fn measure(options: &Options) -> Vec<ScenarioResult> {
    println!(
        "\nrounds: {}, seconds: {}, timeout of handlers: {TIMEOUT:?}",
        options.rounds, options.seconds
    );
    let chosen = SCENARIOS.iter().filter(|known| options.scenarios.contains(&known.name));
    let play = |scenario| {
        let played = play(scenario, options);
        print!("\n{}", report::table(&played));
        played
    };
    chosen.map(play).collect()
}

/// Every time on a server that was started for it: what a scenario breaks stays broken.
fn play(scenario: &'static Scenario, options: &Options) -> ScenarioResult {
    let is_in = |kind: &&&str| !scenario.only_oserver || **kind == "oserver";
    let kinds = options.servers.iter().filter(is_in);
    let servers = kinds.map(|kind| (*kind, Outcomes::default())).collect();
    let mut played = ScenarioResult { scenario, servers, notes: Vec::new(), failures: Vec::new() };
    take_turns(options.rounds, played.servers.len(), |round, index| {
        let (kind, outcomes) = &mut played.servers[index];
        let outcome = Server::start_for_faults(kind, TIMEOUT)
            .and_then(|server| (scenario.run)(&server, options.seconds));
        let from = format!("{kind}, {}, round {}", scenario.name, round + 1);
        match outcome {
            Ok(outcome) => {
                let notes = outcome.innocents.iter().flat_map(|innocents| &innocents.after.notes);
                played.notes.extend(notes.map(|note| format!("{from}: {note}")));
                outcomes.0.push(outcome);
            }
            Err(failure) => played.failures.push(format!("{from}: {failure}")),
        }
    });
    played
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
        let kinds = ["hyper", "oserver", "axum", "axum-layers", "actix", "poem", "rocket"];
        assert_eq!(options.servers, kinds);
        assert_eq!((options.rounds, options.seconds), (5, 3));
        assert_eq!(options.scenarios.len(), SCENARIOS.len());
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
