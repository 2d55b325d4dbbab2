//! One incarnation of an actor: it is started, serves, and is stopped.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Poll, ready};
use std::time::{Duration, Instant};

use crate::actor::cell::{ActorIncarnation, End};
use crate::actor::factory::IntoActor;
use crate::actor::mailbox::{Batch, Mailbox, Next};
use crate::actor::traits::{Actor, Command};
use crate::clock::lived::{Timer, lived};
use crate::fault_log::{actor_fault, background, error_chain};
use crate::panic::catch::{Caught, catch_actor};

/// Runs an incarnation, from the delay before its start to its end.
pub(super) async fn run_loop<F: Fn() -> S + ?Sized, S: IntoActor<M>, M>(
    incarnation: Arc<ActorIncarnation<<S::Actor as Actor>::Command>>,
    factory: Arc<F>,
    delay: Duration,
) -> End {
    let (cell, number) = (&incarnation.cell, incarnation.number);
    if !delay.is_zero() {
        rest(&cell.mailbox, delay).await;
    }
    let until = Some(lived() + cell.limits.start);
    cell.mailbox.at(number, "start", until);
    // The factory is called inside of the future, so the watchdog monitors it, too.
    let mut started = pin!(async { factory().into_actor().await });
    let mut actor = match incarnation.before(until, started.as_mut()).await {
        Outcome::Done(Ok(actor)) => actor,
        Outcome::Done(Err(error)) => {
            let why = error_chain::text_of(&*error);
            return End::NotStarted(format!("the factory failed: {why}"));
        }
        Outcome::Late => return incarnation.overrun(started).await,
        Outcome::Panicked => return End::Panicked,
    };
    cell.entry.running.store(true, Ordering::Relaxed);
    let mut last = None;
    let mut batch = Batch::default();
    loop {
        let next =
            poll_fn(|_| cell.mailbox.next(number, &mut last, &mut batch, cell.command_limit()));
        match next.await {
            Next::Command { command, until } => {
                let mut work = pin!(actor.run(command));
                match incarnation.before(until, work.as_mut()).await {
                    Outcome::Done(answered) => last = answered.0,
                    Outcome::Late => return incarnation.overrun(work).await,
                    Outcome::Panicked => return End::Panicked,
                }
                // Only the current incarnation writes this counter.
                let answered = &cell.entry.answered;
                answered.store(answered.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            }
            Next::Stop => {
                let until = cell.command_limit().map(|limit| lived() + limit);
                cell.mailbox.at(number, "stop", until);
                let mut work = pin!(actor.stop());
                // The actor has no further incarnation, with any result.
                if let Outcome::Late = incarnation.before(until, work.as_mut()).await {
                    incarnation.overrun(work).await;
                }
                return End::Stopped;
            }
            Next::Abandoned => return End::Abandoned,
        }
    }
}

/// Waits until an actor that failed may start again, or must stop: a shutdown does not wait for delays.
async fn rest<C: Command, W>(mailbox: &Mailbox<C, W>, delay: Duration) {
    let mut delay = pin!(tokio::time::sleep(delay));
    poll_fn(
        |context| {
            if mailbox.is_closed() { Poll::Ready(()) } else { delay.as_mut().poll(context) }
        },
    )
    .await;
}

/// The result of the user's code.
enum Outcome<T> {
    Done(T),
    /// It was not done by its deadline.
    Late,
    /// It panicked. The panic is recorded, and the callers have their error.
    Panicked,
}

impl<C: Command> ActorIncarnation<C> {
    /// Runs user code until it is done, or until its deadline. Code that is ready at its first poll touches no timer.
    ///
    /// A panic is caught here, before the state of the actor is dropped: the drop may block, and neither the record
    /// nor the caller may wait for it.
    async fn before<T>(
        &self,
        until: Option<Instant>,
        mut work: Pin<&mut impl Future<Output = T>>,
    ) -> Outcome<T> {
        let cell = &self.cell;
        let command = || cell.mailbox.command(self.number);
        let (mut timer, mut began) = (Timer::default(), None);
        poll_fn(|context| {
            match catch_actor(&cell.entry, command, || work.as_mut().poll(context)) {
                Ok(Poll::Ready(done)) => return Poll::Ready(Outcome::Done(done)),
                Ok(Poll::Pending) => {}
                Err(Caught) => {
                    cell.fail_callers(self.number);
                    return Poll::Ready(Outcome::Panicked);
                }
            }
            let Some(until) = until else { return Poll::Pending };
            let began = *began.get_or_insert_with(lived);
            loop {
                // Before the deadline, if the stack of the command could not be captured then.
                let at = background::symbols().load_at(began, until);
                ready!(timer.poll(at, context));
                if at >= until {
                    return Poll::Ready(Outcome::Late);
                }
                background::load_symbols();
            }
        })
        .await
    }

    /// Records that the command exceeds its timeout, before its caller is notified. `work` may be polled once more, to
    /// find out where it awaits; the result of that poll is dropped.
    async fn overrun(&self, mut work: Pin<&mut impl Future>) -> End {
        let mailbox = &self.cell.mailbox;
        if !mailbox.is_current(self.number) {
            // It was recorded when the incarnation was abandoned, and another incarnation is running.
            return End::Abandoned;
        }
        if let Some(stack) = actor_fault::overran(&self.cell.entry, mailbox.command(self.number)) {
            let mut stack = Some(stack);
            poll_fn(|context| {
                if let Some(stack) = stack.take() {
                    stack.look(context.waker(), |context| drop(work.as_mut().poll(context)));
                }
                Poll::Ready(())
            })
            .await;
        }
        End::Overran
    }
}
