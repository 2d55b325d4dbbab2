//! A hasher.

state! {
    /// Keys of a hasher.
    impl[] for ahash::RandomState;
}
