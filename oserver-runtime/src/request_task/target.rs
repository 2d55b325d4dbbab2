//! The service that answers requests: the user's part of a server.

use axum::extract::Request;
use axum::response::Response;

/// Answers requests: the user's part of a server.
pub trait ServeTarget: Clone + Send + 'static {
    /// One request in flight.
    type Future: Future<Output = Response> + Send + 'static;

    /// Starts to answer a request.
    fn answer(&self, request: Request) -> Self::Future;

    /// Returns `true` if every request that has a handler gets its route on the way there, as with `oserver::Router`.
    /// For other apps only the path names the route.
    fn names_routes(&self) -> bool {
        false
    }
}
