//! The request's id and the server's shutdown as extractors.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::request::current;
use crate::request::shutdown_signal::{Shutdown, shutdown};
use crate::request_id::RequestId;

/// Outside of a server, as in a `oneshot` test, the id is the one that the server would have made from the request's
/// headers.
impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let id = current::with(|call| call.id.clone());
        Ok(id.unwrap_or_else(|| RequestId::outside_of_a_server(&parts.headers)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Shutdown {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(shutdown())
    }
}
