//! Factories of actors.

use std::future::ready;
use std::sync::Arc;

use crate::actor::supervisor::Supervisor;
use crate::actor::traits::Actor;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

pub(super) type Factory<S> = Arc<dyn Fn() -> S + Send + Sync>;

/// The bound of [`supervise`](crate::supervise) on a factory: a closure or a function without parameters. It is a
/// bound on [`Supervisor`], as [`Starts`] is; otherwise the compiler would show the user's type with each of the
/// errors.
#[diagnostic::on_unimplemented(message = "`{F}` cannot make actors: `supervise` takes a function that it calls at each restart, such as `Counter::new` or `move || Counter::new(url.clone())`; the values that it captures must be `Send + Sync + 'static`", label = "cannot make actors")]
#[rustfmt::skip]
pub trait Calls<F, S> { #[doc(hidden)] fn factory(factory: F) -> Factory<S>; }

#[diagnostic::do_not_recommend]
#[rustfmt::skip]
impl<F: Fn() -> S + Send + Sync + 'static, S> Calls<F, S> for Supervisor { fn factory(factory: F) -> Factory<S> { Arc::new(factory) } }

/// The bound of [`supervise`](crate::supervise) on the return value of a factory, as [`IntoActor`].
#[diagnostic::on_unimplemented(message = "`{S}` is not an actor: put `#[oserver::actor]` on its `impl` block; a factory returns an actor, a `Result` with one, or a future of either", label = "does not make an actor")]
#[rustfmt::skip]
pub trait Starts<S, M> {
    /// The handle of the actor.
    type Handle;

    #[doc(hidden)]
    fn start(self, factory: Factory<S>) -> Self::Handle;
}

/// The return value of a factory of [`supervise`](crate::supervise): an actor, a `Result` with one, or a future of
/// either. The inferred type `M` distinguishes these.
pub trait IntoActor<M>: Sized {
    /// The type of the actor.
    type Actor: Actor;

    #[doc(hidden)]
    fn into_actor(self) -> impl Future<Output = Result<Self::Actor, BoxError>> + Send;
}

/// The kinds of factories.
pub(crate) mod kinds {
    /// A factory that returns an actor.
    #[derive(Debug)]
    pub enum Plain {}
    /// A factory that returns a `Result` with an actor.
    #[derive(Debug)]
    pub enum Fallible {}
    /// A factory that returns a future of one of the others.
    #[derive(Debug)]
    pub struct Async<M>(std::marker::PhantomData<M>);
}

#[diagnostic::do_not_recommend]
impl<A: Actor> IntoActor<kinds::Plain> for A {
    type Actor = A;

    fn into_actor(self) -> impl Future<Output = Result<A, BoxError>> + Send {
        ready(Ok(self))
    }
}

#[diagnostic::do_not_recommend]
impl<A: Actor, E: Into<BoxError>> IntoActor<kinds::Fallible> for Result<A, E> {
    type Actor = A;

    fn into_actor(self) -> impl Future<Output = Result<A, BoxError>> + Send {
        ready(self.map_err(Into::into))
    }
}

#[diagnostic::do_not_recommend]
impl<F, S, M> IntoActor<kinds::Async<M>> for F
where
    F: Future<Output = S> + Send,
    S: IntoActor<M>,
{
    type Actor = S::Actor;

    async fn into_actor(self) -> Result<S::Actor, BoxError> {
        // A separate function, so that only the result lives across an await.
        let started = self.await.into_actor();
        started.await
    }
}
