//! `Trusted` as an extractor.

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::request::Parts;

use crate::Trusted;

/// A handler's signature that vouches has no place for a reason.
const IN_A_SIGNATURE: &str = "the handler's signature says so";

impl<S, T> FromRequestParts<S> for Trusted<T>
where
    S: Send + Sync,
    T: FromRequestParts<S>,
{
    type Rejection = T::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, T::Rejection> {
        let value = T::from_request_parts(parts, state).await?;
        Ok(Self::new(value, IN_A_SIGNATURE))
    }
}

// By the way of axum's own extractors of bodies only: a part that is the last parameter is one by the other trait.
impl<S, T> FromRequest<S> for Trusted<T>
where
    S: Send + Sync,
    T: FromRequest<S>,
{
    type Rejection = T::Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, T::Rejection> {
        let value = T::from_request(request, state).await?;
        Ok(Self::new(value, IN_A_SIGNATURE))
    }
}
