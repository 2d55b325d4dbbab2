//! The message for locks.

/// Who is asked whether a lock may be reached, so that the compiler's answer is a sentence.
#[doc(hidden)]
#[derive(Debug)]
pub struct Handler;

/// Implemented by nobody: every lock asks for it, and so gets a message of its own.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{T}` is a lock: once a request panics or hangs while it holds it, every request that needs it fails or hangs, too",
    label = "a handler would reach the lock `{T}`",
    note = "give what it protects to an owner (`#[oserver::actor]`), or let handlers read a snapshot (`tokio::sync::watch`, `arc_swap::ArcSwap`) and send changes over a channel; if it can do no harm, say why with `Trusted`",
    note = "see https://docs.rs/oserver/latest/oserver/errors/is_a_lock"
)]
pub trait MayReach<T: ?Sized> {}
