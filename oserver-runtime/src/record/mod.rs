//! Faults, as they are written down: one JSON object a line on stderr, before the response leaves.
//!
//! | file | what it does |
//! |---|---|
//! | `fault` | what a fault is, and the one door through which each is counted and written |
//! | `alarm` | faults that come too close, and when they are over |
//! | `actor_fault` | the same for actors |
//! | `fields` | the form of a record |
//! | `format` | for a person or for a machine |
//! | `redact` | which values are never written |
//! | `limit` | how many full records a place may write, and the count of the rest |
//! | `recorder` | the thread that writes what need not be there before the response |
//! | `sink` | the way of a line to stderr, which never waits for who reads |
//! | `stderr` | how that is done for files, pipes, terminals and sockets |
//! | `writer` | the thread that writes ordinary lines (feature `log`) |

pub(crate) mod actor_fault;
pub(crate) mod alarm;
pub(crate) mod fault;
pub(crate) mod fields;
pub(crate) mod format;
pub(crate) mod limit;
pub(crate) mod recorder;
pub(crate) mod redact;
mod sink;
mod stderr;
#[cfg(feature = "log")]
pub(crate) mod writer;
