//! tokio-util's types.

vouched! {
    /// The locks inside are held for a few lines of their own, in which nothing of yours runs.
    impl[] for tokio_util::sync::CancellationToken;
    impl[] for tokio_util::sync::DropGuard;
    impl[] for tokio_util::task::TaskTracker;
}
