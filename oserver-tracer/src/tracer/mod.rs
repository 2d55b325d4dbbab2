//! Reads the stack of another thread of this process, by a child process that runs the same executable.
//!
//! | file | side | what it does |
//! |---|---|---|
//! | `parent` | the server | starts the child, lets it trace, gets addresses and finds their symbols |
//! | `child` | the tracer | stops one thread, copies registers and stack, lets it go on, unwinds the copy |
//! | `modules` | the tracer | the unwind tables of all that is loaded, read from the memory of the server |
//!
//! The program calls [`serve_if_asked`] before anything else. Without that call, [`stack_of`] fails.

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod child;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod modules;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod parent;

use std::fmt;
use std::num::NonZeroI32;
use std::time::Duration;

/// A function on a stack. One that was built into another has an entry of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawFrame {
    /// The function, as the symbols have it; empty without symbols.
    pub name: String,
    /// File, line, and column of the call to the next frame, if the executable has them.
    pub place: Option<(String, u32, Option<u32>)>,
}

/// Why there is no stack.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The operating system does not let the child trace this process.
    NotPermitted,
    /// The thread has ended.
    Ended,
    /// The child did not answer in time.
    TooSlow,
    /// This process did not call [`serve_if_asked`] when it began, so no child could answer.
    NotPrepared,
    /// There is no tracer for this operating system or processor.
    NotSupported,
    /// Anything else, in words.
    Failed(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotPermitted => {
                "ptrace is not permitted here (EPERM): allow it in the seccomp profile of the \
                 container, or set kernel.yama.ptrace_scope to 0 or 1"
            }
            Self::Ended => "the thread returned before its stack was read",
            Self::TooSlow => "the tracer did not answer in time",
            Self::NotPrepared => "the program was not started by `#[oserver::main]`",
            Self::NotSupported => "threads can be traced on Linux for x86_64 and aarch64 only",
            Self::Failed(why) => why,
        })
    }
}

impl std::error::Error for Refused {}

/// If this process is the tracer of its parent, serves it and ends. Returns in every other process. Call it
/// before the program does anything.
pub fn serve_if_asked() {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        if child::is_asked() {
            child::serve();
        }
        parent::set_prepared();
    }
}

/// Returns the stack of the thread with this id, innermost first. Takes milliseconds, more the first time: symbols
/// are read from files. The thread is stopped for less than one.
///
/// # Errors
/// When there is no stack; see [`Refused`].
pub fn stack_of(thread: NonZeroI32, limit: Duration) -> Result<Vec<RawFrame>, Refused> {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let addresses = parent::addresses_of(thread, limit)?;
        Ok(addresses.into_iter().flat_map(parent::symbols_of).collect())
    }
    #[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    {
        _ = (thread, limit);
        Err(Refused::NotSupported)
    }
}
