//! Pools of connections.

vouched! {
    /// The pool's lock is held for a few lines of its own. Waiting for a connection ends after `connection_timeout`, and one that a handler had when it panicked goes back.
    impl[M: bb8::ManageConnection] for bb8::Pool<M>;
    impl['a, M: bb8::ManageConnection] for bb8::PooledConnection<'a, M>;
}
