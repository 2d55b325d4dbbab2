//! Traits that `#[oserver::actor]` implements for a type.

use std::sync::Arc;
use std::time::Duration;

use crate::actor::handle::ActorRef;
use crate::actor::reply::{Answerable, ReplySlot};
pub use crate::actor::reply::{Answered, Reply};
use crate::clock::LONGEST;

/// State that one task owns, and that other tasks use by commands. `#[oserver::actor]` implements it;
/// [`supervise`](crate::supervise) runs it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an actor",
    label = "not an actor",
    note = "put `#[oserver::actor]` on its `impl` block"
)]
pub trait Actor: Sized + Send + 'static {
    /// The handle that callers hold.
    type Handle;
    /// One call, as it waits in the mailbox.
    #[doc(hidden)]
    type Command: Command;
    #[doc(hidden)]
    const OPTIONS: ActorOptions;

    #[doc(hidden)]
    fn run(&mut self, command: Self::Command) -> impl Future<Output = Answered> + Send;

    /// Runs at the end of the server, when the mailbox is empty.
    #[doc(hidden)]
    fn stop(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }

    #[doc(hidden)]
    fn handle(base: ActorRef<Self::Command>) -> Self::Handle;
}

/// The type of an actor's commands, which is [`Actor::Command`] without its constant. A command may take or return the
/// handle itself, and the compiler must know the handle's type before it evaluates that constant.
pub trait CommandOf {
    /// One call, as it waits in the mailbox.
    type Command;
}

/// A value that is sent to the task of an actor, or comes from it.
///
/// Generated code checks this bound for all types of commands in one constant, which is a parameter of
/// [`Actor::Command`]. If the constant does not compile, the compiler checks nothing else of those types: a type that
/// cannot be sent is one error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be sent between threads: an actor and its callers run on different threads, so the actor and the arguments and results of its commands must be `Send + 'static`", label = "cannot be sent between threads")]
#[rustfmt::skip]
pub trait SentToActor {
    /// Never called.
    fn ask() {}
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> SentToActor for T {}

/// The type that a command returns. The bound is on the command, for the reason at [`SentToActor`].
#[doc(hidden)]
pub trait Returns<T> {
    /// Returns the slot of the reply, for any type.
    fn slot(slot: Arc<ReplySlot<T>>) -> Arc<dyn Answerable>;
}

#[rustfmt::skip]
impl<C: Command, T: Send + 'static> Returns<T> for C { fn slot(slot: Arc<ReplySlot<T>>) -> Arc<dyn Answerable> { slot } }

/// The future of a command. A trait and not the bounds of a method: an error has one line about it.
#[doc(hidden)]
pub trait CommandFuture<const SENT: bool>: Sized {
    /// Returns the future itself.
    fn checked(self) -> impl Future<Output = Answered> + Send;
}

#[rustfmt::skip]
impl<F: Future<Output = Answered> + Send, const SENT: bool> CommandFuture<SENT> for F { fn checked(self) -> impl Future<Output = Answered> + Send { self } }

/// One call, as it waits in the mailbox.
#[doc(hidden)]
pub trait Command: Send + 'static {
    /// Returns the method.
    fn name(&self) -> &'static str;
}

/// A type without values.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Never {}

/// The options of the attribute.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ActorOptions {
    /// The type's name.
    pub name: &'static str,
    /// How many commands may wait.
    pub mailbox_capacity: Option<usize>,
    /// In nanoseconds. `None` is the server's timeout.
    pub timeout: Option<crate::meta::Timeout>,
}

/// Converts a timeout; `None` inside is "no limit".
pub(super) fn limit(timeout: Option<crate::meta::Timeout>) -> Option<Option<Duration>> {
    timeout.map(|timeout| timeout.limit().map(|limit| limit.min(LONGEST)))
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;
    use crate::meta::Timeout;

    #[test]
    fn the_longest_that_can_be_said_is_clipped_and_never_is_never() {
        let longest = Some(Timeout::Nanoseconds(u64::MAX));
        assert_eq!(limit(longest), Some(Some(LONGEST)));
        assert_eq!(limit(Some(Timeout::Never)), Some(None));
        assert_eq!(limit(None), None);
    }
}
