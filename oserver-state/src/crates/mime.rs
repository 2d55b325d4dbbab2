//! Types of media: plain data.

state! {
    /// Plain data.
    impl[] for mime::Mime;
    impl[] for mime::FromStrError;
}
