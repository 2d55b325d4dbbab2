//! A hasher.

state! {
    /// Keys of a hasher.
    impl[] for rustc_hash::FxBuildHasher;
    impl[] for rustc_hash::FxHasher;
}
