//! What a connection costs that waits for its next request.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::servers::Server;
use crate::{http, table};

/// For what a process has open besides the connections.
const OTHER_FILES: usize = 64;

/// A server that does not answer is an error, not a reason to wait for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// Each server is started anew, for memory that load has left behind would be taken again.
pub fn table(servers: &[&'static str], wanted: usize) -> Result<String, String> {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let mut text = String::new();
    let mut connections = wanted;
    // The servers inherit the limit, so it is the same on both sides.
    if let Some(limit) = open_files(&limits)
        && limit < wanted + OTHER_FILES
    {
        connections = limit.saturating_sub(OTHER_FILES);
        text += &format!("open files are limited to {limit}: {connections} connections only\n");
    }
    if connections == 0 {
        return Ok(text);
    }
    text += &format!("connections: {connections}\n");
    let mut costs = Vec::new();
    for kind in servers {
        let weighed = weigh(kind, connections).map_err(|error| format!("{kind}: {error}"))?;
        if weighed.closed > 0 {
            text += &format!("note: {kind} closed {} of them\n", weighed.closed);
        }
        costs.push((*kind, weighed));
    }
    Ok(text + &print(&costs))
}

struct Weighed {
    before: Option<u64>,
    after: Option<u64>,
    connections: usize,
    closed: usize,
}

impl Weighed {
    fn kib_per_connection(&self) -> Option<f64> {
        Some((self.after? as f64 - self.before? as f64) / self.connections as f64)
    }
}

fn print(costs: &[(&str, Weighed)]) -> String {
    let hyper = costs.iter().find(|(kind, _)| *kind == "hyper");
    let hyper = hyper.and_then(|(_, weighed)| weighed.kib_per_connection());
    let mut rows = vec![
        ["server", "KiB before", "KiB after", "KiB/connection", "/ hyper"]
            .map(String::from)
            .to_vec(),
    ];
    for (kind, weighed) in costs {
        let own = weighed.kib_per_connection();
        rows.push(vec![
            kind.to_string(),
            table::cell(weighed.before.map(|kib| kib as f64), 0),
            table::cell(weighed.after.map(|kib| kib as f64), 0),
            table::cell(own, 2),
            table::cell(own.zip(hyper).map(|(own, hyper)| own / hyper), 3),
        ]);
    }
    table::aligned(&rows)
}

fn weigh(kind: &'static str, connections: usize) -> Result<Weighed, String> {
    let server = Server::start(kind)?;
    let open = || ask(server.address()).map_err(|error| format!("an idle connection: {error}"));
    // Code that is read in and what threads set up once are no cost of a connection.
    let _first = open()?;
    let before = server.resident_kib();
    let idle = (0..connections).map(|_| open()).collect::<Result<Vec<_>, _>>()?;
    let after = server.resident_kib();
    let closed = idle.iter().filter(|stream| !is_open(stream)).count();
    Ok(Weighed { before, after, connections, closed })
}

/// A connection that has made one request and is kept for the next.
fn ask(address: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    http::send(&mut stream, address, "/ok")?;
    match http::read(&mut stream)?.status {
        200 => Ok(stream),
        status => Err(io::Error::other(format!("unexpected status {status}"))),
    }
}

fn is_open(stream: &TcpStream) -> bool {
    // Nothing is to come, so only a closed connection has anything to tell.
    stream.set_nonblocking(true).is_ok()
        && matches!(stream.peek(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

/// The limit that holds; `None` where there is none, or none to be known.
fn open_files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_that_holds_is_the_soft_one() {
        let limits = "Max processes             100     200     processes\n\
                      Max open files            1024    524288  files\n";
        assert_eq!(open_files(limits), Some(1024));
        assert_eq!(open_files("Max open files            unlimited  unlimited  files\n"), None);
    }

    #[test]
    fn costs_are_given_beside_hyper() {
        let weighed = |after| Weighed { before: Some(1000), after, connections: 10, closed: 0 };
        let costs = [("hyper", weighed(Some(1100))), ("oserver", weighed(Some(1125)))];
        let expected = "\
server   KiB before  KiB after  KiB/connection  / hyper
hyper          1000       1100           10.00    1.000
oserver        1000       1125           12.50    1.250
";
        assert_eq!(print(&costs), expected);
        let unknown = print(&[("oserver", weighed(None))]);
        assert!(unknown.ends_with("oserver        1000          -               -        -\n"));
    }
}
