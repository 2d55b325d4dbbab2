//! Identifiers: plain data.

state! {
    /// Plain data.
    impl[] for uuid::Uuid;
    impl[] for uuid::NonNilUuid;
    impl[] for uuid::Error;
}
