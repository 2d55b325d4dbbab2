//! The two traits that the compiler is asked about.

/// What a handler can take: request data, or state that can reach no lock.
///
/// Every [`HandlerState`] is one. Beyond that, extractors are: those that make fresh data of the request
/// (`Json<T>`, `Path<T>`, `Query<T>`, `HeaderMap`, `Request`, …) whatever `T` is, those that carry the
/// service's state (`State<T>`, `Extension<T>`) where `T` is `HandlerState`.
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
    message = "a handler cannot take `{Self}`: nobody says that no lock can be reached through it",
    label = "may reach a lock",
    note = "one panic or stall under a lock that requests share breaks every request after it",
    note = "a type of yours derives `HandlerState`, an extractor that has request data in it `HandlerParam`; for one of another crate write `Trusted<..>` around it",
    note = "see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait HandlerParam {
    /// Written by the derive.
    #[doc(hidden)]
    fn derive_handler_param(&self, by: OnlyTheDerive);
}

/// State that handlers may share: no lock can be reached through it.
#[diagnostic::on_unimplemented(
    message = "handlers cannot share `{Self}`: nobody says that no lock can be reached through it",
    label = "may reach a lock",
    note = "one panic or stall under a lock that requests share breaks every request after it",
    note = "a type of yours derives `HandlerState`; for one of another crate write `Trusted<..>` around it, or `#[handler_state(trusted = \"reason\")]` on the field",
    note = "see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait HandlerState: HandlerParam {
    /// Written by the derive.
    #[doc(hidden)]
    fn derive_handler_state(&self, by: OnlyTheDerive);
}

/// Stands for pointers to functions that take references of any lifetime.
#[doc(hidden)]
#[derive(Debug)]
pub struct Function(());

state! {
    impl[] for Function;
}

/// What the traits' hidden methods take, which nobody has: they are there so that an implementation by
/// hand lacks them, and are never called.
#[derive(Debug)]
pub enum OnlyTheDerive {}
