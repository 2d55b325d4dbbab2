//! The transport of gRPC clients.

vouched! {
    /// A task owns the connection and receives messages; a caller waits until the deadline of its request at most.
    impl[] for tonic::transport::Channel;
}

state! {
    /// An address and its settings.
    impl[] for tonic::transport::Endpoint;
}

request_data! {
    /// An error. Its source can be any value.
    impl[] for tonic::Status;
    impl[] for tonic::transport::Error;
}
