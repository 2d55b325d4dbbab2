//! Faults, as they are written down: one JSON object a line on stderr, before the response leaves.
//!
//! | file | what it does |
//! |---|---|
//! | `fault` | what a fault is, and the one door through which each is counted and written |
//! | `owner_fault` | the same for state owners |
//! | `fields` | the form of a record |
//! | `redact` | which headers' values are never written |
//! | `limit` | how many full records a place may write, and the count of the rest |
//! | `recorder` | the thread that writes what need not be there before the response |
//! | `sink` | the way to stderr |

pub(crate) mod fault;
mod fields;
pub(crate) mod limit;
pub(crate) mod owner_fault;
pub(crate) mod recorder;
mod redact;
mod sink;
