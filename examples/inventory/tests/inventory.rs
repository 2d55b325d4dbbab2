//! The example `inventory`: its actor is killed by panics in the middle of commands, under load, and loses
//! no committed row.

#[path = "../../../tests/common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use common::faults::Faults;
use common::{PATIENCE, eventually, run_for};
use hyper::Request;

const CLIENTS: usize = 16;
const STOCK: usize = 100_000;

/// The orders, as clients know them.
#[derive(Debug, Default)]
struct Known {
    accepted: BTreeSet<i64>,
    unanswered: BTreeSet<i64>,
}

/// Orders, under numbers of their own, until so many were not answered.
async fn order_until(inventory: &Arc<Faults>, next: &Arc<AtomicI64>, unanswered: usize) -> Known {
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (inventory, next) = (Arc::clone(inventory), Arc::clone(next));
            tokio::spawn(async move {
                let mut known = Known::default();
                let mut client = inventory.connect().await;
                while known.unanswered.len() < unanswered / CLIENTS {
                    let id = next.fetch_add(1, Ordering::SeqCst);
                    let request = Request::post(format!("/orders/{id}/apple"));
                    let reply = client.request(request, "").await;
                    match reply.status.as_u16() {
                        200 => known.accepted.insert(id),
                        503 => known.unanswered.insert(id),
                        other => panic!("{other}: {}", reply.text()),
                    };
                }
                known
            })
        })
        .collect();
    let mut all = Known::default();
    for client in clients {
        let mut known = client.await.expect("each order has its answer");
        all.accepted.append(&mut known.accepted);
        all.unanswered.append(&mut known.unanswered);
    }
    all
}

/// Asks until there is an answer: the actor may be struck by any command.
async fn ask(inventory: &Faults, method: &str, path: &str) -> String {
    loop {
        let mut client = inventory.connect().await;
        let reply = client.request(Request::builder().method(method).uri(path), "").await;
        match reply.status.as_u16() {
            200 => return reply.text().to_owned(),
            503 => {}
            other => panic!("{other}: {}", reply.text()),
        }
    }
}

async fn orders(inventory: &Faults) -> Vec<i64> {
    let orders = ask(inventory, "GET", "/orders").await;
    orders.lines().map(|line| line.parse().expect("a number")).collect()
}

/// Checks that the booked orders are those that clients know, and that the stock fits the orders.
async fn check(inventory: &Faults, known: &Known) {
    let orders = orders(inventory).await;
    let booked: BTreeSet<_> = orders.iter().copied().collect();
    assert_eq!(booked.len(), orders.len(), "an order was booked twice");
    let lost: Vec<_> = known.accepted.difference(&booked).collect();
    assert!(lost.is_empty(), "{lost:?} were accepted and are not in the books");
    let from_nowhere: Vec<_> =
        booked.difference(&known.accepted).filter(|id| !known.unanswered.contains(id)).collect();
    assert!(from_nowhere.is_empty(), "{from_nowhere:?} were never ordered");
    // Read without the actor: what it publishes after a restart is what is in the books.
    let left = ask(inventory, "GET", "/stock/apple").await;
    assert_eq!(left.trim(), (STOCK - booked.len()).to_string(), "half of an order was kept");
}

fn start(database: &str, arguments: &[&str]) -> Arc<Faults> {
    let arguments = [&[database, "127.0.0.1:0"], arguments].concat();
    Arc::new(Faults::program(env!("CARGO_BIN_EXE_example-inventory"), &arguments))
}

#[test]
fn an_actor_that_is_killed_in_the_middle_of_commands_loses_no_committed_row() {
    run_for(4 * PATIENCE, async {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("inventory.sqlite");
        let database = database.to_str().expect("a path of text");
        let inventory = start(database, &["--chaos", "5"]);
        ask(&inventory, "PUT", &format!("/stock/apple/{STOCK}")).await;
        let next = Arc::new(AtomicI64::new(1));
        let mut known = order_until(&inventory, &next, 320).await;
        assert!(known.accepted.len() > 320, "most commands are good: {}", known.accepted.len());
        eventually("each panic is recorded", || {
            inventory.recorded("actor-panic") >= known.unanswered.len() as u64
        })
        .await;
        check(&inventory, &known).await;

        // One that had no answer is asked for again, under its number.
        for id in std::mem::take(&mut known.unanswered) {
            ask(&inventory, "POST", &format!("/orders/{id}/apple")).await;
            known.accepted.insert(id);
        }
        check(&inventory, &known).await;

        // The same holds when the whole process is killed.
        inventory.signal("KILL");
        drop(inventory);
        let inventory = start(database, &[]);
        // The actor begins on its own.
        eventually_stock(&inventory).await;
        check(&inventory, &known).await;
    });
}

/// Until the first snapshot is there.
async fn eventually_stock(inventory: &Faults) {
    while ask(inventory, "GET", "/stock/apple").await.trim() == "0" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn a_stopped_server_does_what_waits_and_then_stops_its_actor() {
    run_for(2 * PATIENCE, async {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("inventory.sqlite");
        let log = folder.path().join("inventory.sqlite-wal");
        let inventory = start(database.to_str().expect("a path of text"), &[]);
        ask(&inventory, "PUT", &format!("/stock/apple/{STOCK}")).await;
        ask(&inventory, "POST", "/orders/1/apple").await;
        assert!(log.metadata().is_ok_and(|log| log.len() > 0), "there is something to fold in");
        inventory.signal("TERM");
        let mut inventory = Arc::into_inner(inventory).expect("nobody else has it");
        assert_eq!(inventory.ends().await.code(), Some(0));
        // The connection was closed in order, which removes the log.
        assert!(log.metadata().map_or(0, |log| log.len()) == 0, "its actor was not stopped");
    });
}
