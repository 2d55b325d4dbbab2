//! The watchdog: a thread that sees what a blocked thread cannot report.
//!
//! Invariant: the watchdog never runs user code, except to wake a caller.
//!
//! | file | what it does |
//! |---|---|
//! | `runtime_context` | what all servers and actors of one runtime share |
//! | `run` | the loop of the watchdog |
//! | `thread_limit` | what follows when the operating system gives no more threads |
//! | `tick` | how long it sleeps |
//! | `parker` | parks it while there is nothing to watch |
//! | `slot` | what each polling thread is at |
//! | `registry` | gives each polling thread its slot |
//! | `monitored_task` | what it monitors besides requests: actors |
//! | `deadline` | what follows when a poll is past its deadline |
//! | `watched` | one polling thread, as it was seen last |
//! | `poll_cpu` | what a poll computes, and the priority that its thread loses by that |
//! | `held_thread` | what a thread does that is held, and its stack |
//! | `priority` | the priority of a thread |
//! | `worker_handoff` | how a worker of low priority leaves the runtime |
//! | `escalation` | the end of an unrecoverable process |
//! | `degraded` | which guarantee is degraded where, said once |

mod deadline;
pub(crate) mod degraded;
pub(crate) mod escalation;
pub(crate) mod held_thread;
pub(crate) mod monitored_task;
pub(crate) mod parker;
mod poll_cpu;
pub(crate) mod priority;
mod registry;
pub(crate) mod run;
pub(crate) mod runtime_context;
pub(crate) mod slot;
mod thread_limit;
mod tick;
mod watched;
mod worker_handoff;
