//! tokio-util's types.

vouched! {
    /// The crate holds its locks only for a few lines of its own code; none of your code runs under them.
    impl[] for tokio_util::sync::CancellationToken;
    impl[] for tokio_util::sync::DropGuard;
    impl[] for tokio_util::task::TaskTracker;
}
