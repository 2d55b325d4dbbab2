//! A handler's body, and the types that it may return: the traits that errors about them name.

use axum::response::{IntoResponse, Response};
use oserver_state::errors::Handlers;

use crate::guard::run::{HandlerContext, Run, run_response};

/// The return types that a handler may have.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{T}`: return text, `Json<T>` of a `T: Serialize`, a status code, a `Result` of two responses, `oserver::Result<T>`, or a type that implements `IntoResponse`",
    label = "not a response"
)]
pub trait Returns<T> {
    /// Makes the response.
    fn into_response(value: T) -> Response;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> Returns<T> for Handlers {
    fn into_response(value: T) -> Response {
        value.into_response()
    }
}

/// A handler's body. This is a trait and not bounds of a function, so that an error has one line for it.
pub trait HandlerBody: Future + Sized {
    /// Puts the guard around it. Called by generated code.
    #[doc(hidden)]
    fn run(handler: impl Into<HandlerContext>, body: Self) -> Run<Self>;
}

#[rustfmt::skip]
impl<F: Future + Send> HandlerBody for F where Handlers: Returns<F::Output> {
    fn run(handler: impl Into<HandlerContext>, body: F) -> Run<F> { F::run_unchecked(handler, body) }
}

/// As [`HandlerBody`], if type parameters decide whether the body is `Send`.
pub trait GenericHandlerBody: Future + Sized {
    /// Puts the guard around it. Called by generated code.
    #[doc(hidden)]
    fn run_unchecked(handler: impl Into<HandlerContext>, body: Self) -> Run<Self>;
}

#[rustfmt::skip]
impl<F: Future> GenericHandlerBody for F where Handlers: Returns<F::Output> {
    fn run_unchecked(handler: impl Into<HandlerContext>, body: F) -> Run<F> { run_response(handler, body, <Handlers as Returns<F::Output>>::into_response) }
}
