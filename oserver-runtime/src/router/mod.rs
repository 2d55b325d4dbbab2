//! axum's router behind two conditions: only guarded handlers, and each route under its own entry.
//!
//! | file | what it does |
//! |---|---|
//! | `guarded_handler` | the functions that are handlers here, and the message for all others |
//! | `direct` | the short way to handlers of static paths |
//! | `extractors` | the request's id and the server's shutdown as extractors |
//! | `gate` | lets a request continue when its route may run |
//! | `handlers_cannot_share` | the router of a state that handlers cannot share |
//! | `health_route` | `health()`, for a supervisor's probe |
//! | `method_router` | the handlers of one path |
//! | `methods` | `get`, `post`, … |
//! | `middleware` | services that a layer may put around handlers |
//! | `named_route` | `route("name")`, for services that route by themselves |
//! | `tag` | sets the route of each request, before the extractors run |

pub(crate) mod direct;
mod extractors;
mod gate;
pub(crate) mod guarded_handler;
pub(crate) mod handlers_cannot_share;
pub(crate) mod health_route;
// One line for each signature, for errors show no other.
#[rustfmt::skip]
pub(crate) mod method_router;
#[rustfmt::skip]
pub(crate) mod methods;
pub(crate) mod middleware;
pub(crate) mod named_route;
mod tag;

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use axum::routing::Route;
use http_body::Body as HttpBody;
use oserver_state::errors::Handlers;
use tower_layer::Layer;
use tower_service::Service;

use crate::router::direct::{DirectFuture, DirectRoutes};
use crate::router::guarded_handler::{
    GuardedHandler, HandlerFunction, RouterState, refuse_closure,
};
use crate::router::handlers_cannot_share::SharedByHandlers;
use crate::router::method_router::{IntoMethodRouter, MethodRouter};
use crate::router::methods::tagged;
use crate::router::middleware::Middleware;
use crate::router::tag::Tag;

/// axum's [`Router`](axum::Router), for guarded handlers only.
///
/// Paths, nesting, merging, fallbacks and layers are axum's and work as documented there. There are three differences:
/// a handler must have the attribute `#[oserver::handler]`; each route has its own entry, which counts its requests and
/// faults; and it takes no services, because the compiler cannot check what they share. Give services to an
/// [`axum::Router`], and this router to its `fallback_service`.
///
/// ```
/// # use oserver_runtime as oserver;
/// use oserver::{Router, extract::Path, routing::get};
/// # // What the attribute makes of `async fn hello(name: Path<String>) -> String`.
/// # async fn hello(Path(name): Path<String>) -> oserver::Guarded {
/// #     use oserver::__private::HandlerMeta;
/// #     static META: HandlerMeta = HandlerMeta::new("hello", "m", "f", 1);
/// #     oserver::__private::HandlerBody::run(&META, async move { format!("Hello, {name}!") }).await
/// # }
///
/// let router: Router = Router::new().route("/hello/{name}", get(hello));
/// # let _ = router;
/// ```
#[must_use = "a router answers no request until it is served"]
pub struct Router<S = ()> {
    inner: axum::Router<S>,
    direct: Arc<DirectRoutes<S>>,
}

impl<S> Router<S> {
    /// Creates a router without routes: it answers 404.
    pub fn new() -> Self {
        // For any state: a type that is no state is an error where a handler takes it.
        Self { inner: axum::Router::new().with_state(()), direct: Arc::default() }
    }

    /// Adds the handlers of a path. See [`axum::Router::route`] for the syntax of `path`.
    ///
    /// # Panics
    /// When `path` is malformed or conflicts with an existing one.
    #[track_caller]
    #[rustfmt::skip]
    pub fn route<H: IntoMethodRouter<S>>(self, path: &str, handlers: H) -> Self where Handlers: ServeState<S> {
        Handlers::add_route(self, path, handlers.into_method_router())
    }
}

/// The bound of [`Router::route`] on a state, as [`RouterState`]. It is a bound on `Handlers`, so that the compiler
/// does not advise to borrow the router.
#[diagnostic::on_unimplemented(message = "`{S}` cannot be the state of a router: put `#[derive(Clone)]` on it, or give the router an `Arc` of it; a state must be `Clone + Send + Sync + 'static`", label = "for this state")]
#[rustfmt::skip]
pub trait ServeState<S> {
    #[doc(hidden)]
    fn add_route(router: Router<S>, path: &str, handlers: MethodRouter<S>) -> Router<S>;
}

#[diagnostic::do_not_recommend]
impl<S: RouterState> ServeState<S> for Handlers {
    #[track_caller]
    fn add_route(mut router: Router<S>, path: &str, handlers: MethodRouter<S>) -> Router<S> {
        Arc::make_mut(&mut router.direct).add(path, &handlers.direct);
        Router { inner: router.inner.route(path, handlers.inner), ..router }
    }
}

impl<S: RouterState> Router<S> {
    /// Puts another router's routes below `path`. See [`axum::Router::nest`].
    ///
    /// # Panics
    /// When `path` is malformed or `/`, or a route conflicts with an existing one.
    #[track_caller]
    pub fn nest(mut self, path: &str, router: Router<S>) -> Self {
        Arc::make_mut(&mut self.direct).nest(path, &router.direct);
        Self { inner: self.inner.nest(path, router.inner), ..self }
    }

    /// Takes over another router's routes. See [`axum::Router::merge`].
    ///
    /// # Panics
    /// When both have the same route, or both a fallback.
    #[track_caller]
    pub fn merge(mut self, other: Router<S>) -> Self {
        Arc::make_mut(&mut self.direct).merge(&other.direct);
        Self { inner: self.inner.merge(other.inner), ..self }
    }

    /// Puts a layer around all handlers added before. See [`axum::Router::layer`].
    ///
    /// The compiler does not check a layer for locks. A panic in a layer, or a delay past the deadline, is a fault of
    /// the request alone.
    #[rustfmt::skip]
    pub fn layer<L: Layer<Route, Service: Middleware> + Clone + Send + Sync + 'static>(self, layer: L) -> Self {
        Self { inner: self.inner.layer((Tag::matched(), layer)), direct: Arc::default() }
    }

    /// Puts a layer around the routes added before, and not around the fallback. See [`axum::Router::route_layer`].
    ///
    /// # Panics
    /// When it has no route yet.
    #[track_caller]
    #[rustfmt::skip]
    pub fn route_layer<L: Layer<Route, Service: Middleware> + Clone + Send + Sync + 'static>(self, layer: L) -> Self {
        Self { inner: self.inner.route_layer((Tag::matched(), layer)), direct: Arc::default() }
    }

    /// Sets the handler of requests that no route takes; counted under `fallback`. See
    /// [`axum::Router::fallback`].
    ///
    /// # Panics
    /// When it is a closure.
    #[track_caller]
    #[rustfmt::skip]
    pub fn fallback<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        refuse_closure::<H, T, S>();
        Self { inner: self.inner.fallback(Tag::fallback().layer(handler)), ..self }
    }

    /// Sets the handler of requests whose path has a route, but not for their method. See
    /// [`axum::Router::method_not_allowed_fallback`]; it is for the paths that were added before it.
    ///
    /// # Panics
    /// When it is a closure.
    #[track_caller]
    #[rustfmt::skip]
    pub fn method_not_allowed_fallback<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.method_not_allowed_fallback(tagged(handler)), ..self }
    }
}

// The head of it in one line: an error about the state shows no other.
#[rustfmt::skip]
impl<S: RouterState + SharedByHandlers> Router<S> {
    /// Gives the state that the handlers take by `State`. See [`axum::Router::with_state`].
    ///
    /// It can have no lock in it: see [`HandlerState`](crate::HandlerState).
    pub fn with_state<S2>(self, state: S) -> Router<S2> {
        let direct = Arc::new(self.direct.with_state(&state));
        Router { inner: self.inner.with_state(state), direct }
    }
}

impl Router {
    /// Converts every handler into its service once, instead of for each request.
    pub(crate) fn prepare(&mut self) {
        self.inner = std::mem::take(&mut self.inner).with_state(());
    }

    /// Calls the handler of a request without axum's router, where that answers the same.
    ///
    /// # Errors
    /// The request, where that is not so.
    #[expect(clippy::result_large_err, reason = "a box for each request costs more")]
    pub(crate) fn call_directly(&self, request: Request) -> Result<DirectFuture, Request> {
        self.direct.call(request)
    }
}

impl<S> Default for Router<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Clone for Router<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), direct: Arc::clone(&self.direct) }
    }
}

impl<S> fmt::Debug for Router<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(formatter)
    }
}

/// A router as a tower service: for `oneshot` tests, or inside of another router.
impl<B> Service<http::Request<B>> for Router<()>
where
    B: HttpBody<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = axum::routing::future::RouteFuture<Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<http::Request<B>>::poll_ready(&mut self.inner, context)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        self.inner.call(request)
    }
}
