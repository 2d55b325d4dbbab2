//! The scenarios: the requests that make handlers fail, and the figures that are taken meanwhile.

use std::thread;
use std::time::Duration;

use crate::http::{Request, get, post};
use crate::load::{self, Load};
use crate::servers::Server;

use super::TIMEOUT;
use super::client;
use super::outcome::{Innocents, Outcome, got};

/// The load of those who are served while others are not.
pub const INNOCENT_CONNECTIONS: u32 = 64;
const STORM_CONNECTIONS: u32 = 16;

/// The body of the requests that have one.
const BODY: &[u8] = &[b'x'; 100];

/// How long those wait who ask for what goes wrong. Then what is left of the server is measured.
pub const PATIENCE: Duration = TIMEOUT.saturating_mul(2);
/// Requests to a server that was under load a moment ago have this longer timeout.
const LEISURE: Duration = Duration::from_secs(5);

pub struct Scenario {
    pub name: &'static str,
    pub does: &'static str,
    /// The result that oserver must show.
    pub wanted: &'static str,
    /// The others have nothing that could be broken like this.
    pub only_oserver: bool,
    pub run: fn(&Server, u32) -> Result<Outcome, String>,
}

/// In the order of the faults: panics, what does not answer, bodies, state.
pub const SCENARIOS: [Scenario; 18] = [
    Scenario {
        name: "panic-storm",
        does: "16 connections ask for a handler that panics without pause, with backtraces on",
        wanted: "500, ratio at least 0.4, every panic counted",
        only_oserver: false,
        run: panic_storm,
    },
    Scenario {
        name: "panic-payload",
        does: "16 handlers panic with a value that panics once more when it is dropped",
        wanted: "500, ratio at least 0.95",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[get("/panic-payload"); 16]),
    },
    Scenario {
        name: "panic-body",
        does: "16 bodies panic in their second frame",
        wanted: "200 cut off, ratio at least 0.95",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[get("/panic-body"); 16]),
    },
    Scenario {
        name: "middleware-panic",
        does: "a layer in front of the handler panics for 16 requests",
        wanted: "500, ratio at least 0.95",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[get("/middleware-panic"); 16]),
    },
    Scenario {
        name: "extractor-block",
        does: "16 extractors block their threads for ever",
        wanted: "504 within 1.1 x the timeout, ratio at least 0.95",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[get("/extractor-block"); 16]),
    },
    Scenario {
        name: "hundred-awaiting",
        does: "100 handlers await for ever",
        wanted: "504 within 1.1 x the timeout, ratio at least 0.95",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[get("/await"); 100]),
    },
    Scenario {
        name: "one-blocked",
        does: "one handler blocks its thread for ever on an idle server, while one client asks for /ok",
        wanted: "504 within 1.1 x the timeout, /ok below 5 ms",
        only_oserver: false,
        run: |server, _| one_blocked(server),
    },
    Scenario {
        name: "hundred-blocked",
        does: "100 handlers of one route block their threads for ever",
        wanted: "504 within 1.1 x the timeout, ratio at least 0.95, p99 ratio at most 2",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[get("/block/a"); 100]),
    },
    Scenario {
        name: "three-routes",
        does: "30 handlers of each of 3 routes block their threads for ever",
        wanted: "504 within 1.1 x the timeout, ratio at least 0.5",
        only_oserver: false,
        run: |server, seconds| {
            let routes = ["/block/a", "/block/b", "/block/c"].map(get);
            crowd(server, seconds, routes.repeat(30).as_slice())
        },
    },
    Scenario {
        name: "read-then-block",
        does: "16 handlers read the whole body, then block their threads for ever",
        wanted: "504 within 1.1 x the timeout, ratio at least 0.95",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[post("/read-then-block", BODY); 16]),
    },
    Scenario {
        name: "drop-then-block",
        does: "16 handlers drop the unread body, then block their threads for ever",
        wanted: "504 within 1.1 x the timeout, ratio at least 0.95",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[post("/drop-then-block", BODY); 16]),
    },
    Scenario {
        name: "eight-spinning",
        does: "8 handlers compute for ever",
        wanted: "504 within 1.1 x the timeout, ratio at least 0.85 on 2 cores",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[get("/spin"); 8]),
    },
    Scenario {
        name: "block-body",
        does: "16 bodies block their threads for ever in their second frame",
        wanted: "200 cut off within 1.1 x the timeout, ratio at least 0.85",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[get("/block-body"); 16]),
    },
    Scenario {
        name: "spin-body",
        does: "8 bodies compute for ever in their second frame",
        wanted: "200 cut off within 1.1 x the timeout, ratio at least 0.85 on 2 cores",
        only_oserver: false,
        run: |server, seconds| crowd(server, seconds, &[get("/spin-body"); 8]),
    },
    Scenario {
        name: "poisoned-state",
        does: "one request panics in the middle of a change of the state, then 20 ask for the state",
        wanted: "503, then 200, ratio at least 0.95",
        only_oserver: false,
        run: |server, seconds| state(server, seconds, &[get("/poison")]),
    },
    Scenario {
        name: "wedged-state",
        does: "one request never lets go of the state, then 20 ask for the state",
        wanted: "503 or 504 within 1.1 x the timeout, then 200, ratio at least 0.8",
        only_oserver: false,
        run: |server, seconds| state(server, seconds, &[get("/wedge")]),
    },
    Scenario {
        name: "count-then-block",
        does: "16 handlers use the state, then block their threads for ever, then 20 ask for the state",
        wanted: "504 within 1.1 x the timeout, then 200, ratio at least 0.95",
        only_oserver: false,
        run: |server, seconds| state(server, seconds, &[get("/count-then-block"); 16]),
    },
    Scenario {
        name: "four-actors",
        does: "4 actors block their threads for ever",
        wanted: "ratio at least 0.8",
        only_oserver: true,
        run: |server, seconds| {
            let actors = ["/wedge/0", "/wedge/1", "/wedge/2", "/wedge/3"].map(get);
            crowd(server, seconds, &actors)
        },
    },
];

fn one_blocked(server: &Server) -> Result<Outcome, String> {
    let address = server.address();
    let block = || client::at_once(address, &[get("/block/a")], PATIENCE);
    let (longest, answers) = client::longest_wait_during(address, PATIENCE, block)
        .map_err(|error| format!("the idle server does not answer: {error}"))?;
    Ok(Outcome { answers, innocents: None, longest_ok: Some(longest), besides: None })
}

fn crowd(server: &Server, seconds: u32, requests: &[Request]) -> Result<Outcome, String> {
    let before = unfaulted(server, seconds)?;
    let answers = client::at_once(server.address(), requests, PATIENCE);
    let after = faulted(server, seconds);
    let innocents = Some(Innocents { before, after });
    Ok(Outcome { answers, innocents, longest_ok: None, besides: None })
}

/// Has `requests` break the state, and then asks for the state.
fn state(server: &Server, seconds: u32, requests: &[Request]) -> Result<Outcome, String> {
    let before = unfaulted(server, seconds)?;
    let address = server.address();
    let answers = client::at_once(address, requests, PATIENCE);
    let later = client::at_once(address, &[get("/count"); 20], PATIENCE);
    let after = faulted(server, seconds);
    let innocents = Some(Innocents { before, after });
    let besides = Some(format!("then {}", got(later.iter())));
    Ok(Outcome { answers, innocents, longest_ok: None, besides })
}

fn panic_storm(server: &Server, seconds: u32) -> Result<Outcome, String> {
    let before = unfaulted(server, seconds)?;
    let address = server.address();
    let storm =
        load::in_background(address, "/panic", STORM_CONNECTIONS, seconds.saturating_add(10))?;
    // So that all of its connections are there.
    thread::sleep(Duration::from_millis(300));
    let after = faulted(server, seconds);
    let answers = client::at_once(address, &[get("/panic"); 16], PATIENCE);
    drop(storm);
    // The others count nothing.
    let besides = if server.kind() == "oserver" { Some(counted(server)?) } else { None };
    let innocents = Some(Innocents { before, after });
    Ok(Outcome { answers, innocents, longest_ok: None, besides })
}

/// How many panics were counted of how many that clients saw.
fn counted(server: &Server) -> Result<String, String> {
    let address = server.address();
    let panics = || client::ask_number(address, "/counts", LEISURE);
    let count = || {
        let mut before = panics()?;
        // Requests that the storm left are still in progress in the server.
        loop {
            thread::sleep(Duration::from_millis(100));
            let now = panics()?;
            if now == before {
                break;
            }
            before = now;
        }
        let seen = client::failures(address, "/panic", 10, 100, LEISURE)?;
        Ok(format!("{} of {seen} counted", panics()? - before))
    };
    count().map_err(|error: std::io::Error| format!("the panics cannot be counted: {error}"))
}

fn unfaulted(server: &Server, seconds: u32) -> Result<Load, String> {
    load::run(server.address(), load::Request::Ok, INNOCENT_CONNECTIONS, seconds)
}

/// A server that cannot even be connected to is a result, too.
fn faulted(server: &Server, seconds: u32) -> Load {
    load::run(server.address(), load::Request::Ok, INNOCENT_CONNECTIONS, seconds)
        .unwrap_or_else(|failure| Load { notes: vec![failure], ..Load::none() })
}
