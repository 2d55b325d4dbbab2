//! Pools of connections.

vouched! {
    /// The wait for a connection ends after `acquire_timeout`; the connection of a handler that panics returns to the pool, or is closed.
    impl[D: sqlx::Database] for sqlx::Pool<D>;
    impl[D: sqlx::Database] for sqlx::pool::PoolConnection<D>;
    impl['a, D: sqlx::Database] for sqlx::Transaction<'a, D>;
}

request_data! {
    /// An error. Its source can be any value.
    impl[] for sqlx::Error;
}
