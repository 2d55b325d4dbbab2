//! Clients that see how a connection ends, and wait for nothing for ever.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::Request;
use hyper::body::Frame;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// How long a client waits for one response, from the request to the end of the body.
const PATIENCE: Duration = Duration::from_secs(2);

type Body = UnsyncBoxBody<Bytes, Infallible>;
type Open = Option<Box<dyn Send>>;

/// The clients of one server, each with a connection of its own.
pub(crate) struct Clients {
    server: SocketAddr,
    /// After this moment none of them waits any more.
    limit: Instant,
    /// Connections, and requests that nobody waits for any more, stay open, as those of clients do that
    /// wait on: hyper drops a handler whose client has gone, and with it the lock that it holds.
    open: Vec<Open>,
}

impl Clients {
    pub(crate) fn of(server: SocketAddr, limit: Instant) -> Self {
        Self { server, limit, open: Vec::new() }
    }

    /// The same request on one connection, up to `times` times, as long as it is answered.
    pub(crate) async fn get(&mut self, path: &str, times: usize) -> Vec<Reply> {
        let requests = (0..times).map(|_| get(path)).collect();
        let (replies, connection) = exchange(self.server, self.limit, requests).await;
        self.open.push(connection);
        replies
    }

    /// A request on a connection of its own for each of the paths, at the same time.
    pub(crate) async fn get_together(&mut self, paths: impl Iterator<Item = &str>) -> Vec<Reply> {
        let mut clients = JoinSet::new();
        for path in paths {
            clients.spawn(exchange(self.server, self.limit, vec![get(path)]));
        }
        let (mut replies, connections): (Vec<_>, Vec<_>) =
            clients.join_all().await.into_iter().unzip();
        self.open.extend(connections);
        replies.sort();
        replies.concat()
    }

    /// Announces a body and sends only the beginning.
    pub(crate) async fn stop_in_body(&mut self, path: &str) -> Vec<Reply> {
        let beginning = Ok(Frame::data(Bytes::from_static(b"the beginning")));
        let body = stream::iter([beginning]).chain(stream::pending());
        let request = Request::post(path).header("content-length", 1000).header("host", "demo");
        let request = request.body(StreamBody::new(body).boxed_unsync()).expect("a request");
        let (replies, connection) = exchange(self.server, self.limit, vec![request]).await;
        self.open.push(connection);
        replies
    }
}

fn get(path: &str) -> Request<Body> {
    let request = Request::get(path).header("host", "demo");
    request.body(Empty::new().boxed_unsync()).expect("a request")
}

/// Requests one after the other, until one of them is not answered in full.
async fn exchange(
    server: SocketAddr,
    limit: Instant,
    requests: Vec<Request<Body>>,
) -> (Vec<Reply>, Open) {
    let until = || limit.min(Instant::now() + PATIENCE);
    let connected = async {
        let stream = TcpStream::connect(server).await.map_err(|error| error.kind())?;
        handshake(TokioIo::new(stream)).await.map_err(|error| kind(&error))
    };
    let (mut sender, connection) = match timeout_at(until(), connected).await {
        Ok(Ok(connected)) => connected,
        Ok(Err(kind)) => return (vec![Reply { status: None, end: Err(kind) }], None),
        Err(_) => return (vec![Reply { status: None, end: Err(ErrorKind::TimedOut) }], None),
    };
    tokio::spawn(connection);
    let mut replies = Vec::new();
    for request in requests {
        let until = until();
        if sender.ready().await.is_err() {
            replies.push(Reply { status: None, end: Err(ErrorKind::UnexpectedEof) });
            break;
        }
        let mut head = Box::pin(sender.send_request(request));
        let response = match timeout_at(until, &mut head).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                replies.push(Reply { status: None, end: Err(kind(&error)) });
                break;
            }
            Err(_) => {
                replies.push(Reply { status: None, end: Err(ErrorKind::TimedOut) });
                return (replies, Some(Box::new((sender, head))));
            }
        };
        let status = Some(response.status().as_u16());
        let end = match timeout_at(until, response.into_body().collect()).await {
            Ok(Ok(_body)) => Ok(()),
            Ok(Err(error)) => Err(kind(&error)),
            Err(_) => Err(ErrorKind::TimedOut),
        };
        replies.push(Reply { status, end });
        if end.is_err() {
            break;
        }
    }
    (replies, Some(Box::new(sender)))
}

/// Returns the kind of the operating system's error, or `UnexpectedEof` if there is none.
fn kind(error: &hyper::Error) -> ErrorKind {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return error.kind();
        }
        source = error.source();
    }
    ErrorKind::UnexpectedEof
}

/// The reply that a client got for one request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reply {
    /// `None` if the head did not come.
    status: Option<u16>,
    /// How the response ended: whole, or with what error.
    end: Result<(), ErrorKind>,
}

impl fmt::Display for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.status {
            write!(formatter, "{status}")?;
        }
        let Err(end) = self.end else { return Ok(()) };
        if self.status.is_some() {
            formatter.write_str(", then ")?;
        }
        match end {
            ErrorKind::UnexpectedEof => formatter.write_str("connection closed"),
            ErrorKind::ConnectionReset => formatter.write_str("connection reset"),
            ErrorKind::TimedOut => formatter.write_str("no answer"),
            other => other.fmt(formatter),
        }
    }
}

/// Replies in a few words: `3 × 500, then connection closed`.
pub(crate) fn summary(replies: &[Reply]) -> String {
    let runs = replies.chunk_by(PartialEq::eq).map(|run| match run {
        [reply] => reply.to_string(),
        _ => format!("{} × {}", run.len(), run[0]),
    });
    runs.collect::<Vec<_>>().join(", then ")
}
