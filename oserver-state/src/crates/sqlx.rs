//! Pools of connections.

vouched! {
    /// Waiting for a connection ends after `acquire_timeout`, and one that a handler had when it panicked goes back, or is closed.
    impl[D: sqlx::Database] for sqlx::Pool<D>;
    impl[D: sqlx::Database] for sqlx::pool::PoolConnection<D>;
    impl['a, D: sqlx::Database] for sqlx::Transaction<'a, D>;
}

request_data! {
    /// An error, whose source can be anything.
    impl[] for sqlx::Error;
}
