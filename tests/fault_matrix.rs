//! Every fault of the `faults` example, sent from outside: it costs its own request and no other, and
//! afterwards the server is as it was, but for the threads that it says it lost.

mod common;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::cases::{
    Answer, Case, LARGE, Reset, SMALL, TooLate, all, get, post, with_growing_timeout,
};
use common::faults::Faults;
use common::load::Load;
use common::{BUSY, eventually, run, run_for};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Stops the load, which a busy machine may have answered too late.
async fn stop(load: Option<Load>) -> Result<(), TooLate> {
    match load {
        Some(load) => load.stop_unless_late().await,
        None => Ok(()),
    }
}

/// An innocent request.
async fn is_served(faults: &Faults) -> Result<(), TooLate> {
    let ok = get("/ok", Answer(200), &[], false);
    ok.check(ok.send(&mut faults.connect().await, "innocent").await)
}

/// Plays a scenario, if asked for beside load.
async fn beside(
    load: bool,
    scenario: impl AsyncFn(&Faults, u32, Option<Load>) -> Result<(), TooLate>,
) {
    with_growing_timeout(async |faults, timeout| {
        let load = load.then(|| Load::start(faults.address, 8));
        if let Some(load) = &load {
            eventually("the load begins", || load.served() > 100).await;
        }
        scenario(faults, timeout, load).await
    })
    .await;
}

/// Sends the cases one after the other, takes each from the list when its outcome was right, and checks what they
/// left behind. With load beside them, the load has to go on after each.
async fn send_all(faults: &Faults, cases: &mut VecDeque<Case>, load: bool) -> Result<(), TooLate> {
    let ok = get("/ok", Answer(200), &[], false);
    // The server has everything that it opens at its start.
    ok.check(ok.send(&mut faults.connect().await, "first").await)?;
    let before = faults.resources();
    let load = load.then(|| Load::start(faults.address, 8));
    let mut lost = 0;
    while let Some(&case) = cases.front() {
        let id = format!("case-{}", cases.len());
        let mut client = faults.connect().await;
        case.check(case.send(&mut client, &id).await)?;
        drop(client);
        lost += usize::from(case.loses_thread);
        eventually("its record", || faults.kinds(&id).len() >= case.recorded.len()).await;
        case.check_records(&faults.kinds(&id))?;
        match &load {
            None => ok.check(ok.send(&mut faults.connect().await, "after").await)?,
            Some(load) => {
                let so_far = load.served();
                eventually("the load goes on", || load.served() > so_far + 10).await;
            }
        }
        cases.pop_front();
    }
    if let Some(load) = load {
        load.stop_unless_late().await?;
    }
    faults.settles(before, lost).await;
    Ok(())
}

/// Sends the cases, and those that a busy machine spoilt once more with a longer timeout.
async fn each_case(load: bool) {
    let mut cases: VecDeque<Case> = all().collect();
    with_growing_timeout(async |faults, timeout| {
        cases.iter_mut().for_each(|case| case.timeout = timeout);
        send_all(faults, &mut cases, load).await
    })
    .await;
    assert!(cases.is_empty());
}

#[test]
fn each_fault_fails_only_its_own_request_on_an_idle_server() {
    run_for(BUSY, each_case(false));
}

#[test]
fn each_fault_fails_only_its_own_request_under_load() {
    run_for(BUSY, each_case(true));
}

/// A client that sends what it has and goes, with the response not read.
async fn send_and_go(address: SocketAddr, case: &Case, id: &str, sent: usize) {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let Case { method, path, body, .. } = case;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: test\r\nx-request-id: {id}\r\ncontent-type: application/json\r\n\
         content-length: {body}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    // The server may have refused the rest.
    _ = stream.write_all(&case.body_bytes()[..sent]).await;
    // Long enough for the handler to begin, and before it ends.
    tokio::time::sleep(Duration::from_millis(20)).await;
}

async fn clients_go(faults: &Faults, timeout: u32, load: Option<Load>) -> Result<(), TooLate> {
    is_served(faults).await?;
    let before = faults.resources();
    let mut lost = 0;
    for case in all() {
        for sent in [case.body / 2, case.body] {
            send_and_go(faults.address, &case.at_timeout(timeout), "gone", sent).await;
            is_served(faults).await?;
            lost += usize::from(case.loses_thread);
        }
    }
    stop(load).await?;
    faults.settles(before, lost).await;
    is_served(faults).await
}

#[test]
fn a_client_that_goes_in_the_middle_leaves_nothing_behind() {
    run_for(BUSY, beside(false, clients_go));
}

#[test]
fn a_client_that_goes_in_the_middle_leaves_nothing_behind_under_load() {
    run_for(BUSY, beside(true, clients_go));
}

/// Opens connections that ask and never read, and keeps them for a while.
async fn clients_never_read(
    faults: &Faults,
    timeout: u32,
    load: Option<Load>,
) -> Result<(), TooLate> {
    is_served(faults).await?;
    let before = faults.resources();
    let mut idle = Vec::new();
    for path in ["/echo/50000000", "/events", "/block-body", "/spin-body", "/panic", "/ok"] {
        for _ in 0..4 {
            let mut stream = TcpStream::connect(faults.address).await.expect("a connection");
            let head = format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
            stream.write_all(head.as_bytes()).await.expect("sent");
            idle.push(stream);
        }
    }
    let begin = Instant::now();
    while begin.elapsed() < timeout * Duration::from_secs(3) {
        is_served(faults).await?;
    }
    drop(idle);
    stop(load).await?;
    // The routes `/block-body` and `/spin-body` keep these threads.
    faults.settles(before, 8).await;
    Ok(())
}

#[test]
fn a_client_that_never_reads_holds_nothing_but_its_connection() {
    run_for(BUSY, beside(false, clients_never_read));
}

#[test]
fn a_client_that_never_reads_holds_nothing_but_its_connection_under_load() {
    run_for(BUSY, beside(true, clients_never_read));
}

/// The part of the mix that is sent: the faults that come back, so that a minute of them takes no threads.
const MIX: &[Case] = &[
    get("/ok", Answer(200), &[], false),
    get("/echo/10000", Answer(200), &[], false),
    post("/json", SMALL, Answer(200), &[], false),
    post("/json", LARGE, Answer(200), &[], false),
    post("/upload", SMALL, Answer(200), &[], false),
    post("/upload", LARGE, Answer(200), &[], false),
    get("/panic", Answer(500), &["panic"], false),
    get("/panic-payload", Answer(500), &["panic", "panic"], false),
    get("/panic-body", Reset, &["panic"], false),
    get("/middleware-panic", Answer(500), &["panic"], false),
    get("/await", Answer(504), &["timeout"], false),
    get("/block/50", Answer(200), &[], false),
    get("/block/1500", Answer(504), &["blocked"], false),
    get("/spin/10", Answer(200), &[], false),
    get("/spin/1300", Answer(504), &["blocked"], false),
    get("/sync", Answer(200), &[], false),
];

#[test]
fn a_minute_of_mixed_faults_is_recorded_exactly() {
    const LENGTH: Duration = Duration::from_secs(60);
    run_for(BUSY, async {
        let faults = Arc::new(Faults::start());
        let _leash = faults.leash();
        assert_eq!(faults.get("/ok").await.status, 200);
        let before = faults.resources();
        let load = Load::start(faults.address, 4);
        let begin = Instant::now();
        let mut clients = Vec::new();
        // Two clients for each kind, each with a connection as long as that lasts.
        for (number, case) in MIX.iter().chain(MIX).enumerate() {
            let faults = Arc::clone(&faults);
            clients.push(tokio::spawn(async move {
                let panics_each =
                    case.recorded.iter().filter(|kind| **kind == "panic").count() as u64;
                let (mut sent, mut late, mut panics) = (0_u64, Vec::new(), 0..=0);
                let mut may_be_late = Vec::new();
                let mut client = faults.connect().await;
                while begin.elapsed() < LENGTH {
                    let id = format!("mix-{number}-{sent}");
                    let outcome = case.send(&mut client, &id).await;
                    sent += 1;
                    // A busy machine may hold a short one up until its deadline; then nobody knows
                    // whether it still panics.
                    let held_up = outcome == Answer(504) && case.outcome != outcome;
                    // And what blocks for a while may be done before the watchdog had the CPU to see it.
                    let got_away = case.recorded == ["blocked"] && outcome == Answer(200);
                    assert!(
                        outcome == case.outcome || held_up || got_away,
                        "{case:?}: {outcome:?}"
                    );
                    if got_away {
                        may_be_late.push(id.clone());
                    }
                    let certain = if held_up { 0 } else { panics_each };
                    panics = panics.start() + certain..=panics.end() + panics_each;
                    if outcome == Answer(504) {
                        late.push(id);
                    }
                    if outcome == Reset || (outcome == Answer(504) && !client.is_open().await) {
                        client = faults.connect().await;
                    }
                    // As fast as they can, panics alone would take all the time there is.
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                (panics, late, may_be_late)
            }));
        }
        let (mut panics, mut late, mut may_be_late) = (0..=0, Vec::new(), Vec::new());
        for client in clients {
            let (panics_here, late_here, may_be_late_here) =
                client.await.expect("each got what it should");
            may_be_late.extend(may_be_late_here);
            panics = panics.start() + panics_here.start()..=panics.end() + panics_here.end();
            late.extend(late_here);
        }
        late.sort_unstable();
        // A machine that is busy for a minute is late now and then, and that is recorded as well.
        let late_load = load.stop_unless_late().await.is_err();
        let recorded_late = || {
            let mut records = faults.records();
            records.retain(|record| record["fault"] == "timeout" || record["fault"] == "blocked");
            let id = |record: &Value| record["request_id"].as_str().expect("an id").to_owned();
            let mut ids: Vec<_> = records.iter().map(id).collect();
            ids.retain(|id| !may_be_late.contains(id) && (id.starts_with("mix-") || !late_load));
            ids.sort_unstable();
            ids
        };
        eventually("the last numbers are written", || {
            faults.recorded("panic") >= *panics.start() && recorded_late().len() >= late.len()
        })
        .await;
        let recorded = faults.recorded("panic");
        assert!(panics.contains(&recorded), "{recorded} of {panics:?}");
        assert_eq!(recorded_late(), late);
        for other in ["refused", "error", "unrecoverable", "accept-error", "connection-error"] {
            assert_eq!(faults.recorded(other), 0, "{other}");
        }
        faults.settles(before, 0).await;
        assert_eq!(faults.get("/ok").await.status, 200);
    });
}

#[test]
fn a_half_sent_request_holds_nothing_but_its_connection() {
    run(async {
        let faults = Faults::start();
        let mut stream = TcpStream::connect(faults.address).await.expect("a connection");
        stream
            .write_all(b"POST /upload HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\nhalf")
            .await
            .expect("sent");
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.expect("an answer");
        assert_eq!(&head, b"HTTP/1.1 408");
        eventually("it is recorded", || faults.recorded("stalled-body") == 1).await;
    });
}
