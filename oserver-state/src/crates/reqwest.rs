//! HTTP clients.

#[cfg(feature = "reqwest-0_12")]
vouched! {
    /// The lock of its pool is held for a few lines of its own, and never while code of yours runs.
    impl[] for reqwest_0_12::Client;
}

#[cfg(feature = "reqwest-0_13")]
vouched! {
    /// The lock of its pool is held for a few lines of its own, and never while code of yours runs.
    impl[] for reqwest_0_13::Client;
}

#[cfg(feature = "reqwest-0_12")]
request_data! {
    /// An error, whose source can be anything.
    impl[] for reqwest_0_12::Error;
}

#[cfg(feature = "reqwest-0_13")]
request_data! {
    /// An error, whose source can be anything.
    impl[] for reqwest_0_13::Error;
}
