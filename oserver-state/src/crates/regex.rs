//! Patterns.

vouched! {
    /// A search takes memory from a pool. The crate holds the lock of the pool only for a few lines of its own code; a thread that finds the pool locked allocates its own memory.
    impl[] for regex::Regex;
    impl[] for regex::RegexSet;
    impl[] for regex::bytes::Regex;
    impl[] for regex::bytes::RegexSet;
}

state! {
    /// An error.
    impl[] for regex::Error;
}
