//! Measures the memory of an idle connection.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::servers::Server;
use crate::{http, table};

/// For what a process has open besides the connections.
const OTHER_FILES: usize = 64;

/// A server that does not answer is an error, not a reason to wait for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// The memory use of each server with this many idle connections.
pub struct MemoryUse {
    pub connections: usize,
    pub costs: Vec<(&'static str, Weighed)>,
    pub notes: Vec<String>,
}

#[derive(Clone, Copy)]
pub struct Weighed {
    before: Option<u64>,
    after: Option<u64>,
    connections: usize,
    closed: usize,
}

impl Weighed {
    pub fn kib_per_connection(&self) -> Option<f64> {
        Some((self.after? as f64 - self.before? as f64) / self.connections as f64)
    }
}

impl MemoryUse {
    pub fn kib_per_connection(&self, server: &str) -> Option<f64> {
        let (_, weighed) = self.costs.iter().find(|(kind, _)| *kind == server)?;
        weighed.kib_per_connection()
    }
}

/// Each server is started anew, for memory that load has left behind would be taken again.
pub fn measure(servers: &[&'static str], wanted: usize) -> MemoryUse {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let mut memory_use = MemoryUse { connections: wanted, costs: Vec::new(), notes: Vec::new() };
    // The servers inherit the limit, so it is the same on both sides.
    if let Some(limit) = open_files(&limits)
        && limit < wanted + OTHER_FILES
    {
        memory_use.connections = limit.saturating_sub(OTHER_FILES);
        memory_use.notes.push(format!("open files are limited to {limit}"));
    }
    if memory_use.connections > 0 {
        for kind in servers {
            match weigh(kind, memory_use.connections) {
                Ok(weighed) => {
                    if weighed.closed > 0 {
                        let closed = weighed.closed;
                        memory_use.notes.push(format!("{kind} closed {closed} idle connections"));
                    }
                    memory_use.costs.push((kind, weighed));
                }
                Err(failure) => {
                    memory_use.notes.push(format!("{kind}, idle connections: {failure}"))
                }
            }
        }
        print!("\nidle connections: {}\n{}", memory_use.connections, table(&memory_use));
    }
    memory_use
}

fn table(memory_use: &MemoryUse) -> String {
    let hyper = memory_use.kib_per_connection("hyper");
    let mut rows = vec![
        ["server", "KiB before", "KiB after", "KiB/connection", "/ hyper"]
            .map(String::from)
            .to_vec(),
    ];
    for (kind, weighed) in &memory_use.costs {
        let own = weighed.kib_per_connection();
        rows.push(vec![
            kind.to_string(),
            table::cell(weighed.before.map(|kib| kib as f64), 0),
            table::cell(weighed.after.map(|kib| kib as f64), 0),
            table::cell(own, 2),
            table::cell(own.zip(hyper).map(|(own, hyper)| own / hyper), 3),
        ]);
    }
    table::aligned(&rows) + &table::notes(&memory_use.notes)
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
    http::send(&mut stream, address, http::get("/ok"))?;
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
        let memory_use = |costs: &[(&'static str, Weighed)]| MemoryUse {
            connections: 10,
            costs: costs.to_vec(),
            notes: Vec::new(),
        };
        let costs = [("hyper", weighed(Some(1100))), ("oserver", weighed(Some(1125)))];
        let expected = "\
server   KiB before  KiB after  KiB/connection  / hyper
hyper          1000       1100           10.00    1.000
oserver        1000       1125           12.50    1.250
";
        assert_eq!(table(&memory_use(&costs)), expected);
        let unknown = table(&memory_use(&[("oserver", weighed(None))]));
        assert!(unknown.ends_with("oserver        1000          -               -        -\n"));
    }
}
