//! Two servers, the same faults, one table of what the clients got.
//!
//! ```text
//! cargo run --example demo
//! ```
//!
//! The naive server is the pattern that many services start from: hyper, one task per connection,
//! an `Arc<State>` with mutexes inside, `eprintln!` for errors. The guarded one offers the same
//! routes with oserver. Both listen on free ports of loopback.
//!
//! Stderr has what each of them says about its faults, below a headline for each; the table comes
//! last, on stdout. The exit code is 0 only if the guarded server kept every promise.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command says what it does")]

use std::convert::Infallible;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::StreamBody;
use hyper::body::{Body, Frame};
use oserver::{Counts, RouteCounts};
use tokio::runtime::Runtime;
use tokio_stream::StreamExt;

use self::client::{Clients, Reply, summary};
use self::table::Row;

/// When the clients stop waiting for anything, however slow the servers are.
const LIMIT: Duration = Duration::from_secs(30);
/// How many requests the client with one connection sends.
const BURST: usize = 100;
/// How many workers each server has, and how many handlers block theirs.
const WORKERS: usize = 2;

fn main() {
    let limit = Instant::now() + LIMIT;
    let mut naive = Clients::of(naive::start(), limit);
    let (address, counts) = guarded::start();
    let mut guarded = Clients::of(address, limit);

    let mut rows: Vec<Row> =
        cases().into_iter().map(|case| case.run(&mut naive, &mut guarded)).collect();
    rows.extend(counted(&counts));

    table::print(&rows);
    // It waits for no thread: both servers are still running.
    std::process::exit(verdict(&rows));
}

/// Something that both servers are sent.
struct Case {
    sent: &'static str,
    send: fn(&mut Clients) -> Vec<Reply>,
    /// What the guarded server has to answer, as `summary` says it.
    promise: &'static str,
}

impl Case {
    fn run(self, naive: &mut Clients, guarded: &mut Clients) -> Row {
        eprintln!("\n== {}", self.sent);
        Row {
            sent: self.sent,
            naive: summary(&(self.send)(naive)),
            guarded: summary(&(self.send)(guarded)),
            promised: self.promise.to_owned(),
        }
    }
}

/// In the order in which they are sent: some show what an earlier one left behind.
fn cases() -> [Case; 12] {
    [
        Case {
            sent: "a request, before any fault",
            send: |clients| clients.get("/visits"),
            promise: "200",
        },
        Case {
            sent: "a handler panics while it changes the state",
            send: |clients| clients.get("/visits/panic"),
            promise: "500",
        },
        Case {
            sent: "the next request that needs this state",
            send: |clients| clients.get("/visits"),
            promise: "200",
        },
        Case {
            sent: "a handler awaits for ever while it changes other state",
            send: |clients| clients.get("/orders/pay"),
            // Its own limit: the server's, of 30 s, would be too late for the client.
            promise: "504",
        },
        Case {
            sent: "the next request that needs that state",
            send: |clients| clients.get("/orders"),
            promise: "200",
        },
        Case {
            sent: "100 panics on one kept-alive connection",
            send: |clients| clients.get_again("/visits/panic", BURST),
            promise: "100 × 500",
        },
        Case {
            sent: "a body panics in its second frame",
            send: |clients| clients.get("/report"),
            promise: "200, then connection reset",
        },
        Case {
            sent: "a client stops in the middle of its body",
            send: |clients| clients.stop_in_body("/upload"),
            promise: "408",
        },
        Case {
            sent: "the first request again, after all faults",
            send: |clients| clients.get("/visits"),
            promise: "200",
        },
        Case {
            sent: "the heartbeat, which needs no state",
            send: |clients| clients.get("/heartbeat"),
            promise: "200",
        },
        Case {
            sent: "2 handlers block their threads for ever",
            send: |clients| (0..WORKERS).flat_map(|_| clients.get("/block")).collect(),
            promise: "2 × 504",
        },
        Case {
            sent: "the heartbeat, once more",
            send: |clients| clients.get("/heartbeat"),
            promise: "200",
        },
    ]
}

/// What the guarded server counted of all that.
fn counted(counts: &Counts) -> [Row; 4] {
    let routes = counts.routes();
    let row = |sent, count: fn(&RouteCounts) -> u64, promised: usize| Row {
        sent,
        naive: "not counted".to_owned(),
        guarded: routes.iter().map(count).sum::<u64>().to_string(),
        promised: promised.to_string(),
    };
    [
        // The handler's, the burst's, the body's.
        row("panics counted", |route| route.panics, 1 + BURST + 1),
        // The one that awaits, and those that block.
        row("timeouts counted", |route| route.timeouts, 1 + WORKERS),
        row("blocked threads counted", |route| route.stuck, WORKERS),
        row("stalled bodies counted", |route| route.stalled_bodies, 1),
    ]
}

/// Says what the table means; gives the exit code.
fn verdict(rows: &[Row]) -> i32 {
    let broken: Vec<_> = rows.iter().filter(|row| !row.is_kept()).collect();
    if broken.is_empty() {
        println!(
            "The naive server was half broken after the first faults: its heartbeat answered, its \
             users got nothing; blocked threads silenced it altogether. \
             In the guarded one each fault cost its own request and no other."
        );
        return 0;
    }
    for row in broken {
        println!("Broken promise: {}: promised {}, got {}", row.sent, row.promised, row.guarded);
    }
    1
}

/// The runtime of one server; they share no thread.
fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(WORKERS).enable_all().build();
    runtime.expect("the operating system gives threads and an event queue")
}

/// Another service that has not answered yet, and never will.
async fn payment() {
    std::future::pending().await
}

/// A lock that nobody will ever let go of, or a library that waits without `await`.
fn block() -> &'static str {
    loop {
        std::thread::park();
    }
}

/// A response body that breaks after it was begun.
fn report() -> impl Body<Data = Bytes, Error = Infallible> + Send + 'static {
    // The pause lets the first frame reach the client: hyper sends together what is ready together.
    let frames = tokio_stream::iter([1, 2]).throttle(Duration::from_millis(50));
    StreamBody::new(frames.map(|number| {
        assert!(number == 1, "the second frame of the body cannot be made");
        Ok(Frame::data(Bytes::from_static(b"the first frame\n")))
    }))
}

/// The server as it must not be.
#[allow(clippy::unwrap_used, reason = "the pattern is shown as it is found")]
mod naive {
    use std::net::SocketAddr;
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;
    use http_body_util::combinators::UnsyncBoxBody;
    use http_body_util::{BodyExt, Full};
    use hyper::body::Incoming;
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use hyper::{Request, Response, StatusCode};
    use hyper_util::rt::TokioIo;
    use tokio::net::{TcpListener, TcpStream};

    type Answer = Response<UnsyncBoxBody<Bytes, std::convert::Infallible>>;

    /// Shared by all connections.
    #[derive(Default)]
    struct State {
        visits: Mutex<u64>,
        orders: tokio::sync::Mutex<u64>,
    }

    pub(super) fn start() -> SocketAddr {
        let runtime = super::runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        std::thread::spawn(move || runtime.block_on(accept(listener)));
        address
    }

    async fn accept(listener: TcpListener) {
        let state = Arc::<State>::default();
        loop {
            match listener.accept().await {
                Ok((stream, _peer)) => _ = tokio::spawn(connection(stream, Arc::clone(&state))),
                Err(error) => eprintln!("accept error: {error}"),
            }
        }
    }

    async fn connection(stream: TcpStream, state: Arc<State>) {
        let service = service_fn(|request| answer(request, Arc::clone(&state)));
        let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        if let Err(error) = served.await {
            eprintln!("connection error: {error}");
        }
    }

    async fn answer(request: Request<Incoming>, state: Arc<State>) -> hyper::Result<Answer> {
        Ok(match request.uri().path() {
            "/heartbeat" => text("alive"),
            "/visits" => text(visit(&state)),
            "/visits/panic" => text(visit_and_panic(&state)),
            "/orders" => text(state.orders.lock().await.to_string()),
            "/orders/pay" => text(pay(&state).await),
            "/block" => text(super::block()),
            "/report" => Response::new(super::report().boxed_unsync()),
            "/upload" => {
                let body = request.into_body().collect().await?.to_bytes();
                text(body.len().to_string())
            }
            _ => not_found(),
        })
    }

    fn visit(state: &State) -> String {
        let mut visits = state.visits.lock().unwrap();
        *visits += 1;
        visits.to_string()
    }

    fn visit_and_panic(state: &State) -> String {
        let mut visits = state.visits.lock().unwrap();
        *visits += 1;
        panic!("the handler broke after visit {visits}")
    }

    async fn pay(state: &State) -> String {
        let mut orders = state.orders.lock().await;
        super::payment().await;
        *orders += 1;
        orders.to_string()
    }

    fn text(text: impl Into<Bytes>) -> Answer {
        Response::new(Full::new(text.into()).boxed_unsync())
    }

    fn not_found() -> Answer {
        let mut answer = text("not found");
        *answer.status_mut() = StatusCode::NOT_FOUND;
        answer
    }
}

/// The same routes, guarded.
mod guarded {
    use std::future::IntoFuture;
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use axum::body::Body;
    use http_body_util::BodyExt;
    use oserver::extract::State;
    use oserver::routing::{get, post};
    use oserver::{Counts, Router};

    /// Nothing here can be held, so nothing can stay held.
    #[derive(Default, oserver::HandlerState)]
    struct Counters {
        visits: AtomicU64,
        orders: AtomicU64,
    }

    pub(super) fn start() -> (SocketAddr, Counts) {
        let runtime = super::runtime();
        let listener = runtime.block_on(oserver::bind("127.0.0.1:0"));
        let server = oserver::serve(listener.expect("loopback has a free port"), routes());
        let address = server.local_addr().expect("a bound listener has an address");
        let counts = server.counts();
        std::thread::spawn(move || {
            let ended = runtime.block_on(server.into_future());
            eprintln!("the guarded server has ended: {ended:?}");
        });
        (address, counts)
    }

    fn routes() -> Router {
        Router::new()
            .route("/heartbeat", get(heartbeat))
            .route("/visits", get(visit))
            .route("/visits/panic", get(visit_and_panic))
            .route("/orders", get(orders))
            .route("/orders/pay", get(pay))
            .route("/block", get(block))
            .route("/report", get(report))
            .route("/upload", post(upload))
            .with_state(Arc::default())
    }

    #[oserver::handler]
    async fn heartbeat() -> &'static str {
        "alive"
    }

    #[oserver::handler]
    async fn visit(State(counters): State<Arc<Counters>>) -> String {
        increment(&counters.visits).to_string()
    }

    #[oserver::handler]
    async fn visit_and_panic(State(counters): State<Arc<Counters>>) -> String {
        let visits = increment(&counters.visits);
        panic!("the handler broke after visit {visits}")
    }

    #[oserver::handler]
    async fn orders(State(counters): State<Arc<Counters>>) -> String {
        counters.orders.load(Ordering::Relaxed).to_string()
    }

    #[oserver::handler(timeout = "500ms")]
    async fn pay(State(counters): State<Arc<Counters>>) -> String {
        super::payment().await;
        increment(&counters.orders).to_string()
    }

    #[oserver::handler(timeout = "500ms")]
    async fn block() -> &'static str {
        super::block()
    }

    #[oserver::handler]
    async fn report() -> Body {
        Body::new(super::report())
    }

    #[oserver::handler(timeout = "500ms")]
    async fn upload(body: Body) -> oserver::Result<String> {
        // Not by an extractor: those run within the server's limit, before the handler's holds.
        Ok(body.collect().await?.to_bytes().len().to_string())
    }

    /// Adds one; gives the new value.
    fn increment(counter: &AtomicU64) -> u64 {
        counter.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// A blocking HTTP/1.1 client that sees how a connection ends, and waits for nothing for ever.
mod client {
    use std::fmt;
    use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
    use std::net::{SocketAddr, TcpStream};
    use std::time::{Duration, Instant};

    /// How long a client waits for one response, from the request to the end of the body.
    const PATIENCE: Duration = Duration::from_secs(2);

    /// The clients of one server, each with a connection of its own.
    pub(super) struct Clients {
        server: SocketAddr,
        /// After this moment none of them waits any more.
        limit: Instant,
        /// Connections stay open, as those of clients do that wait on: hyper drops a handler whose
        /// client has gone, and with it the lock that it holds.
        open: Vec<Connection>,
    }

    impl Clients {
        pub(super) fn of(server: SocketAddr, limit: Instant) -> Self {
            Self { server, limit, open: Vec::new() }
        }

        pub(super) fn get(&mut self, path: &str) -> Vec<Reply> {
            self.get_again(path, 1)
        }

        /// The same request on one connection, up to `times` times, as long as it is answered.
        pub(super) fn get_again(&mut self, path: &str, times: usize) -> Vec<Reply> {
            self.send(&format!("GET {path} HTTP/1.1\r\nhost: demo\r\n\r\n"), times)
        }

        /// Announces a body and sends only the beginning.
        pub(super) fn stop_in_body(&mut self, path: &str) -> Vec<Reply> {
            let head =
                format!("POST {path} HTTP/1.1\r\nhost: demo\r\ncontent-length: 1000\r\n\r\n");
            self.send(&(head + "the beginning"), 1)
        }

        fn send(&mut self, request: &str, times: usize) -> Vec<Reply> {
            let mut connection = match Connection::open(self.server, self.limit) {
                Ok(connection) => connection,
                Err(error) => return vec![Reply { status: None, end: Err(error.kind()) }],
            };
            let mut replies = Vec::new();
            while replies.len() < times && replies.last().is_none_or(Reply::is_whole) {
                replies.push(connection.exchange(request));
            }
            self.open.push(connection);
            replies
        }
    }

    /// What a client got for one request.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(super) struct Reply {
        /// `None` if the head did not come.
        status: Option<u16>,
        /// How the response ended: whole, or with what error.
        end: Result<(), ErrorKind>,
    }

    impl Reply {
        fn is_whole(&self) -> bool {
            self.end.is_ok()
        }
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
                // Operating systems differ in what they call the end of a read timeout.
                ErrorKind::TimedOut | ErrorKind::WouldBlock => formatter.write_str("no answer"),
                other => other.fmt(formatter),
            }
        }
    }

    /// Replies in a few words: `3 × 500, then connection closed`.
    pub(super) fn summary(replies: &[Reply]) -> String {
        let runs = replies.chunk_by(PartialEq::eq).map(|run| match run {
            [reply] => reply.to_string(),
            _ => format!("{} × {}", run.len(), run[0]),
        });
        runs.collect::<Vec<_>>().join(", then ")
    }

    struct Connection {
        stream: BufReader<Patient>,
        limit: Instant,
    }

    impl Connection {
        fn open(server: SocketAddr, limit: Instant) -> io::Result<Self> {
            let tcp = TcpStream::connect_timeout(&server, PATIENCE)?;
            Ok(Self { stream: BufReader::new(Patient { tcp, until: limit }), limit })
        }

        fn exchange(&mut self, request: &str) -> Reply {
            let patient = self.stream.get_mut();
            patient.until = self.limit.min(Instant::now() + PATIENCE);
            let head = patient.tcp.write_all(request.as_bytes()).and_then(|()| self.read_head());
            match head {
                Err(error) => Reply { status: None, end: Err(error.kind()) },
                Ok(Head { status, length }) => {
                    let body = self.read_body(length);
                    Reply { status: Some(status), end: body.map_err(|error| error.kind()) }
                }
            }
        }

        fn read_head(&mut self) -> io::Result<Head> {
            let status_line = self.read_line()?;
            let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
            let mut length = Length::UntilClosed;
            loop {
                let line = self.read_line()?.to_ascii_lowercase();
                match line.split_once(':') {
                    None => break,
                    Some(("content-length", value)) => {
                        length = Length::Known(value.trim().parse().map_err(io::Error::other)?);
                    }
                    Some(("transfer-encoding", value)) if value.trim() == "chunked" => {
                        length = Length::Chunked;
                    }
                    Some(_) => {}
                }
            }
            Ok(Head { status: status.ok_or(ErrorKind::InvalidData)?, length })
        }

        fn read_body(&mut self, length: Length) -> io::Result<()> {
            match length {
                Length::Known(bytes) => self.skip(bytes),
                Length::UntilClosed => io::copy(&mut self.stream, &mut io::sink()).map(drop),
                Length::Chunked => loop {
                    let line = self.read_line()?;
                    let size = u64::from_str_radix(&line, 16).map_err(io::Error::other)?;
                    self.skip(size)?;
                    self.read_line()?;
                    if size == 0 {
                        return Ok(());
                    }
                },
            }
        }

        fn skip(&mut self, bytes: u64) -> io::Result<()> {
            let skipped = io::copy(&mut self.stream.by_ref().take(bytes), &mut io::sink())?;
            if skipped == bytes { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
        }

        /// One line, without its end.
        fn read_line(&mut self) -> io::Result<String> {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let line = line.strip_suffix("\r\n").ok_or(ErrorKind::UnexpectedEof)?;
            Ok(line.to_owned())
        }
    }

    struct Head {
        status: u16,
        length: Length,
    }

    /// How the end of a body is found.
    enum Length {
        Known(u64),
        Chunked,
        UntilClosed,
    }

    /// A stream that is read from until some moment. A read timeout alone would begin anew with
    /// each byte.
    struct Patient {
        tcp: TcpStream,
        until: Instant,
    }

    impl Read for Patient {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            self.tcp.set_read_timeout(Some(left))?;
            self.tcp.read(buffer)
        }
    }
}

/// The table of what the clients got.
mod table {
    /// One line of the table.
    pub(super) struct Row {
        pub(super) sent: &'static str,
        pub(super) naive: String,
        pub(super) guarded: String,
        /// What the guarded server had to answer.
        pub(super) promised: String,
    }

    impl Row {
        pub(super) fn is_kept(&self) -> bool {
            self.guarded == self.promised
        }
    }

    pub(super) fn print(rows: &[Row]) {
        let mut lines = vec![["what was sent", "naive", "guarded"]];
        lines.extend(rows.iter().map(|row| [row.sent, &row.naive, &row.guarded]));
        let width = |column: usize| {
            lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
        };
        let widths = [width(0), width(1), width(2)];

        println!();
        for (number, line) in lines.iter().enumerate() {
            let cells = [0, 1, 2].map(|column| format!("{:1$}", line[column], widths[column]));
            println!("| {} |", cells.join(" | "));
            if number == 0 {
                println!("|-{}-|", widths.map(|width| "-".repeat(width)).join("-|-"));
            }
        }
        println!();
    }
}
