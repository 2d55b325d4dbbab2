//! The two traits that the compiler checks, and the one that types implement.
//!
//! A type implements [`derive::HandlerState`], which declares what the type holds and requires nothing. The two
//! checked traits follow from it, with one implementation each. So an error names the innermost type without the
//! derive, and lists no other types.

use crate::data::FromRequestData;
use crate::derive;
use crate::lock::{Share, SharedState};

/// A type that a handler can take: request data, or state that can reach no lock.
///
/// Every [`HandlerState`] is one. Three kinds of extractors are, too. Some read a fresh value from the request
/// (`Json<T>`, `Path<T>`, `Query<T>`, `Form<T>`), if `T` is `Deserialize`. Some carry the service's state (`State<T>`,
/// `Extension<T>`), if `T` is `HandlerState`. Some are the request itself (`HeaderMap`, `Request`, …).
///
/// A custom extractor derives [`HandlerState`]. If it contains request data such as `Json<T>`, it derives
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
    note = "derive `HandlerState` on your own type, or `HandlerParam` on an extractor that contains request data; put `Trusted<..>` around a type of another crate; see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
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
    note = "derive `HandlerState` on your own type; put `Trusted<..>` around a type of another crate, or `#[handler_state(trusted = \"reason\")]` on its field; see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait HandlerState: HandlerParam {
    /// Written by the derive.
    #[doc(hidden)]
    fn derive_handler_state(&self, by: OnlyTheDerive);
}

/// A parameter of a function that a router takes. The attribute checks the parameters of a handler, the router checks
/// the types of its state, and axum the types that are read from a request. This trait checks the rest, so that no
/// type causes two errors.
pub trait RoutedParam {}

#[diagnostic::do_not_recommend]
impl<T> RoutedParam for T
where
    T: derive::HandlerState<Routed: HandlerState> + ?Sized,
    T::DataA: RoutedParam,
    T::DataB: RoutedParam,
    T::DataC: RoutedParam,
{
}

#[diagnostic::do_not_recommend]
impl RoutedParam for Nothing {}

/// The questions to the fields of a type that derives one of the traits.
pub trait AsksFields {
    /// Written by the derive.
    fn ask_fields(&self, by: OnlyTheDerive);
}

impl<T> HandlerParam for T
where
    T: derive::HandlerState<Sharer: Share<T>, Read: FromRequestData> + ?Sized,
    T::ParamA: HandlerState,
    T::ParamB: HandlerState,
    T::ParamC: HandlerState,
    T::DataA: HandlerParam,
    T::DataB: HandlerParam,
    T::DataC: HandlerParam,
{
    fn derive_handler_param(&self, _: OnlyTheDerive) {}
}

// The bounds of a parameter stand here again, and for both traits: in another trait they would be one more line of
// each error.
macro_rules! for_state {
    ($trait:ident: fn $method:ident($($by:ty)?)) => {
        impl<T> $trait for T
        where
            T: derive::HandlerState<Sharer: Share<T>, Read: FromRequestData, OfRequest: SharedState>,
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
            fn $method(&self, $(_: $by)?) {}
        }
    };
}

for_state! { HandlerState: fn derive_handler_state(OnlyTheDerive) }
for_state! { Shared: fn ask() }

#[diagnostic::do_not_recommend]
impl Shared for Nothing {
    fn ask(&self) {}
}

/// Shared state. With [`HandlerState`] as the bound a type would be checked as a parameter, too, and each error have
/// lines about that.
#[diagnostic::on_unimplemented(
    message = "handlers cannot share `{Self}`: it may contain a lock",
    label = "may contain a lock",
    note = "derive `HandlerState` on your own type; put `Trusted<..>` around a type of another crate, or `#[handler_state(trusted = \"reason\")]` on its field; see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait Shared {
    /// Never called.
    fn ask(&self);
}

/// As [`Shared`], for a type with type parameters: only their bounds are known.
#[diagnostic::on_unimplemented(
    message = "handlers cannot share `{Self}`: it may contain a lock",
    label = "may contain a lock",
    note = "derive `HandlerState` on your own type; put `Trusted<..>` around a type of another crate, or `#[handler_state(trusted = \"reason\")]` on its field; see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait GenericShared {
    /// Never called.
    fn ask(&self);
}

impl<T: HandlerState + ?Sized> GenericShared for T {
    fn ask(&self) {}
}

/// The substitute for parts that a type does not hold.
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
    /// It contains only code.
    impl[] for Function;
}

/// The argument of the traits' hidden methods; it has no values. An implementation by hand lacks these methods. They
/// are never called.
#[derive(Debug)]
pub enum OnlyTheDerive {}
