//! Measures oserver beside its peers: `cargo run --release -- all` runs all modes.

mod all;
mod arguments;
mod faults;
mod http;
mod load;
mod memory;
mod process;
mod results;
mod rounds;
mod servers;
mod table;
mod throughput;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo run --release -- [OPTION VALUE]...
  --rounds N            rounds, at least 1 (default 5)
  --seconds S           seconds for each server and round, at least 1 (default 3)
  --connections N,N,..  numbers of connections, each at least 1 (default 8,64,512)
  --servers KIND,..     some of hyper,oserver,axum,axum-layers (default these),actix,poem,rocket, oserver-unrouted:
                        one handler without a router, like hyper's, and oserver-uncounted: oserver without
                        counters and without the data of records
  --request NAME        ok: a short text (default), many: one of a hundred static paths, user: a path with a parameter,
                        json: 1 KiB of JSON there and back, large: a response of 64 KiB; hyper, oserver and axum have them
  --idle N              idle connections whose memory is measured, 0 for none (default 1000)
or, for the throughput that a server keeps while its handlers fail:
usage: cargo run --release -- faults [OPTION VALUE]...
  --rounds N            rounds, at least 1 (default 5)
  --seconds S           seconds for each measurement, at least 1 (default 3)
  --servers KIND,..     some of hyper,oserver,axum,axum-layers,actix,poem,rocket (default all)
  --scenarios NAME,..   some of panic-storm,panic-payload,panic-body,middleware-panic,extractor-block,hundred-awaiting,
                        one-blocked,hundred-blocked,three-routes,read-then-block,drop-then-block,eight-spinning,
                        block-body,spin-body,poisoned-state,wedged-state,count-then-block,four-actors (default all)
or, for both, as one table and one plot, which takes about 25 minutes:
usage: cargo run --release -- all [OPTION VALUE]...
  --rounds N            rounds of both, at least 1 (default 3)
  --seconds S           seconds for each throughput, at least 1 (default 2)
  --fault-seconds S     seconds for each measurement of kept throughput, at least 1 (default 1)
  --connections, --servers, --scenarios, --idle
                        as above (default all servers, and all scenarios but four-actors)
  --into FOLDER         where table.md and plot.svg go (default results, and into docs/benchmarks.md)
";

enum Mode {
    Throughput(throughput::Options),
    Faults(faults::Options),
    All(all::Options),
}

impl Mode {
    fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.peekable();
        if arguments.next_if(|first| first == "faults").is_some() {
            faults::Options::parse(arguments).map(Self::Faults)
        } else if arguments.next_if(|first| first == "all").is_some() {
            all::Options::parse(arguments).map(Self::All)
        } else {
            throughput::Options::parse(arguments).map(Self::Throughput)
        }
    }

    fn servers(&self) -> &[&'static str] {
        match self {
            Self::Throughput(options) => &options.servers,
            Self::Faults(options) => &options.servers,
            Self::All(options) => options.servers(),
        }
    }

    fn measure(&self) -> Result<(), String> {
        match self {
            Self::Throughput(options) => {
                throughput::measure(options)?;
                memory::measure(&options.servers, options.idle);
                Ok(())
            }
            Self::Faults(options) => {
                faults::measure(options);
                Ok(())
            }
            Self::All(options) => all::measure(options),
        }
    }
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
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
    let measured = servers::build(mode.servers()).and_then(|()| {
        println!("{}", results::machine());
        mode.measure()
    });
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usage_names_every_scenario_and_server() {
        let named: Vec<&str> = USAGE.split([' ', ',', ':', '\n']).collect();
        let servers = servers::with_uncounted();
        for name in faults::Options::default().scenarios.into_iter().chain(servers) {
            assert!(named.contains(&name), "{name}");
        }
    }

    #[test]
    fn the_mode_is_the_first_word_if_it_is_there() {
        let mode = |arguments: &str| Mode::parse(arguments.split_whitespace().map(String::from));
        assert!(matches!(mode("--rounds 2"), Ok(Mode::Throughput(_))));
        assert!(matches!(mode("faults --rounds 2"), Ok(Mode::Faults(_))));
        assert!(matches!(mode("all --rounds 2"), Ok(Mode::All(_))));
        assert!(mode("--rounds 2 faults").is_err());
    }
}
