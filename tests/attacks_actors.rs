//! Actors whose state blocks when it is dropped, and storms of panics.

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::faults::Faults;
use common::{PATIENCE, eventually, run_for};
use tokio::task::JoinSet;

fn attacked() -> Faults {
    Faults::attacked(Stdio::piped(), &[])
}

#[test]
fn a_panic_is_recorded_and_its_caller_told_though_the_drop_of_the_state_blocks() {
    run_for(4 * PATIENCE, async {
        let attacked = attacked();
        let begin = Instant::now();
        let reply = attacked.get("/sticky-panic").await;
        // At once: at the deadline of the request, which is also that of the drop, it would be 504.
        assert_eq!(reply.status, 503, "after {:?}", begin.elapsed());
        eventually("the panic is recorded", || attacked.recorded("actor-panic") == 1).await;
        // The drop is given up, and a fresh actor answers.
        eventually("the drop is recorded", || attacked.recorded("actor-blocked") == 1).await;
        assert_eq!(attacked.get("/sticky").await.status, 200);
    });
}

#[test]
fn after_a_storm_of_panicking_calls_the_server_stops_in_time() {
    run_for(6 * PATIENCE, async {
        let mut attacked = attacked();
        let mut clients = JoinSet::new();
        for _ in 0..100 {
            let mut client = attacked.connect().await;
            clients.spawn(async move {
                for _ in 0..30 {
                    let status = client.get("/panicking-actor").await.status.as_u16();
                    assert!([503, 504].contains(&status), "{status}");
                }
            });
        }
        while let Some(client) = clients.join_next().await {
            client.expect("all were answered");
        }
        let begin = Instant::now();
        attacked.signal("TERM");
        let status = attacked.ends().await;
        assert!(status.success(), "{status}: {:#?}", attacked.records());
        assert!(begin.elapsed() < Duration::from_secs(15), "it took {:?}", begin.elapsed());
    });
}

/// Commands that nobody waits for are no reason to begin the actor anew, time and again.
#[test]
fn waiting_commands_that_panic_hold_up_no_shutdown() {
    run_for(6 * PATIENCE, async {
        let mut attacked = attacked();
        assert_eq!(attacked.get("/panicking-actor-in-tasks").await.status, 200);
        let begin = Instant::now();
        attacked.signal("TERM");
        let status = attacked.ends().await;
        assert!(status.success(), "{status}: {:#?}", attacked.records());
        assert!(begin.elapsed() < Duration::from_secs(15), "it took {:?}", begin.elapsed());
    });
}
