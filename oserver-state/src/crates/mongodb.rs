//! A client of MongoDB.

vouched! {
    /// A task owns the pool and receives messages; the crate holds its other locks only for a few lines of its own code. The wait for a connection ends at the deadline of the request.
    impl[] for mongodb::Client;
    impl[] for mongodb::Database;
    impl[T: Send + Sync] for mongodb::Collection<T>;
}
