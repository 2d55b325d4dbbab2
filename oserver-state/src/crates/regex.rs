//! Patterns.

vouched! {
    /// A search takes memory from a pool, whose lock is held for a few lines of its own; a thread that finds it taken makes its own memory.
    impl[] for regex::Regex;
    impl[] for regex::RegexSet;
    impl[] for regex::bytes::Regex;
    impl[] for regex::bytes::RegexSet;
}

state! {
    /// An error.
    impl[] for regex::Error;
}
