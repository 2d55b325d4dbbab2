//! Requests that go well and differ in the part of a server that they use.

use bytes::Bytes;

/// How many static paths `/many/N` there are.
pub const MANY: usize = 100;

/// The response of `/large`: 64 KiB.
pub fn large() -> Bytes {
    static LARGE: [u8; 64 * 1024] = [b'x'; 64 * 1024];
    Bytes::from_static(&LARGE)
}
