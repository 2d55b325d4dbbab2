//! Maps of locks.

locks! {
    /// A reference is a guard that locks all keys of its shard. A second reference in the same handler can deadlock.
    impl[K, V, S] for dashmap::DashMap<K, V, S>;
    impl[K, S] for dashmap::DashSet<K, S>;
    impl['a, K, V] for dashmap::mapref::one::Ref<'a, K, V>;
    impl['a, K, V] for dashmap::mapref::one::RefMut<'a, K, V>;
}

state! {
    /// It is read-only.
    impl[K, V, S] for dashmap::ReadOnlyView<K, V, S> where K, V, S;
}
