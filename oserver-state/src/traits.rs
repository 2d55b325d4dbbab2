//! The two traits that the compiler is asked about, and the one that types implement.
//!
//! A type implements [`DerivesHandlerState`], which says what it holds and asks nothing. The two others follow from
//! that, one implementation each. So an error names the innermost type that is missing, and lists no other types.

use crate::data::FromRequestData;
use crate::lock::{CanShare, SharedState};

/// What a handler can take: request data, or state that can reach no lock.
///
/// Every [`HandlerState`] is one. Beyond that, extractors are: those that read a fresh value from the request
/// (`Json<T>`, `Path<T>`, `Query<T>`, `Form<T>`) where `T` is `Deserialize`, those that carry the service's state
/// (`State<T>`, `Extension<T>`) where `T` is `HandlerState`, and those that are the request (`HeaderMap`, `Request`, …).
///
/// A custom extractor derives [`HandlerState`], or, if it has request data like `Json<T>` in it,
/// `HandlerParam`:
///
/// ```
/// fn is_param<T: oserver_state::HandlerParam>() {}
///
/// is_param::<Option<u32>>();
/// ```
///
/// It cannot be implemented by hand.
#[diagnostic::on_unimplemented(
    message = "a handler cannot take `{Self}`: it may contain a lock",
    label = "may contain a lock",
    note = "derive `HandlerState` on a type of yours, or `HandlerParam` on an extractor that has request data in it; for one of another crate write `Trusted<..>` around it",
    note = "see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait HandlerParam {
    /// Written by the derive.
    #[doc(hidden)]
    fn derive_handler_param(&self, by: OnlyTheDerive);
}

/// State that handlers may share: no lock can be reached through it.
#[diagnostic::on_unimplemented(
    message = "handlers cannot share `{Self}`: it may contain a lock",
    label = "may contain a lock",
    note = "derive `HandlerState` on a type of yours; for one of another crate write `Trusted<..>` around it, or `#[handler_state(trusted = \"reason\")]` on the field",
    note = "see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait HandlerState: HandlerParam {
    /// Written by the derive.
    #[doc(hidden)]
    fn derive_handler_state(&self, by: OnlyTheDerive);
}

/// What a type is, and what it holds: written by the derive, and for the types that are known.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may contain a lock: it neither derives nor implements `HandlerState`",
    label = "may contain a lock",
    note = "derive `HandlerState` on a type of yours (`HandlerParam` on an extractor with request data in it); for one of another crate write `Trusted<..>` around it, or `#[handler_state(trusted = \"reason\")]` on the field; see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait DerivesHandlerState {
    /// What it gives out where it is state; of the three the last can be a tuple of more.
    type A: ?Sized;
    /// See [`A`](Self::A).
    type B: ?Sized;
    /// See [`A`](Self::A).
    type C: ?Sized;
    /// What it gives out where it is a parameter, and must be state.
    type ParamA: ?Sized;
    /// See [`ParamA`](Self::ParamA).
    type ParamB: ?Sized;
    /// See [`ParamA`](Self::ParamA).
    type ParamC: ?Sized;
    /// What it gives out where it is a parameter, and can be request data.
    type DataA: ?Sized;
    /// See [`DataA`](Self::DataA).
    type DataB: ?Sized;
    /// See [`DataA`](Self::DataA).
    type DataC: ?Sized;
    /// Who would share it: `Handlers`, if it is a lock.
    type Sharer;
    /// What it reads from a request, if it is an extractor that does.
    type Read: ?Sized;
    /// Itself, if it belongs to one request.
    type OfRequest: ?Sized;

    /// Written by the derive.
    fn derive_handler_state_of(&self, by: OnlyTheDerive);
}

/// What the derive writes. It is a trait apart, so that the compiler does not list the user's types when one is missing:
/// an attribute that says so would have no name where a module has no prelude.
pub trait Derived {
    /// As [`DerivesHandlerState::A`].
    type A: ?Sized;
    /// See [`A`](Self::A).
    type B: ?Sized;
    /// See [`A`](Self::A).
    type C: ?Sized;
    /// As [`DerivesHandlerState::ParamA`].
    type ParamA: ?Sized;
    /// See [`ParamA`](Self::ParamA).
    type ParamB: ?Sized;
    /// See [`ParamA`](Self::ParamA).
    type ParamC: ?Sized;
    /// As [`DerivesHandlerState::DataA`].
    type DataA: ?Sized;
    /// See [`DataA`](Self::DataA).
    type DataB: ?Sized;
    /// See [`DataA`](Self::DataA).
    type DataC: ?Sized;
    /// As [`DerivesHandlerState::Sharer`].
    type Sharer;
    /// As [`DerivesHandlerState::Read`].
    type Read: ?Sized;
    /// As [`DerivesHandlerState::OfRequest`].
    type OfRequest: ?Sized;

    /// Written by the derive.
    fn derive_handler_state_of(&self, by: OnlyTheDerive);
}

#[diagnostic::do_not_recommend]
impl<T: Derived + ?Sized> DerivesHandlerState for T {
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
    type Read = T::Read;
    type OfRequest = T::OfRequest;

    fn derive_handler_state_of(&self, _: OnlyTheDerive) {}
}

/// The questions to the fields of a type that derives one of the traits.
pub trait AsksFields {
    /// Written by the derive.
    fn ask_fields(&self, by: OnlyTheDerive);
}

impl<T> HandlerParam for T
where
    T: DerivesHandlerState<Sharer: CanShare<T>, Read: FromRequestData> + ?Sized,
    T::ParamA: HandlerState,
    T::ParamB: HandlerState,
    T::ParamC: HandlerState,
    T::DataA: HandlerParam,
    T::DataB: HandlerParam,
    T::DataC: HandlerParam,
{
    fn derive_handler_param(&self, _: OnlyTheDerive) {}
}

// What a parameter is asked stands here again: asked by its trait, it would be one more line of each error.
impl<T> HandlerState for T
where
    T: DerivesHandlerState<Sharer: CanShare<T>, Read: FromRequestData, OfRequest: SharedState>,
    T: ?Sized,
    T::A: HandlerState,
    T::B: HandlerState,
    T::C: HandlerState,
    T::ParamA: HandlerState,
    T::ParamB: HandlerState,
    T::ParamC: HandlerState,
    T::DataA: HandlerParam,
    T::DataB: HandlerParam,
    T::DataC: HandlerParam,
{
    fn derive_handler_state(&self, _: OnlyTheDerive) {}
}

/// A field of a type that derives [`HandlerState`]: asked by its trait, the field's type would be asked as a parameter,
/// too, and each error have a note about that.
#[diagnostic::on_unimplemented(
    message = "handlers cannot share `{Self}`: it may contain a lock",
    label = "may contain a lock",
    note = "derive `HandlerState` on a type of yours; for one of another crate write `Trusted<..>` around it, or `#[handler_state(trusted = \"reason\")]` on the field",
    note = "see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait FieldOfState {
    /// Never called.
    fn ask(&self);
}

impl<T: HandlerState + ?Sized> FieldOfState for T {
    fn ask(&self) {}
}

/// In the place of what a type does not hold.
#[derive(Debug)]
pub struct Nothing;

#[diagnostic::do_not_recommend]
impl HandlerParam for Nothing {
    fn derive_handler_param(&self, _: OnlyTheDerive) {}
}

#[diagnostic::do_not_recommend]
impl HandlerState for Nothing {
    fn derive_handler_state(&self, _: OnlyTheDerive) {}
}

/// Stands for pointers to functions that take references of any lifetime.
#[derive(Debug)]
pub struct Function(());

state! {
    /// There is only code.
    impl[] for Function;
}

/// What the traits' hidden methods take, which nobody has: they are there so that an implementation by
/// hand lacks them, and are never called.
#[derive(Debug)]
pub enum OnlyTheDerive {}
