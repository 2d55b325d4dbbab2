//! HTTP clients.

#[cfg(feature = "reqwest-0_12")]
vouched! {
    /// The crate holds the lock of its pool only for a few lines of its own code; none of your code runs under it.
    impl[] for reqwest_0_12::Client;
}

#[cfg(feature = "reqwest-0_13")]
vouched! {
    /// The crate holds the lock of its pool only for a few lines of its own code; none of your code runs under it.
    impl[] for reqwest_0_13::Client;
}

#[cfg(feature = "reqwest-0_12")]
request_data! {
    /// An error. Its source can be any value.
    impl[] for reqwest_0_12::Error;
}

#[cfg(feature = "reqwest-0_13")]
request_data! {
    /// An error. Its source can be any value.
    impl[] for reqwest_0_13::Error;
}
