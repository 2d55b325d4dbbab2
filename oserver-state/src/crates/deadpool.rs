//! Pools of objects. Those of deadpool-postgres, deadpool-redis and similar crates are aliases of `Pool`.

#[cfg(feature = "deadpool-0_12")]
vouched! {
    /// The pool holds its lock only for a few lines of its own code, but `retain` runs its closure under the lock: write a closure that cannot panic or wait. The object of a handler that panics returns to the pool.
    impl[M: deadpool_0_12::managed::Manager, W: From<deadpool_0_12::managed::Object<M>>] for deadpool_0_12::managed::Pool<M, W>;
    impl[M: deadpool_0_12::managed::Manager] for deadpool_0_12::managed::Object<M>;
}

#[cfg(feature = "deadpool-0_13")]
vouched! {
    /// The pool holds its lock only for a few lines of its own code, but `retain` runs its closure under the lock: write a closure that cannot panic or wait. The object of a handler that panics returns to the pool.
    impl[M: deadpool_0_13::managed::Manager, W: From<deadpool_0_13::managed::Object<M>>] for deadpool_0_13::managed::Pool<M, W>;
    impl[M: deadpool_0_13::managed::Manager] for deadpool_0_13::managed::Object<M>;
}
