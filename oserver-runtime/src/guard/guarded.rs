//! The response that only the guard can make.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;

use crate::guard::error::Error;

/// The response of a handler that ran under the guard. It is the proof that [`Router`](crate::Router) requires.
///
/// Every function with `#[oserver::handler]` returns one, and no other code can make one. A test calls the handler as
/// a function and checks the response:
///
/// ```
/// # mod oserver { pub use oserver_runtime::Guarded; }
/// # async fn look(answer: oserver::Guarded) -> oserver_runtime::Result<()> {
/// assert_eq!(answer.status(), 200);
/// assert_eq!(answer.text().await?, "Hello, World!");
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "return the response from the handler, or the client does not get it"]
pub struct Guarded(Response);

impl Guarded {
    pub(super) fn new(response: Response) -> Self {
        Self(response)
    }

    /// Returns the response's status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// Returns the response's headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// When the body fails. The part that was read before is dropped.
    pub async fn bytes(self) -> Result<Bytes, Error> {
        Ok(self.0.into_body().collect().await?.to_bytes())
    }

    /// Reads the whole body as text.
    ///
    /// # Errors
    /// When the body fails or is not UTF-8.
    pub async fn text(self) -> Result<String, Error> {
        Ok(String::from_utf8(self.bytes().await?.into())?)
    }

    /// Reads the whole body as JSON.
    ///
    /// # Errors
    /// When the body fails or is not the JSON of a `T`.
    pub async fn json<T: serde::de::DeserializeOwned>(self) -> Result<T, Error> {
        Ok(serde_json::from_slice(&self.bytes().await?)?)
    }
}

impl IntoResponse for Guarded {
    fn into_response(self) -> Response {
        self.0
    }
}

impl From<Guarded> for Response<Body> {
    fn from(guarded: Guarded) -> Self {
        guarded.0
    }
}
