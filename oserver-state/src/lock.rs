//! The names that the compiler says when a lock, or what may be one, is asked about.

use crate::traits::{HandlerParam, HandlerState};

/// All handlers, of whom it is asked what they may reach.
#[derive(Debug)]
pub struct Handlers;

/// Asked for every lock, and never true of one. It exists for its message.
#[diagnostic::on_unimplemented(
    message = "`{T}` is a lock: once a request panics or hangs while it holds it, every request that needs it fails or hangs, too",
    label = "a handler would reach the lock `{T}`",
    note = "give what it protects to an owner (`#[oserver::actor]`), or let handlers read a snapshot (`tokio::sync::watch`, `arc_swap::ArcSwap`) and send changes over a channel; if it can do no harm, say why with `Trusted`",
    note = "see https://docs.rs/oserver/latest/oserver/errors/is_a_lock"
)]
pub trait MayReach<T: ?Sized> {}

/// What a handler reaches in the place of a lock.
#[derive(Debug)]
pub struct OwnersAndSnapshots;

// The only one, so that the compiler names it, and not every type that could have a lock inside.
impl MayReach<OwnersAndSnapshots> for Handlers {}

/// As [`MayReach`], for the lock in a static that a handler's body names.
#[diagnostic::on_unimplemented(
    message = "`{T}` is a lock: once a request panics or hangs while it holds it, every request that needs it fails or hangs, too",
    label = "this static is a lock: `{T}`",
    note = "give what it protects to an owner (`#[oserver::actor]`), or let handlers read a snapshot (`tokio::sync::watch`, `arc_swap::ArcSwap`) and send changes over a channel; if it can do no harm, say why with `Trusted`",
    note = "see https://docs.rs/oserver/latest/oserver/errors/static_is_a_lock"
)]
pub trait MayName<T: ?Sized> {}

/// Compiles for what can be a field of a type that derives [`HandlerState`].
pub fn field_of_state<T: HandlerState + ?Sized>() {}

/// Compiles for what can be a field of a type that derives [`HandlerParam`].
pub fn field_of_parameter<T: HandlerParam + ?Sized>() {}

/// Compiles for what a handler can take, where its type has no name.
pub fn parameter_of_handler<T: HandlerParam + ?Sized>(_: &T) {}
