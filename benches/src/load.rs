//! Runs `wrk` as the load generator. A generator of our own would first have to be shown to be fast enough.

mod request;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::Process;

pub use request::Request;

/// It ends by itself after its seconds, but connects first, to servers in which nothing moves any more.
const GRACE: Duration = Duration::from_secs(15);

/// The results of one run of `wrk`.
#[derive(Debug, PartialEq)]
pub struct Load {
    pub requests_per_second: f64,
    pub requests: u64,
    /// `None` if nothing was answered.
    pub p50_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    /// Lines about answers or connections that failed: the figures are then no good.
    pub notes: Vec<String>,
}

impl Load {
    /// That of a server which answers nothing.
    pub fn none() -> Self {
        Self {
            requests_per_second: 0.0,
            requests: 0,
            p50_ms: None,
            p99_ms: None,
            notes: Vec::new(),
        }
    }
}

/// Asked before anything is started, for whoever lacks `wrk` should not wait for the answer.
pub fn available() -> Result<(), String> {
    // Its exit status says nothing: it is a failure for `--version`, too.
    wrk(&["--version".into()], Stdio::null).map(drop)
}

pub fn run(
    address: SocketAddr,
    request: Request,
    connections: u32,
    seconds: u32,
) -> Result<Load, String> {
    let script = request.script()?;
    let mut arguments = arguments(address, request.path(), connections, seconds).to_vec();
    arguments.extend(script.iter().flat_map(|script| ["-s".into(), script.argument()]));
    let wrk = wrk(&arguments, Stdio::piped)?;
    let limit = Duration::from_secs(seconds.into()) + GRACE;
    let (status, text) = wrk.finish(limit).map_err(|error| format!("wrk: {error}"))?;
    if !status.success() {
        return Err(format!("wrk failed: {}", text.trim()));
    }
    parse(&text).ok_or_else(|| format!("wrk printed what is not understood:\n{text}"))
}

/// Load that nobody measures; it ends when the value is dropped, or after `seconds`.
pub fn in_background(
    address: SocketAddr,
    path: &str,
    connections: u32,
    seconds: u32,
) -> Result<Process, String> {
    wrk(&arguments(address, path, connections, seconds), Stdio::null)
}

fn arguments(address: SocketAddr, path: &str, connections: u32, seconds: u32) -> [String; 5] {
    // It refuses to have more threads than connections.
    let threads = connections.min(2);
    [
        format!("-t{threads}"),
        format!("-c{connections}"),
        format!("-d{seconds}s"),
        "--latency".into(),
        format!("http://{address}{path}"),
    ]
}

fn wrk(arguments: &[String], output: fn() -> Stdio) -> Result<Process, String> {
    let mut command = Command::new("wrk");
    command.args(arguments).stdin(Stdio::null()).stdout(output()).stderr(output());
    Process::start(&mut command).map_err(|error| match error.kind() {
        ErrorKind::NotFound => "wrk is needed, install it: apt-get install wrk".into(),
        _ => format!("wrk cannot be started: {error}"),
    })
}

fn parse(output: &str) -> Option<Load> {
    let lines = || output.lines().map(str::trim);
    let after = |prefix| lines().find_map(|line| line.strip_prefix(prefix));
    let (requests, _) = lines().find_map(|line| line.split_once(" requests in "))?;
    let requests = requests.parse().ok()?;
    let latency = |part| milliseconds(after(part)?.trim());
    let (p50_ms, p99_ms) = (latency("50%")?, latency("99%")?);
    Some(Load {
        requests_per_second: after("Requests/sec:")?.trim().parse().ok()?,
        requests,
        // Without any answer, `wrk` reports latencies of zero.
        p50_ms: (requests > 0).then_some(p50_ms),
        p99_ms: (requests > 0).then_some(p99_ms),
        notes: lines().filter(|line| is_note(line)).map(String::from).collect(),
    })
}

fn is_note(line: &str) -> bool {
    (line.starts_with("Non-2xx") || line.starts_with("Socket errors")) && {
        let (_, counts) = line.split_once(':').unwrap_or_default();
        counts.contains(|character| matches!(character, '1'..='9'))
    }
}

fn milliseconds(text: &str) -> Option<f64> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic())?);
    let unit = match unit {
        "us" => 0.001,
        "ms" => 1.0,
        "s" => 1000.0,
        "m" => 60.0 * 1000.0,
        "h" => 60.0 * 60.0 * 1000.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
Running 1s test @ http://127.0.0.1:39269/ok
  2 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   268.83us  560.96us   8.03ms   92.17%
    Req/Sec    27.46k     2.02k   32.29k    80.95%
  Latency Distribution
     50%   91.00us
     75%  202.00us
     90%  581.00us
     99%    2.98ms
  57356 requests in 1.10s, 7.11MB read
Requests/sec:  52132.91
Transfer/sec:      6.46MB
";

    #[test]
    fn a_good_run_has_figures_and_no_notes() {
        let load = Load {
            requests_per_second: 52132.91,
            requests: 57356,
            p50_ms: Some(0.091),
            p99_ms: Some(2.98),
            notes: Vec::new(),
        };
        assert_eq!(parse(GOOD), Some(load));
    }

    #[test]
    fn failures_are_noted() {
        let failed = GOOD.replace(
            "Requests/sec:",
            "  Socket errors: connect 0, read 3, write 0, timeout 12\n  \
             Non-2xx or 3xx responses: 40\nRequests/sec:",
        );
        let notes = [
            "Socket errors: connect 0, read 3, write 0, timeout 12",
            "Non-2xx or 3xx responses: 40",
        ];
        assert_eq!(parse(&failed).map(|load| load.notes), Some(notes.map(String::from).into()));
    }

    #[test]
    fn failures_that_are_none_are_not_noted() {
        let zero = "  Socket errors: connect 0, read 0, write 0, timeout 0\n\
                    \x20 Non-2xx or 3xx responses: 0\n";
        let load = parse(&format!("{GOOD}{zero}"));
        assert_eq!(load.map(|load| load.notes), Some(Vec::new()));
    }

    #[test]
    fn a_server_that_answers_nothing_has_a_rate_and_no_latency() {
        let silent = "\
Running 1s test @ http://127.0.0.1:18999/ok
  2 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.00us    0.00us   0.00us    -nan%
    Req/Sec     0.00      0.00     0.00      -nan%
  Latency Distribution
     50%    0.00us
     75%    0.00us
     90%    0.00us
     99%    0.00us
  0 requests in 1.00s, 0.00B read
Requests/sec:      0.00
Transfer/sec:       0.00B
";
        assert_eq!(parse(silent), Some(Load::none()));
    }

    #[test]
    fn every_unit_of_latency_is_understood() {
        for (text, expected) in
            [("91.00us", 0.091), ("2.98ms", 2.98), ("1.50s", 1500.0), ("2.00m", 120_000.0)]
        {
            let found = milliseconds(text).expect(text);
            assert!((found - expected).abs() < 1e-9, "{text} is {found} ms");
        }
        assert_eq!(milliseconds("3.00"), None);
    }

    #[test]
    fn anything_else_is_not_understood() {
        assert_eq!(parse(""), None);
        assert_eq!(parse(&GOOD.replace("99%", "98%")), None);
    }
}
