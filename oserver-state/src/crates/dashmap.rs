//! Maps of locks.

locks! {
    /// A reference that is kept is a guard for all keys of its shard, and a second one in the same handler can be a deadlock.
    impl[K, V, S] for dashmap::DashMap<K, V, S>;
    impl[K, S] for dashmap::DashSet<K, S>;
    impl['a, K, V] for dashmap::mapref::one::Ref<'a, K, V>;
    impl['a, K, V] for dashmap::mapref::one::RefMut<'a, K, V>;
}

state! {
    /// Nobody writes to it any more.
    impl[K, V, S] for dashmap::ReadOnlyView<K, V, S> where K, V, S;
}
