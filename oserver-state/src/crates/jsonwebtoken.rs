//! Keys of tokens, and the rules for checking a token.

#[cfg(feature = "jsonwebtoken-10")]
state! {
    /// Keys and rules, which do not change.
    impl[] for jsonwebtoken_10::EncodingKey;
    impl[] for jsonwebtoken_10::DecodingKey;
    impl[] for jsonwebtoken_10::Validation;
    impl[] for jsonwebtoken_10::Header;
    impl[] for jsonwebtoken_10::Algorithm;
    impl[T] for jsonwebtoken_10::TokenData<T> where T;
}

#[cfg(feature = "jsonwebtoken-10")]
request_data! {
    /// An error.
    impl[] for jsonwebtoken_10::errors::Error;
}

#[cfg(feature = "jsonwebtoken-11")]
state! {
    /// Keys and rules, which do not change.
    impl[] for jsonwebtoken_11::EncodingKey;
    impl[] for jsonwebtoken_11::DecodingKey;
    impl[] for jsonwebtoken_11::Validation;
    impl[] for jsonwebtoken_11::Header;
    impl[] for jsonwebtoken_11::Algorithm;
    impl[T] for jsonwebtoken_11::TokenData<T> where T;
}

#[cfg(feature = "jsonwebtoken-11")]
request_data! {
    /// An error.
    impl[] for jsonwebtoken_11::errors::Error;
}
