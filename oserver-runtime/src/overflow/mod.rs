//! The pool of threads for polls that may not run on a worker.

pub(crate) mod job;
pub(crate) mod pool;
