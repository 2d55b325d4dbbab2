//! Addresses: plain data.

state! {
    /// Plain data.
    impl[] for url::Url;
    impl[] for url::ParseError;
    impl[T] for url::Host<T> where T;
}
