//! The router of a state that handlers cannot share.
//!
//! Each handler that takes such a state is an error, and `with_state` would be one more for the same fault. So the method
//! that the compiler finds for it stands here, and has a type of this crate's own in its signature: that is an error, but
//! only in a crate without others.

use std::marker::PhantomData;
use std::ops::Deref;

use oserver_state::HandlerState;

use crate::router::Router;

/// A state that `with_state` takes, as [`HandlerState`], with a message of few lines.
#[diagnostic::on_unimplemented(message = "handlers cannot share `{Self}`: it is a lock, or may contain one; derive `HandlerState` on your own type; see https://docs.rs/oserver/latest/oserver/errors/is_a_lock", label = "the state is a lock, or may contain one")]
#[rustfmt::skip]
pub trait SharedByHandlers {}

#[diagnostic::do_not_recommend]
impl<S: HandlerState> SharedByHandlers for S {}

/// The `with_state` of a router with such a state, in place of its own.
#[doc(hidden)]
pub struct Unshared<S>(PhantomData<fn() -> S>);

/// The name that the error has: `handlers_cannot_share::ThisState`.
struct ThisState;

#[doc(hidden)]
pub trait Is<S> {
    type State;
}

#[rustfmt::skip]
impl<S> Is<S> for ThisState { type State = S; }

impl<S> Unshared<S> {
    #[allow(private_interfaces, reason = "that is what refuses it")]
    pub fn with_state<S2>(&self, _: <ThisState as Is<S>>::State) -> Router<S2> {
        unreachable!("a call of it does not compile")
    }
}

impl<S> Deref for Router<S> {
    type Target = Unshared<S>;

    fn deref(&self) -> &Unshared<S> {
        &Unshared(PhantomData)
    }
}
