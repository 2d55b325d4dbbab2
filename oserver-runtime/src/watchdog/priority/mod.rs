//! A thread's priority, where the operating system lets us have it.

pub(super) mod rule;

pub(crate) use system::{ThreadId, is_low, lower, thread_id};

/// How much of a core a thread gets beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
    /// As much CPU time as all other threads.
    Normal,
    /// A thirtieth of what other threads get; all of it if no other thread needs it.
    Low,
    /// None, as long as other threads need it.
    Least,
}

/// Whether a thread that burns CPU time past its deadline can be made to yield to the others.
pub(crate) const SUPPORTED: bool = cfg!(target_os = "linux");

#[cfg(target_os = "linux")]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "no_system.rs"]
mod system;

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
