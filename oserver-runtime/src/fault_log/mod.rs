//! Records of faults: one JSON object a line on stderr, written before the response leaves.
//!
//! | file | what it does |
//! |---|---|
//! | `fault` | the one place where each fault is counted and written |
//! | `error_chain` | an error and its sources as one text |
//! | `process_fault` | faults of the process |
//! | `alarm_record` | alarms of routes: raised and cleared |
//! | `actor_fault` | faults of actors |
//! | `notify` | calls the user's callback |
//! | `symbols` | whether std has read the symbols of the executable |
//! | `stage` | the part of a request that a fault is in |
//! | `stack_record` | where a request hung: the second record of a fault |
//! | `record` | the form of a record |
//! | `format` | text for people, or JSON |
//! | `headers` | the headers of a request, without secrets |
//! | `recent` | the newest faults, for the admin page |
//! | `redact` | the names whose values are never written |
//! | `rate_limit` | how many full records a source location may write, and the count of the rest |
//! | `background` | the thread that writes records which may come after the response |
//! | `sink` | the one thread that writes to stderr; callers wait for it up to a limit |
//! | `write` | writes records |
//! | `queue` | the lines that wait for the sink |
//! | `stderr` | how the sink writes to files, pipes, terminals and sockets |

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
pub(crate) mod stack_record;
mod stage;
mod stderr;
mod symbols;
mod write;
