//! Tasks that are polled under admission.
//!
//! | file | what it does |
//! |---|---|
//! | `handoff` | where a task, who waits for it, and the overflow threads meet |
//! | `spawn_admitted` | spawns a future that is polled under admission |

pub(crate) mod handoff;
pub(crate) mod spawn_admitted;
