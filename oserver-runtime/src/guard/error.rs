//! The error that a handler returns by `?`.

use std::error::Error as StdError;
use std::fmt;

use axum::response::{IntoResponse, Response};

use crate::actor::error::CallError;
use crate::fault_log::{error_chain, fault};
use crate::request::{current, problem};

type BoxError = Box<dyn StdError + Send + Sync>;

/// The error of a handler. `?` makes it from every other error.
///
/// It is answered as 500 with problem details that contain nothing internal, or as 503 if it comes from a
/// [`CallError`]. The record in the log has the error and its sources. It is made from any error, so it cannot itself
/// implement `std::error::Error`; the same holds for `anyhow::Error`.
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

/// A [`Result`](std::result::Result) whose error is [`Error`] by default.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Returns the error that this was made from.
    #[must_use]
    pub fn inner(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.0
    }

    /// Returns the [`CallError`] that this error comes from, if there is one.
    fn unanswered(&self) -> Option<CallError> {
        error_chain::find(&*self.0)
    }

    /// Returns the error and its sources, joined by `: `.
    fn chain(&self) -> String {
        error_chain::text_of(&*self.0)
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

/// The error and its sources, as a `main` that returns the error prints them.
impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.chain())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let call = current::get();
        let unanswered = self.unanswered();
        if let Some(call) = &call {
            match unanswered {
                Some(CallError::Overloaded) => fault::refused(call, &self.chain()),
                _ => fault::error(call, &self.chain()),
            }
        }
        let problem = match unanswered {
            Some(why) => problem::unavailable(call.as_deref(), why.for_client()),
            None => problem::internal_error(call.as_deref()),
        };
        problem.map(Into::into)
    }
}

impl IntoResponse for CallError {
    fn into_response(self) -> Response {
        Error::from(self).into_response()
    }
}

oserver_state::__derived! { [] Error, held oserver_state::__private::Nothing, of_request Error }
