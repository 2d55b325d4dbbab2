//! Types of `http`.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version};

use crate::HandlerState;

state! {
    impl[T: HandlerState] for HeaderMap<T>;
    impl[] for HeaderName;
    impl[] for HeaderValue;
    impl[] for Method;
    impl[] for StatusCode;
    impl[] for Uri;
    impl[] for Version;
    impl[] for http::uri::Authority;
    impl[] for http::uri::PathAndQuery;
    impl[] for http::uri::Scheme;
}

// A request carries extensions, which can hold anything: as state that would be a way around the
// question. What a handler finds in the extensions of its own request only the audit sees.
request_data! {
    impl[B] for http::Request<B>;
    impl[B] for http::Response<B>;
    impl[] for http::request::Parts;
    impl[] for http::response::Parts;
    impl[] for http::Extensions;
}
