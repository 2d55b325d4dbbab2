//! The one place where panics of user code in requests and actors are caught.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::fault_log::actor_fault;
use crate::fault_log::fault::{self, PanicReport, Stage};
use crate::health::actors::ActorEntry;
use crate::panic::hook;
use crate::request::current;
use crate::request::state::Call;

/// A panic was caught, counted and written.
#[derive(Debug)]
pub(crate) struct Caught;

/// How often the value of a panic may panic in its own drop before it is leaked.
const DROPS: usize = 8;

/// Marks the thread as working for `call` while `work` runs, and records the panics that user code itself caught.
/// `work` does not panic: it catches with [`catch_entered`].
pub(crate) fn within<R>(call: &Arc<Call>, work: impl FnOnce() -> R) -> R {
    let _entered = current::enter(call);
    let result = work();
    for report in hook::take_rest() {
        fault::panic(call, Stage::Caught, report);
    }
    result
}

/// Catches a panic outside of a server, where the hook of the process has printed it.
pub(crate) fn catch_unrecorded<R>(work: impl FnOnce() -> R) -> Result<R, Caught> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // The payload may panic when it is dropped; then it is leaked.
        if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(next);
        }
        Caught
    })
}

/// Gives a task to tokio's blocking pool. Returns `false` if the operating system gives the pool not even one thread:
/// tokio panics then, and keeps the task until there is a thread.
pub(crate) fn spawn_blocking(handle: &Handle, task: impl FnOnce() + Send + 'static) -> bool {
    let spawned = hook::taking_notes(|| catch_unrecorded(|| drop(handle.spawn_blocking(task))));
    hook::take_rest();
    spawned.is_ok()
}

/// Runs `work` as part of `call`.
///
/// # Errors
/// [`Caught`] when it panicked. Values that `work` refers to may then be half changed: drop them.
pub(crate) fn catch<R>(
    call: &Arc<Call>,
    stage: Stage,
    work: impl FnOnce() -> R,
) -> Result<R, Caught> {
    within(call, || catch_entered(call, stage, work))
}

/// As [`catch`], for a thread that already works for `call`.
pub(crate) fn catch_entered<R>(
    call: &Call,
    stage: Stage,
    work: impl FnOnce() -> R,
) -> Result<R, Caught> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        fault::panic(call, stage, hook::take_newest(&*payload));
        drop_payload(payload, |report| fault::panic(call, Stage::Drop, report));
        Caught
    })
}

/// Runs `work` as part of an actor; `command` names the current command.
///
/// # Errors
/// As [`catch`].
pub(crate) fn catch_actor<R>(
    actor: &ActorEntry,
    command: impl Fn() -> Option<&'static str>,
    work: impl FnOnce() -> R,
) -> Result<R, Caught> {
    let record = |report| actor_fault::panicked(actor, command(), report);
    hook::taking_notes(|| {
        let result = catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
            record(hook::take_newest(&*payload));
            drop_payload(payload, record);
            Caught
        });
        hook::take_rest().into_iter().for_each(record);
        result
    })
}

/// Drops the payload of a panic. The drop may panic itself, and then the new payload is dropped too.
fn drop_payload(payload: Box<dyn Any + Send>, record: impl Fn(PanicReport)) {
    let mut payload = payload;
    for _ in 0..DROPS {
        match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(next) => {
                record(hook::take_newest(&*next));
                payload = next;
            }
        }
    }
    std::mem::forget(payload);
}
