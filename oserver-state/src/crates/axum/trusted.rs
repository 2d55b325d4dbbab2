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

impl<S, T, M> FromRequest<S, private::Of<M>> for Trusted<T>
where
    S: Send + Sync,
    T: FromRequest<S, M>,
{
    type Rejection = T::Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, T::Rejection> {
        let value = T::from_request(request, state).await?;
        Ok(Self::new(value, IN_A_SIGNATURE))
    }
}

mod private {
    /// Marks the way by which the value is extracted, to distinguish it from that of `Trusted` itself.
    #[derive(Debug)]
    pub struct Of<M>(M);
}
