//! Where a request hangs: the line that a future awaits at, and what a thread does that does not come back.
//!
//! | file | what it does |
//! |---|---|
//! | `activity` | what a thread does at this moment, in words, from `/proc/self/task` |
//! | `syscalls` | the words for system calls that a thread can wait in |
//!
//! Nothing here runs for a request that is answered in time.

pub(crate) mod activity;
pub(crate) mod chain;
pub(crate) mod frame;
#[cfg(target_os = "linux")]
mod syscalls;
