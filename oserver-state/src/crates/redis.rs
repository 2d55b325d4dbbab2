//! A client of Redis.

vouched! {
    /// A task owns the connection and receives messages; a caller waits until its own deadline at most. The crate holds the lock of subscriptions only for a few lines of its own code.
    impl[] for redis::aio::MultiplexedConnection;
    impl[] for redis::aio::ConnectionManager;
}

state! {
    /// An address, without a connection.
    impl[] for redis::Client;
    impl[] for redis::ConnectionInfo;
}

request_data! {
    /// An error.
    impl[] for redis::RedisError;
}
