//! Threads and their priorities on Linux.

use std::num::NonZeroI32;
use std::sync::LazyLock;

use super::Priority;

use rustix::process::{Pid, getpriority_process, setpriority_process};
use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id, thread_schedule_policy,
};

/// The least priority.
const NICEST: i32 = 19;

/// A priority is low from this niceness on: 15 more than the process was started with. A thread then gets 36 parts of
/// a core, and others get 1,024 (the kernel's `sched_prio_to_weight`).
static LOW: LazyLock<i32> = LazyLock::new(|| {
    let own = getpriority_process(Some(rustix::process::getpid()));
    own.map_or(NICEST, |own| (own + 15).min(NICEST))
});

/// The thread runs only when no other thread wants to (sched(7)).
const IDLE: ThreadSchedulePolicy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);

/// A thread as the kernel and as the C library name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ThreadId {
    kernel: Pid,
    library: thread_priority::ThreadId,
}

impl ThreadId {
    /// Returns the kernel's number of it.
    pub(crate) fn kernel(self) -> Option<NonZeroI32> {
        Some(self.kernel.as_raw_nonzero())
    }
}

/// Returns the id of the calling thread.
pub(crate) fn thread_id() -> ThreadId {
    ThreadId { kernel: rustix::thread::gettid(), library: thread_native_id() }
}

/// Makes a thread yield to all others. The thread must live: the C library's name of an ended thread means nothing. If
/// the policy cannot be set, the niceness still counts.
pub(crate) fn lower(thread: ThreadId, to: Priority) {
    let nice = match to {
        Priority::Normal => return,
        Priority::Low => *LOW,
        Priority::Least => NICEST,
    };
    // On Linux a thread's id works in place of a process's, and then means only that thread (setpriority(2), "C
    // library/kernel differences").
    _ = setpriority_process(Some(thread.kernel), nice);
    if to == Priority::Least {
        _ = set_thread_priority_and_policy(thread.library, ThreadPriority::Min, IDLE);
    }
}

/// Returns `true` if the calling thread has inherited a low priority.
pub(crate) fn is_low() -> bool {
    getpriority_process(Some(rustix::thread::gettid())).is_ok_and(|nice| nice >= *LOW)
        || thread_schedule_policy().is_ok_and(|policy| policy == IDLE)
}
