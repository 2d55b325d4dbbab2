//! Limits of rates.

vouched! {
    /// Each decision is one exchange of an atomic number. The map of a limiter with keys locks a shard for that long, and runs the key's `Hash` and `Eq` under it.
    impl[K, S: governor::state::StateStore<Key = K>, C: governor::clock::Clock, M: governor::middleware::RateLimitingMiddleware<C::Instant>] for governor::RateLimiter<K, S, C, M> where K;
}

state! {
    /// Numbers.
    impl[] for governor::Quota;
    impl[] for governor::state::NotKeyed;
}
