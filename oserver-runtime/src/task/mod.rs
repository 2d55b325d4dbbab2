//! Tasks that are polled under admission.
//!
//! | file | what it does |
//! |---|---|
//! | `handoff` | the meeting point of a task, the task that waits for it, and the overflow threads |
//! | `spawn_admitted` | spawns a future that is polled under admission |

pub(crate) mod handoff;
pub(crate) mod spawn_admitted;
