//! A thread's CPU time and priority, where the operating system lets us have them.

pub(crate) use system::{ThreadId, cpu_time, is_low, lower, thread_id};

/// Whether a thread that burns CPU time past its deadline can be made to yield to the others.
pub(crate) const SUPPORTED: bool = cfg!(target_os = "linux");

#[cfg(target_os = "linux")]
mod system {
    use std::num::NonZeroI32;
    use std::time::Duration;

    use rustix::process::{Pid, getpriority_process, setpriority_process};
    use thread_priority::{
        NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id, thread_schedule_policy,
    };

    /// Least priority that there is.
    const NICE: i32 = 19;

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

    /// Of the calling thread.
    pub(crate) fn thread_id() -> ThreadId {
        ThreadId { kernel: rustix::thread::gettid(), library: thread_native_id() }
    }

    /// What Linux counts CPU time in, for every process that reads it.
    const TICK: Duration = Duration::from_millis(10);

    /// What a thread has run until now; `None` when it has ended.
    pub(crate) fn cpu_time(thread: ThreadId) -> Option<Duration> {
        let path = format!("/proc/self/task/{}/stat", thread.kernel.as_raw_nonzero());
        let stat = std::fs::read_to_string(path).ok()?;
        // The second field is the thread's name in parentheses, in which anything may stand.
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_ascii_whitespace().skip(11);
        let mut next = || fields.next()?.parse::<u32>().ok();
        Some(TICK * next()?.checked_add(next()?)?)
    }

    /// Makes a thread yield to all others. It must live: the C library's name of one that has ended
    /// means nothing. Where the policy cannot be had, the niceness still counts.
    pub(crate) fn lower(thread: ThreadId) {
        // On Linux a thread's id works where a process's is asked for, and then means the thread alone
        // (setpriority(2), "C library/kernel differences").
        _ = setpriority_process(Some(thread.kernel), NICE);
        _ = set_thread_priority_and_policy(thread.library, ThreadPriority::Min, IDLE);
    }

    /// Whether the calling thread has inherited the least priority.
    pub(crate) fn is_low() -> bool {
        getpriority_process(Some(rustix::thread::gettid())).is_ok_and(|nice| nice == NICE)
            || thread_schedule_policy().is_ok_and(|policy| policy == IDLE)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::num::NonZeroI32;
    use std::time::Duration;

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

    pub(crate) fn cpu_time(_: ThreadId) -> Option<Duration> {
        None
    }

    pub(crate) fn lower(_: ThreadId) {}

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
            lower(thread_id());
            assert!(is_low());
        })
        .join()
        .unwrap();
        assert_eq!(is_low(), was_low);
    }

    #[test]
    fn a_thread_that_burns_is_told_from_one_that_sleeps() {
        let own = thread_id();
        let before = cpu_time(own).expect("it lives");
        let begin = std::time::Instant::now();
        while cpu_time(own).expect("it lives") == before {
            assert!(begin.elapsed().as_secs() < 30, "no CPU time is counted");
        }
        let (sender, receiver) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            sender.send(thread_id()).unwrap();
            _ = ended.recv();
        });
        let asleep = receiver.recv().unwrap();
        assert!(cpu_time(asleep).is_some_and(|time| time.as_millis() <= 10));
        drop(end);
        thread.join().unwrap();
    }
}
