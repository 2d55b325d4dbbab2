//! `get`, `post`, … : axum's, for guarded handlers only.

use std::convert::Infallible;
use std::fmt;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, Route};
use tower_layer::Layer;
use tower_service::Service;

use crate::router::guarded_handler::GuardedHandler;
use crate::router::tag::Tag;

/// The handlers of one path, by method. axum's [`MethodRouter`](axum::routing::MethodRouter), for
/// guarded handlers only.
pub struct MethodRouter<S = ()> {
    pub(super) inner: axum::routing::MethodRouter<S>,
}

macro_rules! methods {
    ($($method:ident)*) => {
        $(
            #[doc = concat!("Routes `", stringify!($method), "` requests to a handler. See [`axum::routing::", stringify!($method), "`].")]
            pub fn $method<H, T, S>(handler: H) -> MethodRouter<S>
            where
                H: Handler<T, S> + GuardedHandler<T>,
                T: 'static,
                S: Clone + Send + Sync + 'static,
            {
                MethodRouter { inner: axum::routing::$method(Tag::matched().layer(handler)) }
            }
        )*

        impl<S: Clone + Send + Sync + 'static> MethodRouter<S> {
            $(
                #[doc = concat!("Adds the handler of `", stringify!($method), "` requests.")]
                ///
                /// # Panics
                /// When the method has one already.
                #[track_caller]
                #[must_use]
                pub fn $method<H, T>(self, handler: H) -> Self
                where
                    H: Handler<T, S> + GuardedHandler<T>,
                    T: 'static,
                {
                    Self { inner: self.inner.$method(Tag::matched().layer(handler)) }
                }
            )*
        }
    };
}

methods!(connect delete get head options patch post put trace);

/// Routes requests of every method to a handler. See [`axum::routing::any`].
pub fn any<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S> + GuardedHandler<T>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter { inner: axum::routing::any(Tag::matched().layer(handler)) }
}

/// Routes requests of several methods to a handler. See [`axum::routing::on`].
pub fn on<H, T, S>(methods: MethodFilter, handler: H) -> MethodRouter<S>
where
    H: Handler<T, S> + GuardedHandler<T>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter { inner: axum::routing::on(methods, Tag::matched().layer(handler)) }
}

impl<S: Clone + Send + Sync + 'static> MethodRouter<S> {
    /// Adds the handler of several methods.
    ///
    /// # Panics
    /// When one of the methods has one already.
    #[track_caller]
    #[must_use]
    pub fn on<H, T>(self, methods: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, S> + GuardedHandler<T>,
        T: 'static,
    {
        Self { inner: self.inner.on(methods, Tag::matched().layer(handler)) }
    }

    /// The handler of the methods that have none.
    #[must_use]
    pub fn fallback<H, T>(self, handler: H) -> Self
    where
        H: Handler<T, S> + GuardedHandler<T>,
        T: 'static,
    {
        Self { inner: self.inner.fallback(Tag::matched().layer(handler)) }
    }

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
