//! The resources that handlers share beyond workers: threads for blocking work, connections of the admin service.

mod common;

use std::process::Stdio;
use std::time::Duration;

use common::faults::Faults;
use common::{PATIENCE, eventually, run_for};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

fn attacked() -> Faults {
    Faults::attacked(Stdio::piped(), &[])
}

/// Requests at one time, and their statuses.
async fn at_once(attacked: &Faults, number: usize, path: &'static str) -> Vec<u16> {
    let mut clients = JoinSet::new();
    for _ in 0..number {
        let mut client = attacked.connect().await;
        clients.spawn(async move { client.get(path).await.status.as_u16() });
    }
    clients.join_all().await
}

fn message_of(attacked: &Faults, fault: &str) -> String {
    let of = |records: &[Value]| {
        let record = records.iter().find(|record| record["fault"] == fault);
        record.map(|record| record["message"].as_str().expect("text").to_owned())
    };
    attacked.look(of).expect("it is recorded")
}

#[test]
fn a_full_blocking_pool_takes_no_handler_with_it_is_recorded_and_ends_the_process() {
    run_for(6 * PATIENCE, async {
        let mut attacked = attacked();
        for _ in 0..3 {
            assert!(
                at_once(&attacked, 200, "/fill-pool").await.iter().all(|status| *status == 504)
            );
        }
        // A thread of our own, and none of tokio's.
        let sync = attacked.get("/sync").await;
        assert_eq!((sync.status.as_u16(), sync.text()), (200, "oserver-overflow"));
        assert_eq!(attacked.get("/read-file").await.status, 504, "the pool is not full");
        eventually("it is recorded", || attacked.recorded("blocking-pool") == 1).await;
        let message = message_of(&attacked, "blocking-pool");
        assert!(message.contains("GET /fill-pool (600 missed deadlines)"), "{message}");
        let ready = attacked.ask("/readyz").await;
        assert_eq!(ready.status, 503);
        assert!(ready.text().contains("blocking pool"), "{}", ready.text());
        assert_eq!(attacked.get("/sync").await.status, 200);
        assert_eq!(attacked.ends().await.code(), Some(70));
        assert!(message_of(&attacked, "unrecoverable").contains("blocking pool"));
    });
}

#[test]
fn a_pool_that_is_full_for_a_moment_is_ready_again() {
    run_for(4 * PATIENCE, async {
        let attacked = attacked();
        assert_eq!(attacked.get("/pool-for/8000").await.status, 200);
        eventually("it is recorded", || attacked.recorded("blocking-pool") == 1).await;
        eventually("it is over", || attacked.recorded("recovered") == 1).await;
        attacked.ask_until("/readyz", 200).await;
    });
}

#[test]
fn functions_that_block_are_recorded_as_such_and_leave_threads_to_others() {
    run_for(4 * PATIENCE, async {
        let attacked = attacked();
        assert_eq!(attacked.get("/sync-panic").await.status, 500);
        let reply = attacked.get("/sync-block").await;
        assert_eq!(reply.status, 504);
        // It is written before the response; who reads the pipe may be behind.
        let id = reply.header("x-request-id");
        eventually("it is recorded", || !attacked.kinds(id).is_empty()).await;
        assert_eq!(attacked.kinds(id), ["blocked"]);
        // More than the route may have of the budget: its breaker opens.
        let statuses = at_once(&attacked, 400, "/sync-block").await;
        assert!(statuses.iter().all(|status| [503, 504].contains(status)), "{statuses:?}");
        let others = at_once(&attacked, 50, "/sync").await;
        assert_eq!(others, [200; 50]);
        assert_eq!(attacked.ask("/healthz").await.status, 200);
    });
}

/// While one route has many requests that take their time, another's need not wait for their deadline.
#[test]
fn a_route_of_slow_functions_leaves_threads_to_others() {
    run_for(4 * PATIENCE, async {
        let attacked = attacked();
        let mut clients = JoinSet::new();
        for _ in 0..400 {
            let mut client = attacked.connect().await;
            clients.spawn(async move { client.get("/sync-sleep").await.status.as_u16() });
        }
        let sleeping = |status: &Value| {
            let routes = status["routes"].as_array().expect("routes");
            routes.iter().any(|route| {
                route["route"] == "GET /sync-sleep" && route["in_flight"].as_u64() >= Some(200)
            })
        };
        attacked.status_until(sleeping).await;
        assert_eq!(attacked.get("/sync").await.status, 200);
        let statuses = clients.join_all().await;
        let answered = statuses.iter().filter(|status| **status == 200).count();
        assert!(answered >= 128, "only {answered} of {} were answered", statuses.len());
    });
}

#[test]
fn a_probe_finds_room_beside_idle_connections_of_the_admin_service() {
    run_for(4 * PATIENCE, async {
        let attacked = attacked();
        let admin = attacked.admin.expect("it was asked for");
        let mut idle = Vec::new();
        for _ in 0..300 {
            idle.push(TcpStream::connect(admin).await.expect("a connection"));
            if idle.len() % 50 == 0 {
                let probe = tokio::time::timeout(Duration::from_secs(5), attacked.ask("/healthz"));
                assert_eq!(probe.await.expect("it has to wait").status, 200);
            }
        }
    });
}
