//! A minimal client of HTTP/1.1: it sends a request and reads the response.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
    /// The server will take no more requests on this connection.
    pub closes: bool,
}

/// The path and the body of a request to a server.
#[derive(Clone, Copy)]
pub struct Request<'asked> {
    path: &'asked str,
    /// One makes it a POST.
    body: Option<&'asked [u8]>,
}

pub const fn get(path: &str) -> Request<'_> {
    Request { path, body: None }
}

pub const fn post<'asked>(path: &'asked str, body: &'asked [u8]) -> Request<'asked> {
    Request { path, body: Some(body) }
}

/// Sends a request, whole, on a connection to `host`.
pub fn send(stream: &mut impl Write, host: SocketAddr, request: Request) -> io::Result<()> {
    let (path, host) = (request.path, format!("Host: {host}\r\n"));
    let bytes = match request.body {
        None => format!("GET {path} HTTP/1.1\r\n{host}\r\n").into_bytes(),
        Some(body) => {
            let length = format!("Content-Length: {}\r\n", body.len());
            let head = format!("POST {path} HTTP/1.1\r\n{host}{length}\r\n");
            [head.as_bytes(), body].concat()
        }
    };
    stream.write_all(&bytes)
}

/// The status and the error of a response that did not arrive completely.
#[derive(Debug)]
pub struct Incomplete {
    /// If its head came.
    pub status: Option<u16>,
    pub error: io::Error,
}

impl From<Incomplete> for io::Error {
    fn from(incomplete: Incomplete) -> Self {
        incomplete.error
    }
}

impl From<io::Error> for Incomplete {
    fn from(error: io::Error) -> Self {
        Self { status: None, error }
    }
}

/// Reads the response to the only request that is under way.
pub fn read(stream: &mut impl Read) -> Result<Response, Incomplete> {
    let mut status = None;
    read_to_its_end(stream, &mut status).map_err(|error| Incomplete { status, error })
}

fn read_to_its_end(stream: &mut impl Read, status: &mut Option<u16>) -> io::Result<Response> {
    let mut read = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&buffer[..length]);
        if let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = Head::parse(&String::from_utf8_lossy(&read[..end]))?;
            *status = Some(head.status);
            if let Some(body) = head.length.body(&read[end + 4..]) {
                return Ok(Response {
                    status: head.status,
                    body: body.to_vec(),
                    closes: head.closes,
                });
            }
        }
    }
}

struct Head {
    status: u16,
    length: Length,
    closes: bool,
}

/// How the end of a body is known.
enum Length {
    Known(usize),
    Chunked,
}

impl Length {
    /// The whole of it, if that is there. Chunks stay as they are: nobody wants to know what is in them.
    fn body<'read>(&self, read: &'read [u8]) -> Option<&'read [u8]> {
        match self {
            Self::Known(length) => read.get(..*length),
            Self::Chunked => read.ends_with(b"\r\n0\r\n\r\n").then_some(read),
        }
    }
}

impl Head {
    fn parse(head: &str) -> io::Result<Self> {
        let unexpected = || io::Error::other(format!("unexpected response:\n{head}"));
        let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
        let header = |wanted| {
            let mut headers = head.lines().filter_map(|line| line.split_once(':'));
            let found = headers.find(|(name, _): &(&str, &str)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.trim())
        };
        let length = match header("transfer-encoding") {
            Some("chunked") => Some(Length::Chunked),
            _ => header("content-length").and_then(|value| value.parse().ok()).map(Length::Known),
        };
        Ok(Self {
            status: status.and_then(|status| status.parse().ok()).ok_or_else(unexpected)?,
            length: length.ok_or_else(unexpected)?,
            closes: header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_makes_a_request_a_post() {
        let sent = |request| {
            let mut sent = Vec::new();
            send(&mut sent, ([127, 0, 0, 1], 80).into(), request).expect("sent");
            String::from_utf8(sent).expect("text")
        };
        assert_eq!(sent(get("/a")), "GET /a HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n");
        assert_eq!(
            sent(post("/b", b"body")),
            "POST /b HTTP/1.1\r\nHost: 127.0.0.1:80\r\nContent-Length: 4\r\n\r\nbody"
        );
    }

    #[test]
    fn a_response_is_read_to_its_end_in_whatever_parts_it_comes() {
        let parts = [
            &b"HTTP/1.1 200 OK\r\nContent-Le"[..],
            b"ngth: 5\r\n\r",
            b"\nhel",
            b"lo",
            b"not of it",
        ];
        let [first, second, third, fourth, mut rest] = parts;
        let mut stream = first.chain(second).chain(third).chain(fourth);
        let response = read(&mut (&mut stream).chain(&mut rest)).expect("a response");
        assert_eq!(response.body, b"hello");
        assert_eq!(stream.read(&mut [0]).expect("nothing"), 0);
        assert_eq!(rest, b"not of it");
    }

    #[test]
    fn status_and_the_end_of_the_connection_are_seen() {
        let mut kept = &b"HTTP/1.1 504 Gateway Timeout\r\ncontent-length: 0\r\n\r\n"[..];
        let kept = read(&mut kept).expect("a response");
        assert_eq!((kept.status, kept.closes), (504, false));
        let mut closed =
            &b"HTTP/1.1 500 Oh\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"[..];
        let closed = read(&mut closed).expect("a response");
        assert_eq!((closed.status, closed.closes), (500, true));
    }

    #[test]
    fn a_body_in_chunks_ends_with_its_last() {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let whole = format!("{head}2\r\nhi\r\n0\r\n\r\n");
        read(&mut whole.as_bytes()).expect("a response");
        let cut = read(&mut &whole.as_bytes()[..whole.len() - 5]).err().expect("no response");
        assert_eq!((cut.status, cut.error.kind()), (Some(200), ErrorKind::UnexpectedEof));
    }

    #[test]
    fn what_is_no_whole_response_is_an_error() {
        for mut response in [
            &b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel"[..],
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"HTTP/1.1 twenty\r\ncontent-length: 0\r\n\r\n",
            b"",
        ] {
            assert!(read(&mut response).is_err());
        }
    }
}
