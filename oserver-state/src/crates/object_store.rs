//! Stores of objects.

#[cfg(feature = "object_store-0_13")]
vouched! {
    /// Requests to a service, or files. The store in memory holds its lock only for a few lines of its own code. The compiler does not check a store of yours behind `dyn`.
    impl[] for dyn object_store_0_13::ObjectStore;
    impl[] for object_store_0_13::memory::InMemory;
    impl[] for object_store_0_13::local::LocalFileSystem;
    impl[T] for object_store_0_13::prefix::PrefixStore<T> where T;
    impl[T: object_store_0_13::ObjectStore] for object_store_0_13::limit::LimitStore<T> where T;
}

#[cfg(feature = "object_store-0_13")]
state! {
    /// Plain data.
    impl[] for object_store_0_13::path::Path;
    impl[] for object_store_0_13::ObjectMeta;
}

#[cfg(feature = "object_store-0_14")]
vouched! {
    /// Requests to a service, or files. The store in memory holds its lock only for a few lines of its own code. The compiler does not check a store of yours behind `dyn`.
    impl[] for dyn object_store_0_14::ObjectStore;
    impl[] for object_store_0_14::memory::InMemory;
    impl[] for object_store_0_14::local::LocalFileSystem;
    impl[T] for object_store_0_14::prefix::PrefixStore<T> where T;
    impl[T: object_store_0_14::ObjectStore] for object_store_0_14::limit::LimitStore<T> where T;
}

#[cfg(feature = "object_store-0_14")]
state! {
    /// Plain data.
    impl[] for object_store_0_14::path::Path;
    impl[] for object_store_0_14::ObjectMeta;
}
