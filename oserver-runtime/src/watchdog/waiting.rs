//! Calls that wait for an overflow thread.

use crate::clock::lived::lived;
use crate::request::state::Overdue;
use crate::watchdog::runtime_context::RuntimeContext;

/// Has those clients answered whose calls wait for an overflow thread and will not get one in time.
pub(crate) fn those_who_wait(runtime: &RuntimeContext, full: bool) {
    let now = lived();
    runtime.overflow.for_each_waiting(|job| {
        let Some(call) = job.call() else { return };
        if full {
            call.set_overdue(Overdue::Refused);
        } else if call.deadline().is_some_and(|deadline| deadline <= now) {
            call.set_overdue(Overdue::Waited);
        }
    });
}
