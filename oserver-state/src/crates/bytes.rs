//! Pieces of memory: plain data.

state! {
    /// Plain data.
    impl[] for bytes::Bytes;
    impl[] for bytes::BytesMut;
}
