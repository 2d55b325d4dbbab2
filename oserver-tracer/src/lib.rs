//! Where a program hangs, in words: which chain of awaits a future is in, what a thread does, and where.
//!
//! | module | what it does |
//! |---|---|
//! | `activity` | what a thread does at this moment, from `/proc/self/task` |
//! | `syscalls` | the words for system calls that a thread can wait in |
//! | `frame` | one function on a stack; reads the text of a std backtrace |
//! | `chain` | a stack as people read it: outermost first, without the machinery |
//! | `stack` | a stack that is ready to be shown, and the place where those who want it wait |
//! | `tracer` | the stack of another thread, read by a child process (feature `ptrace`) |
//!
//! Nothing here runs for a request that is answered in time.

mod activity;
mod chain;
mod frame;
mod stack;
#[cfg(target_os = "linux")]
mod syscalls;
#[cfg(feature = "ptrace")]
mod tracer;

pub use self::activity::{Sample, describe};
pub use self::stack::{Later, Stack};
#[cfg(feature = "ptrace")]
pub use self::tracer::{RawFrame, Refused, serve_if_asked, stack_of};
