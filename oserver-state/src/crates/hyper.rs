//! The body of a request as it arrives.

request_data! {
    /// A body of a request.
    impl[] for hyper::body::Incoming;
    impl[] for hyper::Error;
}
