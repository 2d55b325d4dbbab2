//! What an owner is made by.

use std::future::{Future, ready};

use super::actor::Actor;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a factory of [`supervise`](crate::supervise) returns: an owner, a `Result` with one, or a
/// future of either. `M` tells them apart and is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no state owner",
    label = "a factory returns an owner, a `Result` with one, or a future of either",
    note = "put `#[oserver::actor]` on the `impl` block of the owner"
)]
pub trait Start<M>: Sized {
    /// What it yields in the end.
    type Actor: Actor;

    #[doc(hidden)]
    fn start(self) -> impl Future<Output = Result<Self::Actor, BoxError>> + Send;
}

/// The kinds of factories.
pub(crate) mod kinds {
    #[derive(Debug)]
    pub enum Plain {}
    #[derive(Debug)]
    pub enum Fallible {}
    #[derive(Debug)]
    pub struct Async<M>(std::marker::PhantomData<M>);
}

impl<A: Actor> Start<kinds::Plain> for A {
    type Actor = A;

    fn start(self) -> impl Future<Output = Result<A, BoxError>> + Send {
        ready(Ok(self))
    }
}

impl<A: Actor, E: Into<BoxError>> Start<kinds::Fallible> for Result<A, E> {
    type Actor = A;

    fn start(self) -> impl Future<Output = Result<A, BoxError>> + Send {
        ready(self.map_err(Into::into))
    }
}

impl<F, S, M> Start<kinds::Async<M>> for F
where
    F: Future<Output = S> + Send,
    S: Start<M>,
{
    type Actor = S::Actor;

    async fn start(self) -> Result<S::Actor, BoxError> {
        // Apart, so that nothing but the last is there across an await.
        let started = self.await.start();
        started.await
    }
}
