//! Clients that count each answer and its time. `wrk` reports sums only.

use std::fmt::{self, Display, Formatter};
use std::io::{self, ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{self, Incomplete, Request, Response, get};

/// Between two requests of one who asks all the time.
const PAUSE: Duration = Duration::from_millis(1);

/// The result of one request, and its duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    pub got: Got,
    pub took: Duration,
}

/// The result of one request as its client saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Got {
    /// A whole response.
    Status(u16),
    /// A response with this status whose connection was closed before its end.
    CutOff(u16),
    /// A response with this status and no end in time.
    Unfinished(u16),
    /// A closed connection.
    Closed,
    /// Nothing in time.
    Nothing,
}

impl Got {
    fn incomplete(Incomplete { status, error }: Incomplete) -> Self {
        let late = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        match (status, late) {
            (Some(status), false) => Self::CutOff(status),
            (Some(status), true) => Self::Unfinished(status),
            (None, false) => Self::Closed,
            (None, true) => Self::Nothing,
        }
    }
}

impl Display for Got {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(formatter, "{status}"),
            Self::CutOff(status) => write!(formatter, "{status} cut off"),
            Self::Unfinished(status) => write!(formatter, "{status} without end"),
            Self::Closed => write!(formatter, "closed"),
            Self::Nothing => write!(formatter, "nothing"),
        }
    }
}

/// Makes all `requests` at the same time, each on a connection of its own, and waits until `patience`
/// has passed at most.
pub fn at_once(address: SocketAddr, requests: &[Request], patience: Duration) -> Vec<Answer> {
    let ready = Barrier::new(requests.len());
    let one = |request| {
        let stream = TcpStream::connect_timeout(&address, patience);
        ready.wait();
        let begin = Instant::now();
        let response = stream
            .map_err(Incomplete::from)
            .and_then(|mut stream| ask(&mut stream, address, request, begin + patience));
        let got = response.map_or_else(Got::incomplete, |response| Got::Status(response.status));
        Answer { got, took: begin.elapsed() }
    };
    thread::scope(|scope| {
        let clients: Vec<_> =
            requests.iter().map(|&request| scope.spawn(move || one(request))).collect();
        clients.into_iter().map(|client| client.join().expect("a client does not panic")).collect()
    })
}

/// How long `/ok` took at most on a kept connection while `work` was under way. One that fails, or is
/// not answered within `patience`, counts as all of it.
pub fn longest_wait_during<T>(
    address: SocketAddr,
    patience: Duration,
    work: impl FnOnce() -> T,
) -> io::Result<(Duration, T)> {
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    // The connection itself is not what is measured.
    ask(&mut stream, address, get("/ok"), Instant::now() + patience)?;
    let done = AtomicBool::new(false);
    let wait = || {
        let mut longest = Duration::ZERO;
        while !done.load(Ordering::Relaxed) {
            let begin = Instant::now();
            match ask(&mut stream, address, get("/ok"), begin + patience) {
                Ok(Response { status: 200, .. }) => longest = longest.max(begin.elapsed()),
                _ => return patience,
            }
            thread::sleep(PAUSE);
        }
        longest
    };
    Ok(thread::scope(|scope| {
        let waiting = scope.spawn(wait);
        let result = work();
        done.store(true, Ordering::Relaxed);
        (waiting.join().expect("a client does not panic"), result)
    }))
}

/// Asks for `path` `times` times on each of some kept connections; gives the number of answers that
/// told of a failure.
pub fn failures(
    address: SocketAddr,
    path: &str,
    connections: usize,
    times: usize,
    patience: Duration,
) -> io::Result<u64> {
    let count = || {
        let mut failed = 0;
        let mut stream = TcpStream::connect_timeout(&address, patience)?;
        for _ in 0..times {
            let response = ask(&mut stream, address, get(path), Instant::now() + patience)?;
            failed += u64::from(!(200..300).contains(&response.status));
            if response.closes {
                stream = TcpStream::connect_timeout(&address, patience)?;
            }
        }
        Ok(failed)
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..connections).map(|_| scope.spawn(count)).collect();
        let failed = clients.into_iter().map(|client| client.join().expect("no panic"));
        failed.sum()
    })
}

/// The number that a server answers `path` with.
pub fn ask_number(address: SocketAddr, path: &str, patience: Duration) -> io::Result<u64> {
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    let response = ask(&mut stream, address, get(path), Instant::now() + patience)?;
    let text = String::from_utf8_lossy(&response.body);
    text.parse().map_err(|_| io::Error::other(format!("{path} is `{text}`, not a number")))
}

fn ask(
    stream: &mut TcpStream,
    host: SocketAddr,
    request: Request,
    deadline: Instant,
) -> Result<Response, Incomplete> {
    http::send(stream, host, request)?;
    http::read(&mut Until { stream, deadline })
}

/// Reads that are over by the deadline, however many it takes.
struct Until<'stream> {
    stream: &'stream mut TcpStream,
    deadline: Instant,
}

impl Read for Until<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::post;
    use std::io::Write;
    use std::net::TcpListener;

    const BODY: &[u8] = b"all of it";

    /// Answers `/ok` with 200, `/number` with 500 and a number, and `/body` with 201 once it has the whole body; closes
    /// after half of `/half` and after nothing of `/close`; everything else waits for ever.
    fn server() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || {
            for stream in listener.incoming() {
                thread::spawn(|| answer(stream.expect("a connection")));
            }
        });
        address
    }

    fn answer(mut stream: TcpStream) {
        let mut buffer = [0; 1024];
        let mut asked = Vec::new();
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            asked.extend_from_slice(&buffer[..length]);
            let response = if asked.starts_with(b"GET /ok ") {
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
            } else if asked.starts_with(b"GET /number ") {
                "HTTP/1.1 500 Failed\r\ncontent-length: 2\r\n\r\n42"
            } else if asked.starts_with(b"GET /half ") {
                _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no");
                return;
            } else if asked.starts_with(b"POST /body ") && asked.ends_with(BODY) {
                "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"
            } else if asked.starts_with(b"GET /close ") {
                return;
            } else {
                continue;
            };
            asked.clear();
            stream.write_all(response.as_bytes()).expect("written");
        }
    }

    const PATIENCE: Duration = Duration::from_millis(200);

    #[test]
    fn every_request_has_its_own_answer() {
        let paths = ["/ok", "/never", "/number", "/half", "/close"];
        let answers = at_once(server(), &paths.map(get), PATIENCE);
        let got = answers.iter().map(|answer| answer.got.to_string()).collect::<Vec<_>>();
        assert_eq!(got, ["200", "nothing", "500", "200 cut off", "closed"]);
        assert!(answers[1].took >= PATIENCE);
    }

    #[test]
    fn a_body_is_sent_whole() {
        let requests = [post("/body", BODY), post("/body", &BODY[1..]), get("/body")];
        let answers = at_once(server(), &requests, PATIENCE);
        let got = answers.iter().map(|answer| answer.got.to_string()).collect::<Vec<_>>();
        assert_eq!(got, ["201", "nothing", "nothing"]);
    }

    #[test]
    fn others_are_asked_while_one_waits() {
        let address = server();
        let blocked = || at_once(address, &[get("/never")], PATIENCE);
        let (longest, answers) =
            longest_wait_during(address, 5 * PATIENCE, blocked).expect("answers");
        assert!(longest < PATIENCE, "{longest:?}");
        assert_eq!(answers[0].got, Got::Nothing);
    }

    #[test]
    fn failures_are_counted_one_by_one() {
        let address = server();
        assert_eq!(failures(address, "/number", 3, 7, PATIENCE).expect("answers"), 21);
        assert_eq!(failures(address, "/ok", 3, 7, PATIENCE).expect("answers"), 0);
        assert_eq!(ask_number(address, "/number", PATIENCE).expect("a number"), 42);
    }
}
