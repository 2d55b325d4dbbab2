//! Pools of connections.

#[cfg(feature = "sqlx-0_8")]
vouched! {
    /// The wait for a connection ends after `acquire_timeout`; the connection of a handler that panics returns to the pool, or is closed.
    impl[D: sqlx_0_8::Database] for sqlx_0_8::Pool<D>;
    impl[D: sqlx_0_8::Database] for sqlx_0_8::pool::PoolConnection<D>;
    impl['a, D: sqlx_0_8::Database] for sqlx_0_8::Transaction<'a, D>;
}

#[cfg(feature = "sqlx-0_8")]
request_data! {
    /// An error. Its source can be any value.
    impl[] for sqlx_0_8::Error;
}

#[cfg(feature = "sqlx-0_9")]
vouched! {
    /// The wait for a connection ends after `acquire_timeout`; the connection of a handler that panics returns to the pool, or is closed.
    impl[D: sqlx_0_9::Database] for sqlx_0_9::Pool<D>;
    impl[D: sqlx_0_9::Database] for sqlx_0_9::pool::PoolConnection<D>;
    impl['a, D: sqlx_0_9::Database] for sqlx_0_9::Transaction<'a, D>;
}

#[cfg(feature = "sqlx-0_9")]
request_data! {
    /// An error. Its source can be any value.
    impl[] for sqlx_0_9::Error;
}
