//! Requests, responses, and their parts.

state! {
    /// Plain data.
    impl[T] for http::HeaderMap<T> where T;
    impl[] for http::HeaderName;
    impl[] for http::HeaderValue;
    impl[] for http::Method;
    impl[] for http::StatusCode;
    impl[] for http::Uri;
    impl[] for http::Version;
    impl[] for http::uri::Authority;
    impl[] for http::uri::PathAndQuery;
    impl[] for http::uri::Scheme;
    impl[] for http::header::InvalidHeaderName;
    impl[] for http::header::InvalidHeaderValue;
    impl[] for http::header::ToStrError;
    impl[] for http::method::InvalidMethod;
    impl[] for http::status::InvalidStatusCode;
    impl[] for http::uri::InvalidUri;
}

request_data! {
    /// Its extensions can hold any value, so as state they could hide a lock. Only the audit sees the values in the extensions of a request.
    impl[B] for http::Request<B> where B;
    impl[B] for http::Response<B> where B;
    impl[] for http::request::Parts;
    impl[] for http::response::Parts;
    impl[] for http::Extensions;
    impl[] for http::Error;
}
