//! Caches.

vouched! {
    /// A read waits for nobody. Who asks `get_with` for a key that another one makes waits for that one, and makes it when that one panics or is dropped at its deadline. An eviction listener of your own must not wait.
    impl[K, V, S] for moka::future::Cache<K, V, S> where K, V, S;
}

vouched! {
    /// As `future::Cache`; but a closure of `get_with` that hangs blocks the threads of those who ask for the same key until it ends, each past its deadline.
    impl[K, V, S] for moka::sync::Cache<K, V, S> where K, V, S;
    impl[K, V, S] for moka::sync::SegmentedCache<K, V, S> where K, V, S;
}
