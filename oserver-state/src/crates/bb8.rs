//! Pools of connections.

vouched! {
    /// The pool holds its lock only for a few lines of its own code. The wait for a connection ends after `connection_timeout`; the connection of a handler that panics returns to the pool.
    impl[M: bb8::ManageConnection] for bb8::Pool<M>;
    impl['a, M: bb8::ManageConnection] for bb8::PooledConnection<'a, M>;
}
