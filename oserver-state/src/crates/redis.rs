//! A client of Redis.

vouched! {
    /// A task has the connection, and is asked by messages; what a caller waits for ends at its deadline. The lock of subscriptions is held for a few lines of its own.
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
