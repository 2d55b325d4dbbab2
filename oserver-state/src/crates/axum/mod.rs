//! axum's extractors, their rejections, and what handlers answer with.

mod trusted;

use axum::extract::{
    Extension, MatchedPath, NestedPath, OriginalUri, Path, RawForm, RawPathParams,
};
use axum::extract::{RawQuery, State, rejection};
use axum::response;

use crate::HandlerState;

// They carry the service's own.
state! {
    impl[T: HandlerState] for State<T>;
    impl[T: HandlerState] for Extension<T>;
}

// A value that is made of the request is nobody else's.
fresh! {
    impl[T] for Path<T>;
}

#[cfg(feature = "axum-0_8-json")]
fresh! {
    impl[T] for axum::Json<T>;
}

#[cfg(feature = "axum-0_8-query")]
fresh! {
    impl[T] for axum::extract::Query<T>;
}

#[cfg(feature = "axum-0_8-form")]
fresh! {
    impl[T] for axum::Form<T>;
}

state! {
    impl[] for MatchedPath;
    impl[] for NestedPath;
    impl[] for OriginalUri;
    impl[] for RawForm;
    impl[] for RawQuery;
}

// Around all of a request, whose extensions can hold anything; `Next` leads to the rest of the router.
request_data! {
    impl[] for RawPathParams;
    impl[] for axum::body::Body;
    impl[] for axum::middleware::Next;
}

#[cfg(feature = "axum-0_8-multipart")]
request_data! {
    impl[] for axum::extract::Multipart;
}

#[cfg(feature = "axum-0_8-ws")]
request_data! {
    impl[F] for axum::extract::WebSocketUpgrade<F>;
    impl[] for axum::extract::ws::WebSocket;
}

// What an acceptor says of a connection is made by the service.
#[cfg(feature = "axum-0_8-ws")]
state! {
    impl[T: HandlerState] for axum::extract::ConnectInfo<T>;
}

// The other half of `Result<extractor, rejection>`.
request_data! {
    impl[] for rejection::ExtensionRejection;
    impl[] for rejection::MatchedPathRejection;
    impl[] for rejection::NestedPathRejection;
    impl[] for rejection::PathRejection;
    impl[] for rejection::RawPathParamsRejection;
    impl[] for rejection::RawFormRejection;
    impl[] for rejection::BytesRejection;
    impl[] for rejection::StringRejection;
    impl[] for rejection::FailedToBufferBody;
    impl[] for rejection::InvalidUtf8;
    impl[] for axum::Error;
    impl[] for response::ErrorResponse;
    impl[T: crate::HandlerParam] for response::Html<T>;
    impl[] for response::Redirect;
    impl[] for response::NoContent;
}

#[cfg(feature = "axum-0_8-json")]
request_data! {
    impl[] for rejection::JsonRejection;
}

#[cfg(feature = "axum-0_8-query")]
request_data! {
    impl[] for rejection::QueryRejection;
}

#[cfg(feature = "axum-0_8-form")]
request_data! {
    impl[] for rejection::FormRejection;
}

#[cfg(feature = "axum-0_8-multipart")]
request_data! {
    impl[] for axum::extract::multipart::MultipartRejection;
    impl[] for axum::extract::multipart::MultipartError;
}

#[cfg(feature = "axum-0_8-ws")]
request_data! {
    impl[] for axum::extract::ws::rejection::WebSocketUpgradeRejection;
}
