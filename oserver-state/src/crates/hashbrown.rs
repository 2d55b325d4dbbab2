//! Maps and sets: as clean as their contents. A map also gives out its hasher.

#[cfg(feature = "hashbrown-0_15")]
state! {
    /// A map gives out its contents and its hasher.
    impl[K, V, S] for hashbrown_0_15::HashMap<K, V, S> where K, V, S;
    impl[T, S] for hashbrown_0_15::HashSet<T, S> where T, S;
    impl[T] for hashbrown_0_15::HashTable<T> where T;
}

#[cfg(feature = "hashbrown-0_16")]
state! {
    /// A map gives out its contents and its hasher.
    impl[K, V, S] for hashbrown_0_16::HashMap<K, V, S> where K, V, S;
    impl[T, S] for hashbrown_0_16::HashSet<T, S> where T, S;
    impl[T] for hashbrown_0_16::HashTable<T> where T;
}

#[cfg(feature = "hashbrown-0_17")]
state! {
    /// A map gives out its contents and its hasher.
    impl[K, V, S] for hashbrown_0_17::HashMap<K, V, S> where K, V, S;
    impl[T, S] for hashbrown_0_17::HashSet<T, S> where T, S;
    impl[T] for hashbrown_0_17::HashTable<T> where T;
}
