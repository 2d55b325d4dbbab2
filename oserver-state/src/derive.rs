//! The trait that the derives implement: it declares what a type holds, and requires nothing.
//!
//! [`HandlerState`](crate::HandlerState) and [`HandlerParam`](crate::HandlerParam) follow from it. No code needs to
//! write these names; the compiler's message about a type without the derive has them.

use crate::traits::OnlyTheDerive;

/// The kind of a type, and the types that it holds: written by the derive, and for the types that are known.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may contain a lock: it neither derives nor implements `HandlerState`",
    label = "may contain a lock: derive `HandlerState` on your own type (`HandlerParam` on an extractor with request data), add the bound `T: oserver::HandlerState` to a type parameter, or put `Trusted<..>` around a type of another crate; see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait HandlerState {
    /// The first type that a state gives out; of the three the last can be a tuple of more.
    type A: ?Sized;
    /// See [`A`](Self::A).
    type B: ?Sized;
    /// See [`A`](Self::A).
    type C: ?Sized;
    /// The first type that a parameter gives out and that must be state.
    type ParamA: ?Sized;
    /// See [`ParamA`](Self::ParamA).
    type ParamB: ?Sized;
    /// See [`ParamA`](Self::ParamA).
    type ParamC: ?Sized;
    /// The first type that a parameter gives out and that can be request data.
    type DataA: ?Sized;
    /// See [`DataA`](Self::DataA).
    type DataB: ?Sized;
    /// See [`DataA`](Self::DataA).
    type DataC: ?Sized;
    /// `Handlers` if the type is a lock, which no handler may share.
    type Sharer;
    /// The type that a router checks for such a parameter: the part of it that no state of a router is.
    type Routed: ?Sized;
    /// The type that an extractor reads from a request, if it reads one.
    type Read: ?Sized;
    /// Itself, if it belongs to one request.
    type OfRequest: ?Sized;

    /// Written by the derive.
    fn derive_handler_state_of(&self, by: OnlyTheDerive);
}

/// The trait that the derive writes. It is separate, so that the compiler does not list the user's types when one
/// lacks the derive. An attribute for that would have no name where a module has no prelude.
pub trait Derived {
    /// As [`HandlerState::A`].
    type A: ?Sized;
    /// See [`A`](Self::A).
    type B: ?Sized;
    /// See [`A`](Self::A).
    type C: ?Sized;
    /// As [`HandlerState::ParamA`].
    type ParamA: ?Sized;
    /// See [`ParamA`](Self::ParamA).
    type ParamB: ?Sized;
    /// See [`ParamA`](Self::ParamA).
    type ParamC: ?Sized;
    /// As [`HandlerState::DataA`].
    type DataA: ?Sized;
    /// See [`DataA`](Self::DataA).
    type DataB: ?Sized;
    /// See [`DataA`](Self::DataA).
    type DataC: ?Sized;
    /// As [`HandlerState::Sharer`].
    type Sharer;
    /// As [`HandlerState::Routed`].
    type Routed: ?Sized;
    /// As [`HandlerState::Read`].
    type Read: ?Sized;
    /// As [`HandlerState::OfRequest`].
    type OfRequest: ?Sized;

    /// Written by the derive.
    fn derive_handler_state_of(&self, by: OnlyTheDerive);
}

#[diagnostic::do_not_recommend]
impl<T: Derived + ?Sized> HandlerState for T {
    type A = T::A;
    type B = T::B;
    type C = T::C;
    type ParamA = T::ParamA;
    type ParamB = T::ParamB;
    type ParamC = T::ParamC;
    type DataA = T::DataA;
    type DataB = T::DataB;
    type DataC = T::DataC;
    type Sharer = T::Sharer;
    type Routed = T::Routed;
    type Read = T::Read;
    type OfRequest = T::OfRequest;

    fn derive_handler_state_of(&self, _: OnlyTheDerive) {}
}
