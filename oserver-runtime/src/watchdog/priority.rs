//! A thread's priority, where the operating system lets us have it.

pub(crate) use system::{ThreadId, is_low, lower, thread_id};

/// How much of a core a thread gets beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
    /// As much as they.
    Normal,
    /// A thirtieth of what they get; all of it where nobody else wants it.
    Low,
    /// Nothing, as long as others want it.
    Least,
}

/// Whether a thread that burns CPU time past its deadline can be made to yield to the others.
pub(crate) const SUPPORTED: bool = cfg!(target_os = "linux");

#[cfg(target_os = "linux")]
mod system {
    use std::num::NonZeroI32;
    use std::sync::LazyLock;

    use super::Priority;

    use rustix::process::{Pid, getpriority_process, setpriority_process};
    use thread_priority::{
        NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id, thread_schedule_policy,
    };

    /// Least priority that there is.
    const NICEST: i32 = 19;

    /// From this niceness on a priority is low: 15 more than the process was started with, where a thread has 36
    /// parts of a core and others 1,024 (the kernel's `sched_prio_to_weight`).
    static LOW: LazyLock<i32> = LazyLock::new(|| {
        let own = getpriority_process(Some(rustix::process::getpid()));
        own.map_or(NICEST, |own| (own + 15).min(NICEST))
    });

    /// It runs when nobody else wants to (sched(7)).
    const IDLE: ThreadSchedulePolicy =
        ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);

    /// A thread as the kernel and as the C library name it.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct ThreadId {
        kernel: Pid,
        library: thread_priority::ThreadId,
    }

    impl ThreadId {
        /// The kernel's number of it.
        pub(crate) fn kernel(self) -> Option<NonZeroI32> {
            Some(self.kernel.as_raw_nonzero())
        }
    }

    /// Returns the id of the calling thread.
    pub(crate) fn thread_id() -> ThreadId {
        ThreadId { kernel: rustix::thread::gettid(), library: thread_native_id() }
    }

    /// Makes a thread yield to all others. It must live: the C library's name of one that has ended
    /// means nothing. Where the policy cannot be had, the niceness still counts.
    pub(crate) fn lower(thread: ThreadId, to: Priority) {
        let nice = match to {
            Priority::Normal => return,
            Priority::Low => *LOW,
            Priority::Least => NICEST,
        };
        // On Linux a thread's id works where a process's is asked for, and then means the thread alone
        // (setpriority(2), "C library/kernel differences").
        _ = setpriority_process(Some(thread.kernel), nice);
        if to == Priority::Least {
            _ = set_thread_priority_and_policy(thread.library, ThreadPriority::Min, IDLE);
        }
    }

    /// Whether the calling thread has inherited a low priority.
    pub(crate) fn is_low() -> bool {
        getpriority_process(Some(rustix::thread::gettid())).is_ok_and(|nice| nice >= *LOW)
            || thread_schedule_policy().is_ok_and(|policy| policy == IDLE)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::num::NonZeroI32;

    use super::Priority;

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct ThreadId;

    impl ThreadId {
        pub(crate) fn kernel(self) -> Option<NonZeroI32> {
            None
        }
    }

    pub(crate) fn thread_id() -> ThreadId {
        ThreadId
    }

    pub(crate) fn lower(_: ThreadId, _: Priority) {}

    pub(crate) fn is_low() -> bool {
        false
    }
}

#[cfg(all(test, target_os = "linux", not(oserver_loom)))]
mod tests {
    use super::*;

    /// Holds whatever priority the tests were started with: with the least, all threads are low before and after.
    #[test]
    fn lowering_a_thread_changes_no_other_thread() {
        let was_low = is_low();
        std::thread::spawn(move || {
            assert_eq!(is_low(), was_low, "a thread inherits its priority");
            lower(thread_id(), Priority::Low);
            assert!(is_low());
            lower(thread_id(), Priority::Least);
            assert!(is_low());
        })
        .join()
        .unwrap();
        assert_eq!(is_low(), was_low);
    }
}
