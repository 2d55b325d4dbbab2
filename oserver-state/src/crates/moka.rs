//! Caches.

vouched! {
    /// A read never waits. `get_with` waits while another request computes the same key; if that request panics or is dropped at its deadline, `get_with` computes the key itself. An eviction listener of yours must not wait.
    impl[K, V, S] for moka::future::Cache<K, V, S> where K, V, S;
}

vouched! {
    /// As `future::Cache`, but a closure of `get_with` that hangs blocks the thread of every request for the same key, past the deadlines of these requests.
    impl[K, V, S] for moka::sync::Cache<K, V, S> where K, V, S;
    impl[K, V, S] for moka::sync::SegmentedCache<K, V, S> where K, V, S;
}
