//! axum's extractors, their rejections, and its responses.

mod trusted;

state! {
    /// It carries a value of the service's state.
    impl[T] for axum::extract::State<T> where T;
}

carried! {
    /// It carries a value of the service's state.
    impl[T] for axum::extract::Extension<T> where T;
}

fresh! {
    /// A fresh value that is read from the request. No other request has it.
    impl[T] for axum::extract::Path<T>;
}

#[cfg(feature = "axum-0_8-json")]
fresh! {
    /// A fresh value that is read from the request. No other request has it.
    impl[T] for axum::Json<T>;
}

#[cfg(feature = "axum-0_8-query")]
fresh! {
    /// A fresh value that is read from the request. No other request has it.
    impl[T] for axum::extract::Query<T>;
}

#[cfg(feature = "axum-0_8-form")]
fresh! {
    /// A fresh value that is read from the request. No other request has it.
    impl[T] for axum::Form<T>;
}

state! {
    /// Plain data.
    impl[] for axum::extract::MatchedPath;
    impl[] for axum::extract::NestedPath;
    impl[] for axum::extract::OriginalUri;
    impl[] for axum::extract::RawForm;
    impl[] for axum::extract::RawQuery;
}

request_data! {
    /// The request itself; `Next` leads to the rest of the router.
    impl[] for axum::extract::RawPathParams;
    impl[] for axum::body::Body;
    impl[] for axum::middleware::Next;
}

#[cfg(feature = "axum-0_8-multipart")]
request_data! {
    /// The body of the request.
    impl[] for axum::extract::Multipart;
}

#[cfg(feature = "axum-0_8-ws")]
request_data! {
    /// The connection of the request.
    impl[] for axum::extract::WebSocketUpgrade;
    impl[] for axum::extract::ws::WebSocket;
}

#[cfg(feature = "axum-0_8-ws")]
state! {
    /// Plain data.
    impl[] for axum::extract::ws::Message;
    impl[] for axum::extract::ws::Utf8Bytes;
    impl[] for axum::extract::ws::CloseFrame;
}

#[cfg(feature = "axum-0_8-tokio")]
state! {
    /// The service itself makes the value that describes a connection.
    impl[T] for axum::extract::ConnectInfo<T> where T;
}

state! {
    /// A response. It gives out its contents.
    impl[] for axum::response::Redirect;
    impl[] for axum::response::NoContent;
    impl[] for axum::response::sse::Event;
    impl[] for axum::response::sse::KeepAlive;
    impl[S] for axum::response::sse::Sse<S> where S;
}

either! {
    /// A response. It gives out its contents.
    impl[T] for axum::response::Html<T> where T;
}

request_data! {
    /// The error of `Result<extractor, rejection>`. Its source can be any value.
    impl[] for axum::extract::rejection::ExtensionRejection;
    impl[] for axum::extract::rejection::MatchedPathRejection;
    impl[] for axum::extract::rejection::NestedPathRejection;
    impl[] for axum::extract::rejection::PathRejection;
    impl[] for axum::extract::rejection::RawPathParamsRejection;
    impl[] for axum::extract::rejection::RawFormRejection;
    impl[] for axum::extract::rejection::BytesRejection;
    impl[] for axum::extract::rejection::StringRejection;
    impl[] for axum::extract::rejection::FailedToBufferBody;
    impl[] for axum::extract::rejection::InvalidUtf8;
    impl[] for axum::Error;
    impl[] for axum::response::ErrorResponse;
}

#[cfg(feature = "axum-0_8-json")]
request_data! {
    /// The error of `Result<extractor, rejection>`. Its source can be any value.
    impl[] for axum::extract::rejection::JsonRejection;
}

#[cfg(feature = "axum-0_8-query")]
request_data! {
    /// The error of `Result<extractor, rejection>`. Its source can be any value.
    impl[] for axum::extract::rejection::QueryRejection;
}

#[cfg(feature = "axum-0_8-form")]
request_data! {
    /// The error of `Result<extractor, rejection>`. Its source can be any value.
    impl[] for axum::extract::rejection::FormRejection;
}

#[cfg(feature = "axum-0_8-multipart")]
request_data! {
    /// The error of `Result<extractor, rejection>`. Its source can be any value.
    impl[] for axum::extract::multipart::MultipartRejection;
    impl[] for axum::extract::multipart::MultipartError;
}

#[cfg(feature = "axum-0_8-ws")]
request_data! {
    /// The error of `Result<extractor, rejection>`. Its source can be any value.
    impl[] for axum::extract::ws::rejection::WebSocketUpgradeRejection;
}
