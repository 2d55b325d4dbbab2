//! The names in the compiler's messages about a lock, or a possible lock.

use crate::traits::{HandlerParam, Nothing};

/// All handlers. The checks ask which types they may reach.
#[derive(Debug)]
pub struct Handlers;

/// Asked for every lock, and never true of one. It exists for its message.
#[diagnostic::on_unimplemented(
    message = "`{T}` is a lock: after a request panics or hangs while it holds the lock, every request that needs the lock fails or hangs, too",
    label = "a handler would reach the lock `{T}`",
    note = "move the value into an actor (`#[oserver::actor]`), or let handlers read a snapshot (`tokio::sync::watch`, `arc_swap::ArcSwap`) and send changes over a channel; if the lock can do no harm, write the reason with `Trusted`; see https://docs.rs/oserver/latest/oserver/errors/is_a_lock"
)]
pub trait Share<T: ?Sized> {}

// The substitute for handlers, for types that are no lock. Handlers have no implementation.
#[diagnostic::do_not_recommend]
impl<T: ?Sized> Share<T> for Nothing {}

/// The bound for a type that belongs to one request, when it is used as state. It exists for its message.
#[diagnostic::on_unimplemented(
    message = "handlers cannot share `{Self}`: it belongs to one request, and may contain a lock",
    label = "belongs to one request",
    note = "take it as a separate parameter of the handler; a type that requests share derives `HandlerState`; see https://docs.rs/oserver/latest/oserver/errors/not_vouched_for"
)]
pub trait SharedState {}

#[diagnostic::do_not_recommend]
impl SharedState for Nothing {}

/// Compiles for values that a handler can take, if their type has no name.
pub fn parameter_of_handler<T: HandlerParam + ?Sized>(_: &T) {}
