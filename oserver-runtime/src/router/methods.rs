//! `get`, `post`, … : which handler takes the requests of which method. Signatures are one line each, for errors show them.

use axum::routing::MethodFilter;
use tower_layer::Layer;

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
#[rustfmt::skip]
pub fn connect<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::connect(tagged(handler)) }
}

/// Routes `delete` requests to a handler. See [`axum::routing::delete`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn delete<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::delete(tagged(handler)) }
}

/// Routes `get` requests to a handler. See [`axum::routing::get`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn get<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::get(tagged(handler)) }
}

/// Routes `head` requests to a handler. See [`axum::routing::head`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn head<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::head(tagged(handler)) }
}

/// Routes `options` requests to a handler. See [`axum::routing::options`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn options<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::options(tagged(handler)) }
}

/// Routes `patch` requests to a handler. See [`axum::routing::patch`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn patch<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::patch(tagged(handler)) }
}

/// Routes `post` requests to a handler. See [`axum::routing::post`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn post<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::post(tagged(handler)) }
}

/// Routes `put` requests to a handler. See [`axum::routing::put`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn put<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::put(tagged(handler)) }
}

/// Routes `trace` requests to a handler. See [`axum::routing::trace`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn trace<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::trace(tagged(handler)) }
}

/// Routes requests of every method to a handler. See [`axum::routing::any`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn any<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::any(tagged(handler)) }
}

/// Routes requests of several methods to a handler. See [`axum::routing::on`].
///
/// # Panics
/// When it is a closure.
#[track_caller]
#[rustfmt::skip]
pub fn on<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static, S: RouterState>(methods: MethodFilter, handler: H) -> MethodRouter<S> {
    MethodRouter { inner: axum::routing::on(methods, tagged(handler)) }
}

/// The handler behind its route's tag.
#[track_caller]
fn tagged<H: GuardedHandler<T, S>, T, S>(handler: H) -> Tagged<H> {
    refuse_closure::<H, T, S>();
    Tag::matched().layer(handler)
}

impl<S: RouterState> MethodRouter<S> {
    /// Adds the handler of `connect` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn connect<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.connect(tagged(handler)) }
    }

    /// Adds the handler of `delete` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn delete<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.delete(tagged(handler)) }
    }

    /// Adds the handler of `get` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn get<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.get(tagged(handler)) }
    }

    /// Adds the handler of `head` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn head<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.head(tagged(handler)) }
    }

    /// Adds the handler of `options` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn options<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.options(tagged(handler)) }
    }

    /// Adds the handler of `patch` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn patch<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.patch(tagged(handler)) }
    }

    /// Adds the handler of `post` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn post<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.post(tagged(handler)) }
    }

    /// Adds the handler of `put` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn put<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.put(tagged(handler)) }
    }

    /// Adds the handler of `trace` requests.
    ///
    /// # Panics
    /// When the method has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn trace<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.trace(tagged(handler)) }
    }

    /// Adds the handler of several methods.
    ///
    /// # Panics
    /// When one of the methods has one already, or it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn on<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, methods: MethodFilter, handler: H) -> Self {
        Self { inner: self.inner.on(methods, tagged(handler)) }
    }

    /// The handler of the methods that have none.
    ///
    /// # Panics
    /// When it is a closure.
    #[track_caller]
    #[must_use]
    #[rustfmt::skip]
    pub fn fallback<H: HandlerFunction<T> + GuardedHandler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.fallback(tagged(handler)) }
    }
}
