//! `get`, `post`, … : which handler takes the requests of which method. Signatures are one line each, for errors show them.

use axum::routing::MethodFilter;
use http::Method;
use tower_layer::Layer;

use crate::router::direct::DirectMethods;
use crate::router::guarded_handler::{
    GuardedHandler, HandlerFunction, RouterState, refuse_closure,
};
use crate::router::method_router::MethodRouter;
use crate::router::tag::{Tag, Tagged};

/// Routes `connect` requests to a handler. See [`axum::routing::connect`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn connect<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none(), inner: axum::routing::connect(tagged(handler)) }
}

/// Routes `delete` requests to a handler. See [`axum::routing::delete`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn delete<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none().and(Method::DELETE, &handler), inner: axum::routing::delete(tagged(handler)) }
}

/// Routes `get` requests to a handler. See [`axum::routing::get`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn get<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none().and(Method::GET, &handler), inner: axum::routing::get(tagged(handler)) }
}

/// Routes `head` requests to a handler. See [`axum::routing::head`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn head<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none(), inner: axum::routing::head(tagged(handler)) }
}

/// Routes `options` requests to a handler. See [`axum::routing::options`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn options<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none(), inner: axum::routing::options(tagged(handler)) }
}

/// Routes `patch` requests to a handler. See [`axum::routing::patch`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn patch<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none().and(Method::PATCH, &handler), inner: axum::routing::patch(tagged(handler)) }
}

/// Routes `post` requests to a handler. See [`axum::routing::post`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn post<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none().and(Method::POST, &handler), inner: axum::routing::post(tagged(handler)) }
}

/// Routes `put` requests to a handler. See [`axum::routing::put`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn put<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none().and(Method::PUT, &handler), inner: axum::routing::put(tagged(handler)) }
}

/// Routes `trace` requests to a handler. See [`axum::routing::trace`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn trace<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none(), inner: axum::routing::trace(tagged(handler)) }
}

/// Routes requests of every method to a handler. See [`axum::routing::any`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn any<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none(), inner: axum::routing::any(tagged(handler)) }
}

/// Routes requests of several methods to a handler. See [`axum::routing::on`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
pub fn on<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(methods: MethodFilter, handler: H) -> MethodRouter<S> {
    MethodRouter { direct: DirectMethods::none(), inner: axum::routing::on(methods, tagged(handler)) }
}

/// Returns the handler behind its route's tag.
#[track_caller]
pub(super) fn tagged<H: GuardedHandler<T, S>, T, S>(handler: H) -> Tagged<H> {
    refuse_closure::<H, T, S>();
    Tag::matched().layer(handler)
}
