//! Actors: state that belongs to one task, in place of a lock.
//!
//! Invariant: one incarnation of an actor runs at a time, on one thread at a time.
//!
//! | file | what it does |
//! |---|---|
//! | `traits` | what `#[oserver::actor]` implements for a type |
//! | `supervisor` | starts an actor, with its options |
//! | `factory` | the closure that makes an actor |
//! | `handle` | the callers' side: a call, from its start to its reply |
//! | `reply` | the slot in which a caller gets its reply |
//! | `mailbox` | the queue of commands, and the actor's future between two polls |
//! | `run_loop` | one incarnation: start, commands, stop |
//! | `incarnation` | one incarnation, for its waker and for the watchdog |
//! | `cell` | starts and ends incarnations |
//! | `poll_task` | the task that polls, under admission |
//! | `restart_intensity` | how often an actor may be restarted, and how soon |
//! | `monitored_drop` | drops the remains of an actor, under the watchdog |
//! | `error` | why a call has no reply |
//! | `snapshot` | a value that an actor publishes, and that readers read without the actor |

mod cell;
pub(crate) mod error;
pub(crate) mod factory;
pub(crate) mod handle;
mod incarnation;
mod mailbox;
mod monitored_drop;
mod poll_task;
mod reply;
mod restart_intensity;
mod run_loop;
pub(crate) mod snapshot;
pub(crate) mod supervisor;
pub(crate) mod traits;
