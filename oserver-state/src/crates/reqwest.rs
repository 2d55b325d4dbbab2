//! An HTTP client. Its pool of connections has a lock inside, which is held for a few lines of its own at
//! a time, and never while code of a handler's runs.

#[cfg(feature = "reqwest-0_13")]
state! {
    impl[] for reqwest::Client;
    impl[] for reqwest::Url;
}

#[cfg(feature = "reqwest-0_12")]
state! {
    impl[] for reqwest_012::Client;
}

// With both, theirs is the same.
#[cfg(all(feature = "reqwest-0_12", not(feature = "reqwest-0_13")))]
state! {
    impl[] for reqwest_012::Url;
}
