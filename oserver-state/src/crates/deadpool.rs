//! Pools of objects; those of deadpool-postgres, deadpool-redis and the like are aliases of `Pool`.

#[cfg(feature = "deadpool-0_12")]
vouched! {
    /// The pool's lock is held for a few lines of its own, but `retain` runs its closure under it: let that closure be one that cannot panic or wait. An object that a handler had when it panicked goes back.
    impl[M: deadpool_0_12::managed::Manager, W: From<deadpool_0_12::managed::Object<M>>] for deadpool_0_12::managed::Pool<M, W>;
    impl[M: deadpool_0_12::managed::Manager] for deadpool_0_12::managed::Object<M>;
}

#[cfg(feature = "deadpool-0_13")]
vouched! {
    /// The pool's lock is held for a few lines of its own, but `retain` runs its closure under it: let that closure be one that cannot panic or wait. An object that a handler had when it panicked goes back.
    impl[M: deadpool_0_13::managed::Manager, W: From<deadpool_0_13::managed::Object<M>>] for deadpool_0_13::managed::Pool<M, W>;
    impl[M: deadpool_0_13::managed::Manager] for deadpool_0_13::managed::Object<M>;
}
