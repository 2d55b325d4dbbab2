//! What is done to a server, and what of it is measured.

use std::thread;
use std::time::Duration;

use crate::load::{self, Load};
use crate::servers::Server;

use super::{TIMEOUT, client};

/// The load of those who are served while others are not.
const INNOCENT_CONNECTIONS: u32 = 64;
const STORM_CONNECTIONS: u32 = 16;

/// One that is asked for alone is waited for this long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Those that are asked for together. Then what is left of the server is measured.
const CROWD_PATIENCE: Duration = Duration::from_secs(3);

pub struct Scenario {
    pub name: &'static str,
    pub does: &'static str,
    /// What oserver must show.
    pub wanted: &'static str,
    /// Titles, and how many decimals the figures below them have.
    pub columns: &'static [(&'static str, usize)],
    /// The others have nothing that could be broken like this.
    pub only_oserver: bool,
    pub run: fn(&Server, u32) -> Result<Outcome, String>,
}

/// Of one round.
pub struct Outcome {
    /// One for each column.
    pub values: Vec<Value>,
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `None` is worse than any figure: nothing was answered.
    Figure(Option<f64>),
    Text(String),
}

const ONE_COLUMNS: &[(&str, usize)] =
    &[("status", 0), ("time / timeout", 3), ("longest /ok ms", 2)];

const CROWD_COLUMNS: &[(&str, usize)] = &[
    ("504s", 0),
    ("other answers", 0),
    ("longest / timeout", 3),
    ("requests/s", 0),
    ("faulted", 0),
    ("ratio", 3),
    ("p99 ratio", 2),
];

const STORM_COLUMNS: &[(&str, usize)] =
    &[("requests/s", 0), ("faulted", 0), ("ratio", 3), ("p99 ratio", 2), ("panics counted", 0)];

pub const SCENARIOS: [Scenario; 6] = [
    Scenario {
        name: "one-blocked",
        does: "one handler blocks its thread on an idle server, /ok is asked for meanwhile \
               (5000 ms: not answered)",
        wanted: "504 within 1.1 x the timeout, /ok below 5 ms",
        columns: ONE_COLUMNS,
        only_oserver: false,
        run: one_blocked,
    },
    Scenario {
        name: "hundred-blocked",
        does: "100 handlers of one route block their threads at once, then /ok under load",
        wanted: "100 x 504 within 1.1 x the timeout, ratio at least 0.95, p99 ratio at most 2",
        columns: CROWD_COLUMNS,
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &["/block/a"; 100]),
    },
    Scenario {
        name: "eight-spinning",
        does: "8 handlers compute for ever, then /ok under load",
        wanted: "ratio at least 0.85 on 2 cores",
        columns: CROWD_COLUMNS,
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &["/spin"; 8]),
    },
    Scenario {
        name: "three-routes",
        does: "30 handlers of each of 3 routes block their threads at once, then /ok under load",
        wanted: "ratio at least 0.5",
        columns: CROWD_COLUMNS,
        only_oserver: false,
        run: |server, seconds| {
            crowd(server, seconds, ["/block/a", "/block/b", "/block/c"].repeat(30).as_slice())
        },
    },
    Scenario {
        name: "four-owners",
        does: "4 state owners block their threads at once, then /ok under load",
        wanted: "ratio at least 0.8",
        columns: CROWD_COLUMNS,
        only_oserver: true,
        run: |server, seconds| {
            crowd(server, seconds, &["/wedge/0", "/wedge/1", "/wedge/2", "/wedge/3"])
        },
    },
    Scenario {
        name: "panic-storm",
        does: "16 connections ask for /panic without pause, with backtraces on, and 64 for /ok",
        wanted: "ratio at least 0.4, every panic counted",
        columns: STORM_COLUMNS,
        only_oserver: false,
        run: panic_storm,
    },
];

fn one_blocked(server: &Server, _seconds: u32) -> Result<Outcome, String> {
    let address = server.address();
    let block = || client::at_once(address, &["/block/a"], PATIENCE);
    let (longest, answers) = client::longest_wait_during(address, PATIENCE, block)
        .map_err(|error| format!("the idle server does not answer: {error}"))?;
    let answer = answers[0];
    let values = vec![
        Value::Text(answer.status.map_or("none".into(), |status| status.to_string())),
        Value::Figure(answer.status.map(|_| of_timeout(answer.took))),
        Value::Figure(Some(longest.as_secs_f64() * 1e3)),
    ];
    Ok(Outcome { values, notes: Vec::new() })
}

fn crowd(server: &Server, seconds: u32, paths: &[&str]) -> Result<Outcome, String> {
    let before = unfaulted(server, seconds)?;
    let answers = client::at_once(server.address(), paths, CROWD_PATIENCE);
    let after = faulted(server, seconds);
    let answered = answers.iter().filter(|answer| answer.status.is_some());
    let timeouts = answers.iter().filter(|answer| answer.status == Some(504)).count();
    let mut values = vec![
        Value::Text(timeouts.to_string()),
        Value::Text((answered.clone().count() - timeouts).to_string()),
        Value::Figure(answered.map(|answer| of_timeout(answer.took)).reduce(f64::max)),
    ];
    values.extend(compare(&before, &after));
    Ok(Outcome { values, notes: after.notes })
}

fn panic_storm(server: &Server, seconds: u32) -> Result<Outcome, String> {
    let before = unfaulted(server, seconds)?;
    let storm = load::in_background(
        server.address(),
        "/panic",
        STORM_CONNECTIONS,
        seconds.saturating_add(5),
    )?;
    // So that all of its connections are there.
    thread::sleep(Duration::from_millis(300));
    let after = faulted(server, seconds);
    drop(storm);
    let mut values = compare(&before, &after).to_vec();
    // The others count nothing.
    let counted = if server.kind() == "oserver" { counted(server)? } else { "-".into() };
    values.push(Value::Text(counted));
    Ok(Outcome { values, notes: after.notes })
}

/// How many panics were counted of how many that clients saw.
fn counted(server: &Server) -> Result<String, String> {
    let address = server.address();
    let panics = || client::ask_number(address, "/counts", PATIENCE);
    let count = || {
        let mut before = panics()?;
        // What the storm left behind is still on its way through the server.
        loop {
            thread::sleep(Duration::from_millis(100));
            let now = panics()?;
            if now == before {
                break;
            }
            before = now;
        }
        let seen = client::failures(address, "/panic", 10, 100, PATIENCE)?;
        Ok(format!("{} of {seen}", panics()? - before))
    };
    count().map_err(|error: std::io::Error| format!("the panics cannot be counted: {error}"))
}

fn unfaulted(server: &Server, seconds: u32) -> Result<Load, String> {
    load::run(server.address(), INNOCENT_CONNECTIONS, seconds)
}

/// A server that cannot even be connected to is a result, too.
fn faulted(server: &Server, seconds: u32) -> Load {
    load::run(server.address(), INNOCENT_CONNECTIONS, seconds).unwrap_or_else(|failure| Load {
        requests_per_second: 0.0,
        requests: 0,
        p99_ms: None,
        notes: vec![failure],
    })
}

fn compare(before: &Load, after: &Load) -> [Value; 4] {
    [
        Value::Figure(Some(before.requests_per_second)),
        Value::Figure(Some(after.requests_per_second)),
        Value::Figure(Some(after.requests_per_second / before.requests_per_second)),
        Value::Figure(after.p99_ms.zip(before.p99_ms).map(|(after, before)| after / before)),
    ]
}

fn of_timeout(took: Duration) -> f64 {
    took.as_secs_f64() / TIMEOUT.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_dead_afterwards_has_a_ratio_of_zero_and_no_p99() {
        let load = |requests_per_second, p99_ms| Load {
            requests_per_second,
            requests: 1,
            p99_ms,
            notes: Vec::new(),
        };
        let values = compare(&load(200.0, Some(2.0)), &load(0.0, None));
        let expected = [Some(200.0), Some(0.0), Some(0.0), None];
        assert_eq!(values, expected.map(Value::Figure));
        let values = compare(&load(200.0, Some(2.0)), &load(100.0, Some(3.0)));
        let expected = [200.0, 100.0, 0.5, 1.5];
        assert_eq!(values, expected.map(|figure| Value::Figure(Some(figure))));
    }
}
