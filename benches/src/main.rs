//! Measures oserver beside what a user would pick instead: `cargo run --release` does it all.

mod arguments;
mod faults;
mod http;
mod load;
mod memory;
mod process;
mod servers;
mod table;

use std::process::ExitCode;

use crate::arguments::{names, number};
use crate::servers::Server;
use crate::table::Sample;

const USAGE: &str = "\
usage: cargo run --release -- [OPTION VALUE]...
  --rounds N            rounds, at least 1 (default 5)
  --seconds S           seconds for each server and round, at least 1 (default 3)
  --connections N,N,..  numbers of connections, each at least 1 (default 8,64,512)
  --servers KIND,..     some of hyper,oserver,axum,axum-layers (default all), and oserver-uncounted:
                        oserver without counters and without what it keeps for records
  --idle N              idle connections to weigh, 0 to leave that out (default 1000)
or, for what is left of a server in which handlers go wrong:
usage: cargo run --release -- faults [OPTION VALUE]...
  --rounds N            rounds, at least 1 (default 5)
  --seconds S           seconds for each measurement, at least 1 (default 3)
  --servers KIND,..     some of hyper,oserver,axum,axum-layers,actix,poem (default all)
  --scenarios NAME,..   some of one-blocked,hundred-blocked,eight-spinning,three-routes,four-owners,panic-storm
                        (default all)
";

#[derive(Debug, PartialEq)]
struct Options {
    rounds: u32,
    seconds: u32,
    connections: Vec<u32>,
    servers: Vec<&'static str>,
    idle: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounds: 5,
            seconds: 3,
            connections: vec![8, 64, 512],
            servers: servers::KINDS.to_vec(),
            idle: 1000,
        }
    }
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("`{name}` needs a value"));
            match &*name {
                "--rounds" => options.rounds = number(&name, &value()?, 1)?,
                "--seconds" => options.seconds = number(&name, &value()?, 1)?,
                "--idle" => options.idle = number(&name, &value()?, 0)?,
                "--connections" => {
                    let numbers = value()?;
                    let numbers = numbers.split(',').map(|item| number(&name, item, 1));
                    options.connections = numbers.collect::<Result<_, _>>()?;
                }
                "--servers" => options.servers = names("server", &with_uncounted(), &value()?)?,
                _ => return Err(format!("there is no option `{name}`")),
            }
        }
        Ok(options)
    }
}

fn with_uncounted() -> Vec<&'static str> {
    servers::KINDS.into_iter().chain([servers::UNCOUNTED]).collect()
}

enum Mode {
    Throughput(Options),
    Faults(faults::Options),
}

impl Mode {
    fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.peekable();
        if arguments.next_if(|first| first == "faults").is_some() {
            faults::Options::parse(arguments).map(Self::Faults)
        } else {
            Options::parse(arguments).map(Self::Throughput)
        }
    }
}

fn main() -> ExitCode {
    let mode = match Mode::parse(std::env::args().skip(1)) {
        Ok(mode) => mode,
        Err(wrong) => {
            eprint!("{wrong}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if let Err(missing) = load::available() {
        eprintln!("{missing}");
        return ExitCode::from(2);
    }
    match measure(&mode) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(mode: &Mode) -> Result<(), String> {
    let (Mode::Throughput(Options { servers, .. }) | Mode::Faults(faults::Options { servers, .. })) =
        mode;
    servers::build(servers)?;
    println!("{}", machine());
    match mode {
        Mode::Throughput(options) => {
            throughput(options)?;
            if options.idle > 0 {
                print!("\nidle memory\n{}", memory::table(&options.servers, options.idle)?);
            }
            Ok(())
        }
        Mode::Faults(options) => faults::measure(options),
    }
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or("?".into(), |cores| cores.to_string());
    let version = std::fs::read_to_string("/proc/version").unwrap_or_default();
    // The rest of it tells who built the kernel, and with what.
    let kernel = version.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    format!("cores: {cores}, kernel: {}", if kernel.is_empty() { "?" } else { &kernel })
}

/// The servers live through all of it: those that are not loaded sit idle.
fn throughput(options: &Options) -> Result<(), String> {
    let servers: Vec<Server> =
        options.servers.iter().map(|kind| Server::start(kind)).collect::<Result<_, _>>()?;
    for &connections in &options.connections {
        let mut samples = vec![Vec::new(); servers.len()];
        let mut notes = Vec::new();
        for round in 0..options.rounds {
            let mut order: Vec<usize> = (0..servers.len()).collect();
            // What drifts during a round must not always hurt the same server.
            if round % 2 == 1 {
                order.reverse();
            }
            for index in order {
                let server = &servers[index];
                let (sample, found) = sample(server, connections, options.seconds)?;
                samples[index].push(sample);
                let from = format!("note: {}, round {}", server.kind(), round + 1);
                notes.extend(found.iter().map(|note| format!("{from}: {note}")));
            }
        }
        println!(
            "\nconnections: {connections}, rounds: {}, seconds: {}",
            options.rounds, options.seconds
        );
        print!("{}", table::throughput(&options.servers, &samples));
        for note in notes {
            println!("{note}");
        }
    }
    Ok(())
}

fn sample(
    server: &Server,
    connections: u32,
    seconds: u32,
) -> Result<(Sample, Vec<String>), String> {
    let before = server.cpu_time();
    let load = load::run(server.address(), connections, seconds)
        .map_err(|failure| format!("{}: {failure}", server.kind()))?;
    let spent = server.cpu_time().zip(before).map(|(after, before)| after.saturating_sub(before));
    let sample = Sample {
        requests_per_second: load.requests_per_second,
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
    fn the_mode_is_the_first_word_if_it_is_there() {
        let mode = |arguments: &str| Mode::parse(arguments.split_whitespace().map(String::from));
        assert!(matches!(mode("--rounds 2"), Ok(Mode::Throughput(_))));
        assert!(matches!(mode("faults --rounds 2"), Ok(Mode::Faults(_))));
        assert!(mode("--rounds 2 faults").is_err());
    }

    #[test]
    fn every_option_is_taken() {
        let options =
            parse("--rounds 2 --seconds 1 --connections 1,9 --servers axum-layers,hyper --idle 0");
        let expected = Options {
            rounds: 2,
            seconds: 1,
            connections: vec![1, 9],
            servers: vec!["axum-layers", "hyper"],
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
            ("--servers axum,axum", "`axum` is named twice"),
            ("--rounds", "`--rounds` needs a value"),
            ("--fast", "there is no option `--fast`"),
        ] {
            assert_eq!(parse(arguments), Err(wrong.into()), "{arguments}");
        }
    }
}
