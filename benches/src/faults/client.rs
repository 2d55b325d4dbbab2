//! Clients that count and wait exactly, where `wrk` only knows sums.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{self, Response};

/// Between two requests of one who asks all the time.
const PAUSE: Duration = Duration::from_millis(1);

/// What became of one request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// `None` if the connection was closed, or nothing came in time.
    pub status: Option<u16>,
    pub took: Duration,
}

/// Asks for all `paths` at the same time, each on a connection of its own, and waits until `patience`
/// has passed at most.
pub fn at_once(address: SocketAddr, paths: &[&str], patience: Duration) -> Vec<Answer> {
    let ready = Barrier::new(paths.len());
    let ask = |path| {
        let stream = TcpStream::connect_timeout(&address, patience);
        ready.wait();
        let begin = Instant::now();
        let response =
            stream.and_then(|mut stream| get(&mut stream, address, path, begin + patience));
        Answer { status: response.ok().map(|response| response.status), took: begin.elapsed() }
    };
    thread::scope(|scope| {
        let clients: Vec<_> = paths.iter().map(|path| scope.spawn(|| ask(path))).collect();
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
    get(&mut stream, address, "/ok", Instant::now() + patience)?;
    let done = AtomicBool::new(false);
    let wait = || {
        let mut longest = Duration::ZERO;
        while !done.load(Ordering::Relaxed) {
            let begin = Instant::now();
            match get(&mut stream, address, "/ok", begin + patience) {
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
            let response = get(&mut stream, address, path, Instant::now() + patience)?;
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
    let response = get(&mut stream, address, path, Instant::now() + patience)?;
    let text = String::from_utf8_lossy(&response.body);
    text.parse().map_err(|_| io::Error::other(format!("{path} is `{text}`, not a number")))
}

fn get(
    stream: &mut TcpStream,
    host: SocketAddr,
    path: &str,
    deadline: Instant,
) -> io::Result<Response> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    // Answers are so short that they come in one piece, so this is the limit of all of it.
    stream.set_read_timeout(Some(left))?;
    http::send(stream, host, path)?;
    http::read(stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Answers `/ok` with 200 and `/number` with 500 and a number; everything else waits for ever.
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
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            let response = if buffer[..length].starts_with(b"GET /ok ") {
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
            } else if buffer[..length].starts_with(b"GET /number ") {
                "HTTP/1.1 500 Failed\r\ncontent-length: 2\r\n\r\n42"
            } else {
                continue;
            };
            stream.write_all(response.as_bytes()).expect("written");
        }
    }

    const PATIENCE: Duration = Duration::from_millis(200);

    #[test]
    fn every_request_has_its_own_answer() {
        let answers = at_once(server(), &["/ok", "/never", "/number"], PATIENCE);
        let status: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(status, [Some(200), None, Some(500)]);
        assert!(answers[1].took >= PATIENCE);
    }

    #[test]
    fn others_are_asked_while_one_waits() {
        let address = server();
        let blocked = || at_once(address, &["/never"], PATIENCE);
        let (longest, answers) =
            longest_wait_during(address, 5 * PATIENCE, blocked).expect("answers");
        assert!(longest < PATIENCE, "{longest:?}");
        assert_eq!(answers[0].status, None);
    }

    #[test]
    fn failures_are_counted_one_by_one() {
        let address = server();
        assert_eq!(failures(address, "/number", 3, 7, PATIENCE).expect("answers"), 21);
        assert_eq!(failures(address, "/ok", 3, 7, PATIENCE).expect("answers"), 0);
        assert_eq!(ask_number(address, "/number", PATIENCE).expect("a number"), 42);
    }
}
