//! Which functions are handlers here, and the message for all others.

use std::future::Future;

use axum::handler::Layered;

use crate::guard::guarded::Guarded;

/// A function under the guard: the proof is that it returns [`Guarded`].
///
/// Implemented for functions of up to 16 extractors, so that a handler takes `T` as axum's
/// [`Handler`](axum::handler::Handler) does. That the parameters are extractors is asked by that
/// trait, in its own words.
pub trait GuardedHandler<T> {}

/// What a handler's future yields: only [`Guarded`] will do.
#[diagnostic::on_unimplemented(
    message = "this handler is not guarded: a panic, an endless wait or a lock in it would break the server",
    label = "not guarded",
    note = "put `#[oserver::handler]` on the function; a closure must become a function first, for it can carry no attribute"
)]
pub trait GuardedOutput {}

impl GuardedOutput for Guarded {}

impl<F, Fut> GuardedHandler<((),)> for F
where
    F: FnOnce() -> Fut,
    Fut: Future<Output: GuardedOutput>,
{
}

macro_rules! for_functions_of {
    ($($parameter:ident),*) => {
        impl<F, Fut, M, $($parameter,)*> GuardedHandler<(M, $($parameter,)*)> for F
        where
            F: FnOnce($($parameter,)*) -> Fut,
            Fut: Future<Output: GuardedOutput>,
        {
        }
    };
}

for_functions_of!(T1);
for_functions_of!(T1, T2);
for_functions_of!(T1, T2, T3);
for_functions_of!(T1, T2, T3, T4);
for_functions_of!(T1, T2, T3, T4, T5);
for_functions_of!(T1, T2, T3, T4, T5, T6);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7, T8);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7, T8, T9);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15);
for_functions_of!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16);

/// `handler.layer(..)` of a guarded handler is one.
#[diagnostic::do_not_recommend]
impl<L, H, T, S> GuardedHandler<T> for Layered<L, H, T, S> where H: GuardedHandler<T> {}
