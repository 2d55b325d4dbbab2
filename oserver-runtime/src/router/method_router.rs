//! The handlers of one path: axum's, for guarded handlers only.

use std::convert::Infallible;
use std::fmt;

use axum::routing::{MethodFilter, Route};
use http::Method;
use tower_layer::Layer;

use crate::router::direct::DirectMethods;
use crate::router::guarded_handler::{GuardedHandler, HandlerFunction, RouterState};
use crate::router::methods::tagged;
use crate::router::middleware::Middleware;
use crate::router::tag::Tag;

/// The handlers of one path, by method. axum's [`MethodRouter`](axum::routing::MethodRouter), for
/// guarded handlers only.
#[must_use = "a method router answers no request until `Router::route` takes it"]
pub struct MethodRouter<S = ()> {
    pub(super) inner: axum::routing::MethodRouter<S>,
    /// The handlers without a layer around them.
    pub(super) direct: DirectMethods<S>,
}

/// The argument of [`Router::route`](crate::Router::route): a [`MethodRouter`] of the same state. It is a trait for
/// its message: axum's type has the same name.
#[diagnostic::on_unimplemented(message = "`{Self}` is not oserver's `MethodRouter<{S}>`: import `get`, `post` and the others from `oserver::routing`, because axum's functions accept handlers without a guard", label = "not oserver's `MethodRouter`")]
pub trait IntoMethodRouter<S> {
    #[doc(hidden)]
    fn into_method_router(self) -> MethodRouter<S>;
}

#[diagnostic::do_not_recommend]
impl<S> IntoMethodRouter<S> for MethodRouter<S> { fn into_method_router(self) -> Self { self } }

impl<S: RouterState> MethodRouter<S> {
    /// Adds the handler of `connect` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    pub fn connect<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.connect(tagged(handler)), ..self }
    }

    /// Adds the handler of `delete` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    pub fn delete<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { direct: self.direct.and(Method::DELETE, &handler), inner: self.inner.delete(tagged(handler)) }
    }

    /// Adds the handler of `get` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    pub fn get<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { direct: self.direct.and(Method::GET, &handler), inner: self.inner.get(tagged(handler)) }
    }

    /// Adds the handler of `head` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    pub fn head<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.head(tagged(handler)), ..self }
    }

    /// Adds the handler of `options` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    pub fn options<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.options(tagged(handler)), ..self }
    }

    /// Adds the handler of `patch` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    pub fn patch<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { direct: self.direct.and(Method::PATCH, &handler), inner: self.inner.patch(tagged(handler)) }
    }

    /// Adds the handler of `post` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    pub fn post<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { direct: self.direct.and(Method::POST, &handler), inner: self.inner.post(tagged(handler)) }
    }

    /// Adds the handler of `put` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    pub fn put<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { direct: self.direct.and(Method::PUT, &handler), inner: self.inner.put(tagged(handler)) }
    }

    /// Adds the handler of `trace` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    pub fn trace<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.trace(tagged(handler)), ..self }
    }

    /// Adds the handler of several methods.
    ///
    /// # Panics
    /// When one of the methods has one already, or it is a closure.
    #[track_caller]
    pub fn on<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, methods: MethodFilter, handler: H) -> Self {
        Self { inner: self.inner.on(methods, tagged(handler)), ..self }
    }

    /// Sets the handler of all methods without a handler.
    ///
    /// # Panics
    /// When it is a closure.
    #[track_caller]
    pub fn fallback<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.fallback(tagged(handler)), ..self }
    }

    /// Puts a layer around the handlers added so far. See [`axum::routing::MethodRouter::layer`].
    pub fn layer<L: Layer<Route, Service: Middleware> + Clone + Send + Sync + 'static>(self, layer: L) -> Self {
        Self { inner: self.inner.layer((Tag::matched(), layer)), direct: DirectMethods::none() }
    }

    /// Puts a layer around the handlers added before, and not around the answer 405. See
    /// [`axum::routing::MethodRouter::route_layer`].
    ///
    /// # Panics
    /// When it has no handler yet.
    #[track_caller]
    pub fn route_layer<L: Layer<Route, Service: Middleware<Error = Infallible>> + Clone + Send + Sync + 'static>(self, layer: L) -> Self {
        let inner = self.inner.route_layer((Tag::matched(), layer));
        Self { inner, direct: DirectMethods::none() }
    }

    /// Takes over the handlers of another. See [`axum::routing::MethodRouter::merge`].
    ///
    /// # Panics
    /// When both have a handler of the same method.
    #[track_caller]
    pub fn merge(self, other: Self) -> Self {
        Self { inner: self.inner.merge(other.inner), direct: self.direct.merge(other.direct) }
    }
}

impl<S> Clone for MethodRouter<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), direct: self.direct.clone() }
    }
}

impl<S> fmt::Debug for MethodRouter<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(formatter)
    }
}
