//! The service that answers requests: the user's half of a server.

use axum::extract::Request;
use axum::response::Response;

/// Answers requests: the user's half of a server.
pub trait ServeTarget: Clone + Send + 'static {
    /// One request under way.
    type Future: Future<Output = Response> + Send + 'static;

    /// Starts to answer a request.
    fn answer(&self, request: Request) -> Self::Future;

    /// Returns `true` if every request that has a handler is told its route on the way there, as
    /// `oserver::Router` does. Of another app's requests the path alone tells the route.
    fn names_routes(&self) -> bool {
        false
    }
}
