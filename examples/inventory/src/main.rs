//! An inventory in SQLite, owned by one task: what is committed survives whatever happens to the actor.
//!
//! ```text
//! cargo run -p example-inventory -- DATABASE [ADDRESS] [--chaos N]
//! ```
//!
//! ```text
//! curl -X PUT  localhost:8080/stock/apple/10        # so many are there
//! curl -X POST localhost:8080/orders/4711/apple     # one is ordered, under a number of the client's
//! curl         localhost:8080/stock/apple           # how many are left
//! curl         localhost:8080/orders                # the numbers of all orders
//! ```
//!
//! A connection to a database is a thing that one task at a time can use, and what others put a lock
//! around. Here an actor has it. When a command panics the actor is dropped, SQLite rolls back what was not
//! committed, and the factory opens the database anew. How many are left is read without the actor, from a
//! snapshot that it publishes after each commit.
//!
//! With `--chaos N` one of N commands panics, somewhere in its middle.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command says what it does")]

#[path = "../../common/mod.rs"]
mod common;

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use oserver::extract::{Path as Segments, State};
use oserver::response::{IntoResponse, Response};
use oserver::routing::{get, post, put};
use oserver::{HandlerState, Publisher, Router, Snapshot};
use rusqlite::{Connection, OptionalExtension};

const USAGE: &str = "usage: inventory DATABASE [ADDRESS] [--chaos N]";

/// How many there are of each.
type Stock = HashMap<String, u32>;

/// The state that the task owns.
struct Inventory {
    database: Connection,
    stock: Publisher<Stock>,
    chaos: Chaos,
}

impl Inventory {
    /// Called at the start, and after each fault.
    fn open(path: &Path, stock: &Publisher<Stock>, chaos: Chaos) -> rusqlite::Result<Self> {
        let database = Connection::open(path)?;
        // Committed data is on the disk.
        database.pragma_update(None, "journal_mode", "wal")?;
        database.pragma_update(None, "synchronous", "full")?;
        database.execute_batch(
            "CREATE TABLE IF NOT EXISTS stock (sku TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;
             CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, sku TEXT NOT NULL) STRICT;",
        )?;
        let inventory = Self { database, stock: stock.clone(), chaos };
        inventory.publish()?;
        Ok(inventory)
    }

    fn publish(&self) -> rusqlite::Result<()> {
        let mut rows = self.database.prepare_cached("SELECT sku, number FROM stock")?;
        let rows = rows.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.stock.publish(rows.collect::<rusqlite::Result<_>>()?);
        Ok(())
    }
}

/// The result of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Accepted,
    /// It was accepted before: a client that had no answer asks again.
    Known,
    SoldOut,
}

#[oserver::actor(stop = close)]
impl Inventory {
    /// Sets how many there are.
    pub(crate) fn set(&mut self, sku: String, number: u32) -> rusqlite::Result<()> {
        self.chaos.strike();
        self.database.execute("INSERT OR REPLACE INTO stock VALUES (?1, ?2)", (sku, number))?;
        self.chaos.strike();
        self.publish()
    }

    /// Takes one.
    pub(crate) fn order(&mut self, id: i64, sku: String) -> rusqlite::Result<Order> {
        let transaction = self.database.transaction()?;
        let known = transaction
            .query_one("SELECT 1 FROM orders WHERE id = ?1", [id], |_| Ok(()))
            .optional()?;
        if known.is_some() {
            return Ok(Order::Known);
        }
        let taken = transaction.execute(
            "UPDATE stock SET number = number - 1 WHERE sku = ?1 AND number > 0",
            [&sku],
        )?;
        // Gone from the shelf, and not yet in the books.
        self.chaos.strike();
        if taken == 0 {
            return Ok(Order::SoldOut);
        }
        transaction.execute("INSERT INTO orders VALUES (?1, ?2)", (id, sku))?;
        self.chaos.strike();
        transaction.commit()?;
        // It is done, and the client will not hear of it.
        self.chaos.strike();
        self.publish()?;
        Ok(Order::Accepted)
    }

    /// The numbers of all orders.
    pub(crate) fn orders(&self) -> rusqlite::Result<Vec<i64>> {
        let mut rows = self.database.prepare_cached("SELECT id FROM orders ORDER BY id")?;
        rows.query_map((), |row| row.get(0))?.collect()
    }

    /// When the server has drained.
    fn close(&mut self) {
        if let Err(error) = self.database.pragma_update(None, "wal_checkpoint", "truncate") {
            eprintln!("the database is whole, but its log was not folded in: {error}");
        }
    }
}

/// The state that handlers share.
#[derive(Clone, HandlerState)]
struct App {
    inventory: InventoryHandle,
    stock: Snapshot<Stock>,
}

#[oserver::handler]
async fn set(
    State(app): State<App>,
    Segments((sku, number)): Segments<(String, u32)>,
) -> oserver::Result<String> {
    app.inventory.set(sku, number).await??;
    Ok(format!("{number}\n"))
}

#[oserver::handler]
async fn order(
    State(app): State<App>,
    Segments((id, sku)): Segments<(i64, String)>,
) -> oserver::Result<Response> {
    Ok(match app.inventory.order(id, sku).await?? {
        Order::Accepted | Order::Known => "ordered\n".into_response(),
        Order::SoldOut => (oserver::http::StatusCode::CONFLICT, "sold out\n").into_response(),
    })
}

#[oserver::handler]
async fn orders(State(app): State<App>) -> oserver::Result<String> {
    let ids = app.inventory.orders().await??;
    Ok(ids.iter().map(|id| format!("{id}\n")).collect())
}

/// Without the actor, which may be busy or gone.
#[oserver::handler]
async fn stock(State(app): State<App>, Segments(sku): Segments<String>) -> String {
    format!("{}\n", app.stock.load().get(&sku).copied().unwrap_or(0))
}

/// Panics in one of so many commands.
#[derive(Clone, Copy)]
struct Chaos(Option<u64>);

impl Chaos {
    /// Each command passes about three points at which it may be struck.
    fn strike(self) {
        let Some(one_of) = self.0 else { return };
        if RandomState::new().build_hasher().finish().is_multiple_of(3 * one_of) {
            panic!("the actor was struck in the middle of a command");
        }
    }
}

#[oserver::main]
async fn main() -> ExitCode {
    common::run_with(Options::parse(std::env::args().skip(1)), USAGE, run).await
}

async fn run(options: Options) -> oserver::Result<()> {
    let Options { database, address, chaos } = options;
    let (publisher, stock) = oserver::snapshot(Stock::new());
    let mut supervisor = oserver::Supervisor::new();
    if chaos.0.is_some() {
        // Here faults are the purpose.
        let (window, pause) = (std::time::Duration::from_secs(60), std::time::Duration::ZERO);
        supervisor = supervisor.restart_limit(usize::MAX, window).backoff(pause, pause);
    }
    let inventory = supervisor.supervise(move || Inventory::open(&database, &publisher, chaos));
    let router = Router::new()
        .route("/stock/{sku}", get(crate::stock))
        .route("/stock/{sku}/{number}", put(set))
        .route("/orders", get(orders))
        .route("/orders/{id}/{sku}", post(order))
        .with_state(App { inventory, stock });
    let listener = oserver::bind(&address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    oserver::serve(listener, router).await?;
    Ok(())
}

/// The options of the command line.
struct Options {
    database: PathBuf,
    address: String,
    chaos: Chaos,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut database, mut address, mut chaos) = (None, None, Chaos(None));
        while let Some(argument) = arguments.next() {
            if argument == "--chaos" {
                let value = arguments.next().and_then(|value| value.parse().ok());
                let one_of = value.filter(|one_of| *one_of > 0);
                chaos = Chaos(Some(one_of.ok_or("--chaos wants a number from 1 on")?));
            } else if database.is_none() {
                database = Some(PathBuf::from(argument));
            } else {
                address = Some(argument);
            }
        }
        Ok(Self {
            database: database.ok_or("DATABASE is missing, for example inventory.sqlite")?,
            address: address.unwrap_or_else(|| "127.0.0.1:8080".to_owned()),
            chaos,
        })
    }
}
