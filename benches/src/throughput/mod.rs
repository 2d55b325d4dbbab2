//! Measures how many requests each server answers without faults, and how soon.

mod report;

use crate::arguments::{each, names, number, numbers};
use crate::load::{self, Request};
use crate::rounds::{median, take_turns};
use crate::servers::{self, Server};

#[derive(Debug, PartialEq)]
pub struct Options {
    pub rounds: u32,
    pub seconds: u32,
    pub connections: Vec<u32>,
    pub servers: Vec<&'static str>,
    pub request: Request,
    pub idle: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounds: 5,
            seconds: 3,
            connections: vec![8, 64, 512],
            servers: servers::KINDS.to_vec(),
            request: Request::Ok,
            idle: 1000,
        }
    }
}

impl Options {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let known = servers::with_uncounted();
        each("", arguments, |name, value| {
            match name {
                "--rounds" => options.rounds = number(name, &value()?, 1)?,
                "--seconds" => options.seconds = number(name, &value()?, 1)?,
                "--idle" => options.idle = number(name, &value()?, 0)?,
                "--connections" => options.connections = numbers(name, &value()?)?,
                "--request" => {
                    let name = value()?;
                    options.request = Request::of_name(&name)
                        .ok_or(format!("there is no request `{name}`: {:?}", Request::NAMES))?;
                }
                "--servers" => options.servers = names("server", &known, &value()?)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(options)
    }
}

/// One server under load in one round.
#[derive(Clone)]
pub struct Sample {
    pub requests_per_second: f64,
    pub p50_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub cpu_us: Option<f64>,
}

/// The results of all rounds at one number of connections.
pub struct Measured {
    pub connections: u32,
    servers: Vec<&'static str>,
    /// The samples of each server, one a round; `None` where a round could not be measured.
    samples: Vec<Vec<Option<Sample>>>,
    /// Errors that make figures invalid.
    pub notes: Vec<String>,
}

impl Measured {
    /// Returns the median of ratios within a round, not the ratio of medians: a cause that slows the machine for a
    /// while slows both sides of a round.
    pub fn ratio(&self, server: &str, base: &str) -> Option<f64> {
        let rounds = self.of(server)?.iter().zip(self.of(base)?);
        let rates = rounds.filter_map(|(own, base)| own.as_ref().zip(base.as_ref()));
        median(rates.map(|(own, base)| own.requests_per_second / base.requests_per_second))
    }

    /// The CPU time of a request of `base` as a multiple of that of `server`, within a round.
    pub fn cpu_ratio(&self, server: &str, base: &str) -> Option<f64> {
        let rounds = self.of(server)?.iter().zip(self.of(base)?);
        let samples = rounds.filter_map(|(own, base)| own.as_ref().zip(base.as_ref()));
        median(samples.filter_map(|(own, base)| Some(base.cpu_us? / own.cpu_us?)))
    }

    pub fn median(&self, server: &str, pick: fn(&Sample) -> Option<f64>) -> Option<f64> {
        median(self.of(server)?.iter().flatten().filter_map(pick))
    }

    fn of(&self, server: &str) -> Option<&[Option<Sample>]> {
        let at = self.servers.iter().position(|other| *other == server)?;
        Some(&self.samples[at])
    }
}

/// The servers live through all of it: those that are not loaded sit idle.
pub fn measure(options: &Options) -> Result<Vec<Measured>, String> {
    let servers: Vec<Server> =
        options.servers.iter().map(|kind| Server::start(kind)).collect::<Result<_, _>>()?;
    let mut all = Vec::new();
    for &connections in &options.connections {
        let mut measured = Measured {
            connections,
            servers: options.servers.clone(),
            samples: vec![Vec::new(); servers.len()],
            notes: Vec::new(),
        };
        take_turns(options.rounds, servers.len(), |round, index| {
            let server = &servers[index];
            let (sample, found) =
                match sample(server, options.request, connections, options.seconds) {
                    Ok((sample, notes)) => (Some(sample), notes),
                    Err(failure) => (None, vec![failure]),
                };
            measured.samples[index].push(sample);
            let from = format!("{}, {connections} connections, round {}", server.kind(), round + 1);
            measured.notes.extend(found.iter().map(|note| format!("{from}: {note}")));
        });
        println!(
            "\nconnections: {connections}, rounds: {}, seconds: {}",
            options.rounds, options.seconds
        );
        print!("{}", report::table(&measured));
        all.push(measured);
    }
    Ok(all)
}

fn sample(
    server: &Server,
    request: Request,
    connections: u32,
    seconds: u32,
) -> Result<(Sample, Vec<String>), String> {
    let before = server.cpu_time();
    let load = load::run(server.address(), request, connections, seconds)?;
    let spent = server.cpu_time().zip(before).map(|(after, before)| after.saturating_sub(before));
    let sample = Sample {
        requests_per_second: load.requests_per_second,
        p50_ms: load.p50_ms,
        p99_ms: load.p99_ms,
        cpu_us: spent
            .filter(|_| load.requests > 0)
            .map(|spent| spent.as_secs_f64() * 1e6 / load.requests as f64),
    };
    Ok((sample, load.notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<Options, String> {
        Options::parse(arguments.split_whitespace().map(String::from))
    }

    #[test]
    fn without_arguments_everything_is_measured() {
        assert_eq!(parse(""), Ok(Options::default()));
    }

    #[test]
    fn every_option_is_taken() {
        let options = parse(
            "--rounds 2 --seconds 1 --connections 1,9 --servers axum-layers,rocket --request user --idle 0",
        );
        let expected = Options {
            rounds: 2,
            seconds: 1,
            connections: vec![1, 9],
            servers: vec!["axum-layers", "rocket"],
            request: Request::User,
            idle: 0,
        };
        assert_eq!(options, Ok(expected));
    }

    #[test]
    fn wrong_arguments_are_named() {
        for (arguments, wrong) in [
            ("--rounds 0", "`--rounds` takes whole numbers from 1 on, not `0`"),
            ("--seconds x", "`--seconds` takes whole numbers from 1 on, not `x`"),
            ("--connections 8,", "`--connections` takes whole numbers from 1 on, not ``"),
            ("--idle -1", "`--idle` takes whole numbers from 0 on, not `-1`"),
            ("--servers nginx", "there is no server `nginx`"),
            (
                "--request none",
                r#"there is no request `none`: ["ok", "many", "user", "json", "large"]"#,
            ),
            ("--servers axum,axum", "`axum` is named twice"),
            ("--rounds", "`--rounds` needs a value"),
            ("--fast", "there is no option `--fast`"),
        ] {
            assert_eq!(parse(arguments), Err(wrong.into()), "{arguments}");
        }
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let samples = |rates: [Option<f64>; 4]| {
            let sample = |rate| Sample {
                requests_per_second: rate,
                p50_ms: None,
                p99_ms: None,
                cpu_us: None,
            };
            rates.map(|rate| rate.map(sample)).to_vec()
        };
        let measured = Measured {
            connections: 8,
            servers: vec!["hyper", "oserver"],
            samples: vec![
                samples([Some(100.0), Some(10.0), Some(1000.0), Some(1.0)]),
                samples([Some(50.0), Some(30.0), Some(900.0), None]),
            ],
            notes: Vec::new(),
        };
        assert_eq!(measured.ratio("oserver", "hyper"), Some(0.9));
        assert_eq!(measured.ratio("oserver", "axum"), None);
        assert_eq!(measured.cpu_ratio("oserver", "hyper"), None);
        assert_eq!(
            measured.median("oserver", |sample| Some(sample.requests_per_second)),
            Some(50.0)
        );
    }
}
