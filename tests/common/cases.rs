//! The purpose of each route of the `faults` example: the faults, and what each costs.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response};

use super::faults::Faults;
use super::{Client, read};

/// The outcome that a client sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answer(u16),
    /// A head with 200, then a reset.
    Reset,
    /// A head with 200, and a body that goes on past the handler's timeout.
    GoesOn,
}
pub use Outcome::{Answer, GoesOn, Reset};

/// One way to break a handler.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub method: &'static str,
    pub path: &'static str,
    /// Bytes of the body.
    pub body: usize,
    pub outcome: Outcome,
    /// Which records it leaves.
    pub recorded: &'static [&'static str],
    /// It takes a thread for ever.
    pub loses_thread: bool,
    /// The server's timeout in seconds: the duration in the path is for a timeout of one second.
    pub timeout: u32,
}

pub const fn get(
    path: &'static str,
    outcome: Outcome,
    recorded: &'static [&'static str],
    loses_thread: bool,
) -> Case {
    Case { method: "GET", path, body: 0, outcome, recorded, loses_thread, timeout: 1 }
}

pub const fn post(
    path: &'static str,
    body: usize,
    outcome: Outcome,
    recorded: &'static [&'static str],
    loses_thread: bool,
) -> Case {
    Case { method: "POST", path, body, outcome, recorded, loses_thread, timeout: 1 }
}

pub const SMALL: usize = 100;
pub const LARGE: usize = 64 * 1024;

/// Which are over at once.
pub const QUICK: &[Case] = &[
    get("/ok", Answer(200), &[], false),
    get("/echo/100000", Answer(200), &[], false),
    post("/json", SMALL, Answer(200), &[], false),
    post("/json", LARGE, Answer(200), &[], false),
    post("/upload", SMALL, Answer(200), &[], false),
    post("/upload", LARGE, Answer(200), &[], false),
    post("/upload", 3 * 1024 * 1024, Answer(413), &[], false),
    get("/panic", Answer(500), &["panic"], false),
    get("/panic-payload", Answer(500), &["panic", "panic"], false),
    get("/panic-body", Reset, &["panic"], false),
    get("/middleware-panic", Answer(500), &["panic"], false),
    get("/sync", Answer(200), &[], false),
];

/// Which take a while, or a thread.
pub const LONG: &[Case] = &[
    get("/extractor-block", Answer(504), &["blocked"], true),
    get("/await", Answer(504), &["timeout"], false),
    get("/block", Answer(504), &["blocked"], true),
    get("/block/300", Answer(200), &[], false),
    get("/block/1500", Answer(504), &["blocked"], false),
    post("/read-then-block", SMALL, Answer(504), &["blocked"], true),
    post("/read-then-block", LARGE, Answer(504), &["blocked"], true),
    post("/drop-then-block", SMALL, Answer(504), &["blocked"], true),
    post("/drop-then-block", LARGE, Answer(504), &["blocked"], true),
    get("/spin", Answer(504), &["blocked"], true),
    get("/spin/300", Answer(200), &[], false),
    get("/spin/1500", Answer(504), &["blocked"], false),
    get("/block-body", Reset, &["blocked"], true),
    get("/spin-body", Reset, &["blocked"], true),
    get("/events", GoesOn, &[], false),
    get("/count", Answer(200), &[], false),
];

/// Each of them.
pub fn all() -> impl Iterator<Item = Case> + Clone {
    QUICK.iter().chain(LONG).copied()
}

/// A request timed out before its handler did what the case is about.
#[derive(Debug)]
pub struct TooLate;

/// Plays a scenario on a new server with a timeout of one second. If a request that should not time out does, plays
/// it again with a longer timeout.
///
/// A request that waits behind a fault waits until the fault's timeout, however long that is, and the scenario fails
/// at every length. A request that waits for the CPU of a busy machine does not wait longer for a longer timeout.
pub async fn with_growing_timeout(scenario: impl AsyncFnMut(&Faults, u32) -> Result<(), TooLate>) {
    with_growing_timeout_and(&[], scenario).await;
}

/// As [`with_growing_timeout`], with these environment variables.
pub async fn with_growing_timeout_and(
    environment: &[(&str, &str)],
    mut scenario: impl AsyncFnMut(&Faults, u32) -> Result<(), TooLate>,
) {
    for timeout in [1, 5, 25, 125] {
        let faults = Faults::start_with(&["--timeout", &format!("{timeout}s")], environment);
        match scenario(&faults, timeout).await {
            Ok(()) => return,
            Err(TooLate) => println!("a request was late at a timeout of {timeout} s"),
        }
    }
    panic!("whatever the timeout is, some request waits for it that should not");
}

impl Case {
    /// For a server with another timeout than one second.
    pub const fn at_timeout(mut self, seconds: u32) -> Self {
        self.timeout = seconds;
        self
    }

    /// Compares what came with what should come.
    pub fn check(&self, outcome: Outcome) -> Result<(), TooLate> {
        let is_late = outcome == Answer(504) || (outcome == Answer(408) && self.body > 0);
        // A handler that blocks for a while may be done before the watchdog had the CPU to see it.
        let got_away = self.recorded == ["blocked"] && !self.loses_thread && outcome == Answer(200);
        if (is_late || got_away) && self.outcome != outcome {
            return Err(TooLate);
        }
        assert_eq!(outcome, self.outcome, "{self:?}");
        Ok(())
    }

    /// Compares what was recorded with what should be. A handler that did not get as far as its fault is recorded as
    /// late, and so is a body of which not all was read.
    pub fn check_records(&self, kinds: &[String]) -> Result<(), TooLate> {
        let is_late = |kind: &String| matches!(&**kind, "timeout" | "stalled-body");
        if kinds != self.recorded && kinds.iter().any(is_late) {
            return Err(TooLate);
        }
        assert_eq!(kinds, self.recorded, "{self:?}");
        Ok(())
    }

    /// The path for the server's timeout: what takes 300 ms of one second takes 1500 ms of five.
    fn path_at_timeout(&self) -> String {
        match self.path.rsplit_once('/') {
            Some((route @ ("/block" | "/spin"), milliseconds)) => {
                let milliseconds: u32 = milliseconds.parse().expect("a number");
                format!("{route}/{}", milliseconds * self.timeout)
            }
            _ => self.path.to_owned(),
        }
    }

    pub fn body_bytes(&self) -> Vec<u8> {
        let mut body = vec![b'x'; self.body];
        if let [first, .., last] = &mut body[..] {
            // As a string it is JSON.
            (*first, *last) = (b'"', b'"');
        }
        body
    }

    /// The request, but for what says to which server.
    pub fn request(&self, id: &str) -> Request<Full<Bytes>> {
        Request::builder()
            .method(self.method)
            .uri(self.path_at_timeout())
            .header("content-type", "application/json")
            .header("x-request-id", id)
            .body(Full::new(self.body_bytes().into()))
            .expect("a request")
    }

    /// Sends it, and says what came.
    pub async fn send(&self, client: &mut Client, id: &str) -> Outcome {
        let response = client.send_request(self.request(id)).await.expect("a head");
        self.outcome(response).await
    }

    /// Returns the outcome of a request over HTTP/2, where a head that is not sent yet goes with its stream.
    pub async fn outcome_of_stream(
        &self,
        sent: hyper::Result<Response<hyper::body::Incoming>>,
    ) -> Outcome {
        match sent {
            Ok(response) => self.outcome(response).await,
            Err(error) if self.outcome == Reset && is_reset(&error) => Reset,
            Err(error) => panic!("{self:?}: {error:?}"),
        }
    }

    /// Returns the outcome of a response.
    pub async fn outcome(&self, response: Response<hyper::body::Incoming>) -> Outcome {
        let status = response.status().as_u16();
        if self.outcome == GoesOn && status == 200 {
            return goes_on(response, self.timeout).await;
        }
        match read(response).await {
            Ok(_) => Answer(status),
            Err(broken) => {
                assert_eq!(status, 200, "only a whole head is followed by a reset");
                assert!(is_reset(&broken), "not a reset: {broken:?}");
                Reset
            }
        }
    }
}

/// Reads until after the server's timeout.
async fn goes_on(mut response: Response<hyper::body::Incoming>, timeout: u32) -> Outcome {
    use http_body_util::BodyExt;
    let begin = Instant::now();
    while begin.elapsed() < timeout * Duration::from_millis(1500) {
        response.body_mut().frame().await.expect("it goes on").expect("a frame");
    }
    GoesOn
}

/// Returns `true` if the connection was reset, or the stream if there are several.
pub fn is_reset(error: &hyper::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return error.kind() == std::io::ErrorKind::ConnectionReset;
        }
        if error.to_string().starts_with("stream error received") {
            return true;
        }
        source = error.source();
    }
    false
}
