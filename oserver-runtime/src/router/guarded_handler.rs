//! The functions that are handlers here, and the messages for all others.
//!
//! `HandlerFunction` finds the function's parameters. With these known, each further condition has its own trait, and
//! so its own message.

use std::any::type_name;

use axum::extract::{FromRequest, FromRequestParts};
use axum::handler::{Handler, Layered};
use axum::response::IntoResponse;

use crate::guard::guarded::Guarded;
use oserver_state::errors::{Handlers, RoutedParam};

/// A function with any parameters.
///
/// Implemented for functions with up to 16 parameters.
pub trait HandlerFunction<T>: sealed::Function<T> {}

/// A function under the guard, whose parameters are extractors: the result of `#[oserver::handler]`.
///
/// It is sealed: no other code can implement it.
#[diagnostic::on_unimplemented(message = "this is not a guarded handler: pass the name of a function with `#[oserver::handler]`, not a call of that function; a closure that captures a value is refused, because the compiler cannot check whether the value is a lock", label = "not a guarded handler")]
#[rustfmt::skip]
pub trait GuardedHandler<T, S>: Handler<T, S> + HandlerFunction<T> + sealed::Guarded<T, S> {}

/// The future of an annotated function.
#[diagnostic::on_unimplemented(message = "this handler is not guarded: a panic, an endless wait or a lock in it would break the server; put `#[oserver::handler]` on the function (a closure cannot have an attribute: write a function instead)", label = "not guarded")]
#[rustfmt::skip]
pub trait GuardedFuture: Future<Output: GuardedResponse> {}

/// The response that an annotated function yields.
pub trait GuardedResponse: IntoResponse + sealed::Response {}

impl GuardedResponse for Guarded {}

#[diagnostic::do_not_recommend]
impl<F: Future<Output: GuardedResponse>> GuardedFuture for F {}

/// A function that brings nothing along but its parameters.
#[diagnostic::on_unimplemented(
    message = "this handler is a closure that captures a value: the compiler cannot check whether the value is a lock",
    label = "captures a value",
    note = "write a function with `#[oserver::handler]` that takes the value as `State`"
)]
pub trait CapturesNothing {}

#[diagnostic::do_not_recommend]
impl<F: Copy> CapturesNothing for F {}

/// A parameter of a handler, except for the last one.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot come before another parameter: move the extractor that reads the body (`Json`, `Form`, `String`, `Bytes`, `Request`) to the end; the type in `Path` or `Query` must derive `serde::Deserialize`, the type in `State` must derive `Clone`, and your own extractor must implement `FromRequestParts`")]
#[rustfmt::skip]
pub trait HeadExtractor<S>: FromRequestParts<S> + Send {}

#[diagnostic::do_not_recommend]
impl<S, T: FromRequestParts<S> + Send> HeadExtractor<S> for T {}

/// The last parameter of a handler.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be extracted from a request: the type in `Json`, `Query`, `Form` or `Path` must derive `serde::Deserialize`, the type in `State` must derive `Clone`, and your own extractor must implement `FromRequest` or `FromRequestParts`")]
#[rustfmt::skip]
pub trait LastExtractor<S, M>: FromRequest<S, M> + Send {}

#[diagnostic::do_not_recommend]
impl<S, M, T: FromRequest<S, M> + Send> LastExtractor<S, M> for T {}

/// The bounds on the state of every router.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be the state of a router: put `#[derive(Clone)]` on it, or give the router an `Arc` of it; a state must be `Clone + Send + Sync + 'static`")]
#[rustfmt::skip]
pub trait RouterState: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<S: Clone + Send + Sync + 'static> RouterState for S {}

/// The parameters that lead to no lock: every function that a router takes may have them.
#[diagnostic::on_unimplemented(message = "a handler cannot take `{P}`: it is a lock, or may contain one; see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for")]
#[rustfmt::skip]
pub trait Take<P> {}

#[diagnostic::do_not_recommend]
impl<P: RoutedParam> Take<P> for Handlers {}

mod sealed {
    pub trait Function<T> {}
    pub trait Guarded<T, S> {
        /// Returns the function's name, as the compiler writes it.
        fn name() -> &'static str;
    }
    pub trait Response {}

    impl Response for super::Guarded {}
}

impl<F: FnOnce() -> R, R> sealed::Function<((),)> for F {}
impl<F: FnOnce() -> R, R> HandlerFunction<((),)> for F {}

impl<F: FnOnce() -> R, R, S> sealed::Guarded<((),), S> for F {
    fn name() -> &'static str {
        type_name::<F>()
    }
}

impl<F, R, S> GuardedHandler<((),), S> for F
where
    F: FnOnce() -> R + CapturesNothing + Clone + Send + Sync + 'static,
    R: GuardedFuture + Send,
    S: Send + Sync + 'static,
{
}

macro_rules! for_functions_of {
    ([$($head:ident),*], $last:ident) => {
        impl<F: FnOnce($($head,)* $last,) -> R, R, M, $($head,)* $last> sealed::Function<(M, $($head,)* $last,)> for F {}
        impl<F: FnOnce($($head,)* $last,) -> R, R, M, $($head,)* $last> HandlerFunction<(M, $($head,)* $last,)> for F {}

        impl<F: FnOnce($($head,)* $last,) -> R, R, S, M, $($head,)* $last> sealed::Guarded<(M, $($head,)* $last,), S> for F {
            fn name() -> &'static str {
                type_name::<F>()
            }
        }

        impl<F, R, S, M, $($head,)* $last> GuardedHandler<(M, $($head,)* $last,), S> for F
        where
            F: FnOnce($($head,)* $last,) -> R + CapturesNothing + Clone + Send + Sync + 'static,
            R: GuardedFuture + Send,
            S: Send + Sync + 'static,
            $($head: HeadExtractor<S>,)*
            $last: LastExtractor<S, M>,
            Handlers: $(Take<$head> +)* Take<$last>,
        {
        }
    };
}

/// The same for functions of fewer parameters.
macro_rules! for_functions_up_to {
    ([$($head:ident),*], $last:ident $($rest:ident)*) => {
        for_functions_of!([$($head),*], $last);
        for_functions_up_to!([$($head,)* $last], $($rest)*);
    };
    ([$($head:ident),*],) => {};
}

for_functions_up_to!([], T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15 T16);

impl<L, H, T, S> sealed::Function<T> for Layered<L, H, T, S> where H: HandlerFunction<T> {}

#[diagnostic::do_not_recommend]
impl<L, H, T, S> HandlerFunction<T> for Layered<L, H, T, S> where H: HandlerFunction<T> {}

impl<L, H, T, S> sealed::Guarded<T, S> for Layered<L, H, T, S>
where
    H: GuardedHandler<T, S>,
{
    fn name() -> &'static str {
        H::name()
    }
}

#[diagnostic::do_not_recommend]
impl<L, H, T, S> GuardedHandler<T, S> for Layered<L, H, T, S>
where
    Self: Handler<T, S>,
    H: GuardedHandler<T, S>,
{
}

/// Refuses a closure, or a pointer to one, that has the type of a guarded handler because it calls one.
///
/// # Panics
/// When `H` is a closure, or a pointer to a function: the compiler does not distinguish these from a function.
#[track_caller]
pub(super) fn refuse_closure<H: GuardedHandler<T, S>, T, S>() {
    let name = H::name();
    assert!(
        !name.ends_with("{{closure}}") && !name.starts_with("fn(") && !name.starts_with("for<"),
        "a closure or a pointer to a function cannot be a handler, also if it calls one: write a function with `#[oserver::handler]`"
    );
}
