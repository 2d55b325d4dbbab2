//! Pools of connections. Who waits for one waits until `acquire_timeout`, or for the request's deadline,
//! and a connection that a panicking handler had goes back, or is closed.

use sqlx::pool::{Pool, PoolConnection};
use sqlx::{Database, Transaction};

state! {
    impl[D: Database] for Pool<D>;
    impl[D: Database] for PoolConnection<D>;
    impl['a, D: Database] for Transaction<'a, D>;
}
