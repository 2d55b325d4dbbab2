//! Faults, as they are written down: one JSON object a line on stderr, before the response leaves.
//!
//! | file | what it does |
//! |---|---|
//! | `fault` | what a fault is, and the one door through which each is counted and written |
//! | `error_chain` | an error and its sources as one text |
//! | `process_fault` | what goes wrong with the process |
//! | `alarm` | faults that come too close, and when they are over |
//! | `actor_fault` | the same for actors |
//! | `notify` | what the user's callback is told |
//! | `symbols` | whether std has read the symbols of the executable |
//! | `stage` | the part of a request that a fault is in |
//! | `stack_log` | where it hung: the second record of a fault |
//! | `record` | the form of a record |
//! | `format` | for a person or for a machine |
//! | `headers` | the headers of a request, without secrets |
//! | `recent` | the newest faults, for the admin page |
//! | `redact` | which values are never written |
//! | `rate_limit` | how many full records a place may write, and the count of the rest |
//! | `background` | the thread that writes what need not be there before the response |
//! | `sink` | the one thread that writes to stderr, for which nobody waits beyond a bound |
//! | `write` | writes records |
//! | `queue` | the lines that wait for it |
//! | `stderr` | how it writes to files, pipes, terminals and sockets |

pub(crate) mod actor_fault;
pub(crate) mod alarm_record;
pub(crate) mod background;
pub(crate) mod error_chain;
pub(crate) mod fault;
pub(crate) mod format;
mod headers;
mod notify;
pub(crate) mod process_fault;
mod queue;
pub(crate) mod rate_limit;
#[cfg(feature = "admin")]
pub(crate) mod recent;
pub(crate) mod record;
pub(crate) mod redact;
pub(crate) mod sink;
pub(crate) mod stack_log;
mod stage;
mod stderr;
mod symbols;
mod write;
