//! Types of `bytes`: plain data.

state! {
    impl[] for bytes::Bytes;
    impl[] for bytes::BytesMut;
}
