//! The transport of gRPC clients.

vouched! {
    /// A task has the connection, and is asked by messages; who waits for it ends at the deadline of the request.
    impl[] for tonic::transport::Channel;
}

state! {
    /// An address and its settings.
    impl[] for tonic::transport::Endpoint;
}

request_data! {
    /// An error, whose source can be anything.
    impl[] for tonic::Status;
    impl[] for tonic::transport::Error;
}
