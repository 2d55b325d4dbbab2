//! Maps and sets in the order of their entries.

state! {
    /// A map gives out its contents and its hasher.
    impl[K, V, S] for indexmap::IndexMap<K, V, S> where K, V, S;
    impl[T, S] for indexmap::IndexSet<T, S> where T, S;
}
