//! Services that a layer may put around handlers.

use std::convert::Infallible;

use axum::extract::Request;
use axum::response::IntoResponse;
use tower_service::Service;

/// A service that a layer makes from a route. This is oserver's own trait for its message: otherwise the compiler
/// would list all functions that axum's `from_fn` takes.
#[diagnostic::on_unimplemented(message = "this is not a middleware: `from_fn` takes an `async fn(.., Request, Next) -> impl IntoResponse`, with extractors before the last two parameters; the service of another layer must be a `Service<Request>` with the error `Infallible`, and `Clone + Send + Sync`", label = "not a middleware")]
#[rustfmt::skip]
pub trait Middleware: Service<Request, Response: IntoResponse + 'static, Error: Into<Infallible> + 'static, Future: Send + 'static> + Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
#[rustfmt::skip]
impl<S: Service<Request, Response: IntoResponse + 'static, Error: Into<Infallible> + 'static, Future: Send + 'static> + Clone + Send + Sync + 'static> Middleware for S {}
