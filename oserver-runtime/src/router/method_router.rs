//! The handlers of one path: axum's, for guarded handlers only.

use std::convert::Infallible;
use std::fmt;

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower_layer::Layer;
use tower_service::Service;

use crate::router::guarded_handler::RouterState;
use crate::router::tag::Tag;

/// The handlers of one path, by method. axum's [`MethodRouter`](axum::routing::MethodRouter), for
/// guarded handlers only.
pub struct MethodRouter<S = ()> {
    pub(super) inner: axum::routing::MethodRouter<S>,
}

impl<S: RouterState> MethodRouter<S> {
    /// Puts a layer around the handlers added so far. See [`axum::routing::MethodRouter::layer`].
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route<Infallible>> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { inner: self.inner.layer((Tag::matched(), layer)) }
    }

    /// Puts a layer around the handlers added so far, not around the answer 405. See
    /// [`axum::routing::MethodRouter::route_layer`].
    ///
    /// # Panics
    /// When there is no handler yet.
    #[track_caller]
    #[must_use]
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route<Infallible>> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { inner: self.inner.route_layer((Tag::matched(), layer)) }
    }

    /// Takes over the handlers of another. See [`axum::routing::MethodRouter::merge`].
    ///
    /// # Panics
    /// When both have a handler of the same method.
    #[track_caller]
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self { inner: self.inner.merge(other.inner) }
    }
}

impl<S> Clone for MethodRouter<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<S> fmt::Debug for MethodRouter<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(formatter)
    }
}
