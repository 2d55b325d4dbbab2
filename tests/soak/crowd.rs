//! Two thousand connections of clients who are slow, silent, half done, or gone in the middle.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::ledger::{Ledger, UNCERTAIN};
use crate::common::PATIENCE;
use crate::common::cases;

/// The behaviour of a connection, for as long as it lasts.
#[derive(Clone, Copy)]
enum Manner {
    /// Asks now and then.
    Patient,
    /// Asks for several things before it has got the first.
    Pipelining,
    /// Sends nothing, and goes.
    Silent,
    /// Sends half of a head, and goes or sends the rest.
    HalfHead,
    /// Sends half of a body, and goes or waits for what it is told.
    HalfBody,
    /// Takes little at a time.
    SlowReader,
    /// Asks for any fault, and goes before it is told.
    Goer,
}

const MANNERS: &[Manner] = &[
    Manner::Patient,
    Manner::Patient,
    Manner::Pipelining,
    Manner::Silent,
    Manner::HalfHead,
    Manner::HalfBody,
    Manner::SlowReader,
    Manner::Goer,
];
const LARGE: usize = 200_000;

/// Connections that come and go until they are stopped.
pub(crate) struct Crowd {
    stop: Arc<AtomicBool>,
    members: JoinSet<()>,
    open: Arc<AtomicUsize>,
}

struct Member {
    address: SocketAddr,
    ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
    open: Arc<AtomicUsize>,
    random: Rng,
}

impl Crowd {
    pub(crate) fn start(
        address: SocketAddr,
        connections: usize,
        ledger: &Arc<Ledger>,
        random: &mut Rng,
    ) -> Self {
        let (stop, open) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut members = JoinSet::new();
        for _ in 0..connections {
            let member = Member {
                address,
                ledger: Arc::clone(ledger),
                stop: Arc::clone(&stop),
                open: Arc::clone(&open),
                random: random.fork(),
            };
            members.spawn(member.run());
        }
        Self { stop, members, open }
    }

    /// How many are connected.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Whether one got a wrong answer, or none, and has said so.
    pub(crate) fn has_failed(&mut self) -> bool {
        std::iter::from_fn(|| self.members.try_join_next()).any(|member| member.is_err())
    }

    /// None of them got a wrong answer, or none.
    pub(crate) async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.members.join_all().await;
    }
}

impl Member {
    async fn run(mut self) {
        // Not all in the same moment.
        self.pause(5000).await;
        while self.goes_on() {
            let manner = MANNERS[self.random.usize(..MANNERS.len())];
            // While no file descriptors are left the operating system's queue may be full, and the client's tries come
            // half a minute apart.
            let connecting = TcpStream::connect(self.address);
            let connected = tokio::time::timeout(4 * PATIENCE, connecting).await;
            let stream = connected.expect("it is accepted").expect("it listens");
            self.open.fetch_add(1, Ordering::Relaxed);
            self.live(manner, stream).await;
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
    }

    async fn live(&mut self, manner: Manner, mut stream: TcpStream) {
        match manner {
            Manner::Patient => {
                for _ in 0..self.random.u32(1..5) {
                    let id = self.ask(&mut stream, "GET", "/ok", "").await;
                    if self.is_served(&mut stream, &id).await == 504 {
                        break;
                    }
                    self.pause(10_000).await;
                }
            }
            Manner::Pipelining => {
                let mut ids = Vec::new();
                for _ in 0..self.random.u32(2..8) {
                    ids.push(self.ask(&mut stream, "GET", "/ok", "").await);
                }
                self.pause(4000).await;
                let mut ids = ids.iter();
                while let Some(id) = ids.next() {
                    if self.is_served(&mut stream, id).await == 504 {
                        // Those behind it may be lost with the connection.
                        ids.by_ref().for_each(|_| self.ledger.uncertain(&[]));
                    }
                }
            }
            Manner::Silent => self.pause(20_000).await,
            Manner::HalfHead => {
                let id = self.id();
                let head = format!("GET /ok HTTP/1.1\r\nhost: test\r\nx-request-id: {id}\r\n\r\n");
                let (begin, rest) = head.split_at(self.random.usize(1..head.len()));
                send(&mut stream, begin.as_bytes()).await;
                self.pause(8000).await;
                if self.random.bool() {
                    send(&mut stream, rest.as_bytes()).await;
                    self.is_served(&mut stream, &id).await;
                }
            }
            Manner::HalfBody => {
                self.ask(&mut stream, "POST", "/upload", "content-length: 100\r\n").await;
                send(&mut stream, &[b'x'; 50]).await;
                if self.random.bool() {
                    match status(&mut stream).await {
                        408 => self.ledger.stalled(),
                        // The machine was too busy to say which of them it was.
                        504 => self.ledger.uncertain(&["stalled-body"]),
                        other => panic!("half a body got {other}"),
                    }
                } else {
                    self.pause(2000).await;
                    self.ledger.uncertain(&["stalled-body"]);
                }
            }
            Manner::SlowReader => {
                self.ask(&mut stream, "GET", &format!("/echo/{LARGE}"), "").await;
                self.ledger.uncertain(&[]);
                let mut taken = 0;
                let mut piece = vec![0; LARGE / 8];
                for _ in 0..self.random.u32(1..10) {
                    taken += within(stream.read(&mut piece)).await.expect("it goes on");
                    self.pause(1000).await;
                }
                assert!(taken > 0, "the response begins");
            }
            Manner::Goer => {
                let cases: Vec<_> = cases::all().filter(|case| !case.loses_thread).collect();
                let case = cases[self.random.usize(..cases.len())];
                let length = format!("content-length: {}\r\n", case.body);
                self.ledger.uncertain(case.recorded);
                self.ask(&mut stream, case.method, case.path, &length).await;
                // The server may have refused the rest.
                let sent = self.random.usize(..=case.body);
                _ = stream.try_write(&case.body_bytes()[..sent]);
                self.pause(100).await;
            }
        }
    }

    /// Sends a head, and says under which name.
    async fn ask(
        &mut self,
        stream: &mut TcpStream,
        method: &str,
        path: &str,
        fields: &str,
    ) -> String {
        let id = self.id();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: test\r\nx-request-id: {id}\r\n\
             content-type: application/json\r\n{fields}\r\n"
        );
        send(stream, head.as_bytes()).await;
        id
    }

    fn id(&mut self) -> String {
        format!("{UNCERTAIN}{:016x}", self.random.u64(..))
    }

    /// Returns the status. 504 may have ended the connection: a busy machine holds up the task that answers, too.
    async fn is_served(&mut self, stream: &mut TcpStream, id: &str) -> u16 {
        let status = status(stream).await;
        match status {
            200 | 504 => self.ledger.uncertain(&[]),
            503 => self.ledger.refused(),
            status => panic!("{id}: {status}"),
        }
        status
    }

    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// At most so many milliseconds.
    async fn pause(&mut self, most: u64) {
        tokio::time::sleep(Duration::from_millis(self.random.u64(..most))).await;
    }
}

async fn send(stream: &mut TcpStream, bytes: &[u8]) {
    within(stream.write_all(bytes)).await.expect("it is taken");
}

/// Reads a response, whose length it says.
async fn status(stream: &mut TcpStream) -> u16 {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(stream.read_u8()).await.expect("an answer"));
    }
    let head = String::from_utf8(head).expect("text");
    let field = |name| head.lines().find_map(|line: &str| line.strip_prefix(name));
    let length = field("content-length: ").expect("a length").parse().expect("a number");
    within(stream.read_exact(&mut vec![0; length])).await.expect("a whole answer");
    field("HTTP/1.1 ").and_then(|rest| rest[..3].parse().ok()).expect("a status")
}

async fn within<T>(operation: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, operation).await.expect("it does not hang")
}
