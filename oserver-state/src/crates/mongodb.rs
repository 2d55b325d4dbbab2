//! A client of MongoDB.

vouched! {
    /// Its pool is a task that is asked by messages; its other locks are held for a few lines of its own. Waiting for a connection ends at the deadline of the request.
    impl[] for mongodb::Client;
    impl[] for mongodb::Database;
    impl[T: Send + Sync] for mongodb::Collection<T>;
}
