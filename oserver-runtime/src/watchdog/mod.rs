//! The watchdog: a thread that sees what a blocked thread cannot report.
//!
//! Invariant: the watchdog never runs user code, except to wake a caller.
//!
//! | file | what it does |
//! |---|---|
//! | `runtime_context` | what all servers and actors of one runtime share |
//! | `run` | the loop of the watchdog |
//! | `thread_refusal` | what follows when the operating system gives no more threads |
//! | `tick` | how long it sleeps |
//! | `parker` | parks it while there is nothing to watch |
//! | `slot` | what each polling thread is at |
//! | `registry` | gives each polling thread its slot |
//! | `monitored_task` | what it monitors besides requests: actors |
//! | `deadline` | what follows when a poll is past its deadline |
//! | `watched` | one polling thread, as it was seen last |
//! | `blocked_thread` | what a thread does that is held, and its stack |
//! | `priority` | which thread loses its priority by what it computes (`rule`), and how (`system`) |
//! | `worker_handoff` | how a worker of low priority leaves the runtime |
//! | `escalation` | the end of an unrecoverable process |
//! | `degraded` | which guarantee is degraded where, said once |

pub(crate) mod blocked_thread;
mod deadline;
pub(crate) mod degraded;
pub(crate) mod escalation;
pub(crate) mod monitored_task;
pub(crate) mod parker;
pub(crate) mod priority;
mod registry;
pub(crate) mod run;
pub(crate) mod runtime_context;
pub(crate) mod slot;
mod thread_refusal;
mod tick;
mod watched;
mod worker_handoff;
