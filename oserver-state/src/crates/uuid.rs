//! Identifiers: plain values.

state! {
    impl[] for uuid::Uuid;
    impl[] for uuid::NonNilUuid;
    impl[] for uuid::Error;
}
