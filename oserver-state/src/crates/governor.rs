//! Limits of rates.

vouched! {
    /// Each decision is one exchange of an atomic number. A limiter with keys locks a shard of its map for that time, and runs `Hash` and `Eq` of the key under the lock.
    impl[K, S: governor::state::StateStore<Key = K>, C: governor::clock::Clock, M: governor::middleware::RateLimitingMiddleware<C::Instant>] for governor::RateLimiter<K, S, C, M> where K;
}

state! {
    /// Numbers.
    impl[] for governor::Quota;
    impl[] for governor::state::NotKeyed;
}
