//! The error that a handler returns by `?`.

use std::error::Error as StdError;
use std::fmt;

use axum::response::{IntoResponse, Response};

use crate::problem;
use crate::record::fault;
use crate::request::current;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Whatever went wrong in a handler: made by `?` from every error.
///
/// Answered as 500 with problem details that say nothing internal; the record in the log has the
/// error and its sources. Being made from everything that is an error it is none itself, as
/// `anyhow::Error` is not.
///
/// ```
/// # use oserver_runtime as oserver;
/// fn parse(text: &str) -> oserver::Result<u16> {
///     if text.is_empty() {
///         return Err("there is no number".into());
///     }
///     Ok(text.parse()?)
/// }
/// assert_eq!(parse("").unwrap_err().to_string(), "there is no number");
/// ```
pub struct Error(BoxError);

/// A [`Result`](std::result::Result) whose error is [`Error`] unless it says otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The error that this was made from.
    #[must_use]
    pub fn inner(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.0
    }

    /// The error and its sources, joined by `: `.
    fn chain(&self) -> String {
        let mut text = self.0.to_string();
        let mut next = self.0.source();
        while let Some(source) = next {
            text.push_str(": ");
            text.push_str(&source.to_string());
            next = source.source();
        }
        text
    }
}

impl<E: Into<BoxError>> From<E> for Error {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The error and its sources: what a `main` that returns it prints.
impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.chain())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let call = current::get();
        if let Some(call) = &call {
            fault::error(call, &self.chain());
        }
        problem::internal_error(call.as_deref()).map(Into::into)
    }
}
