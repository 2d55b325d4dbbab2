//! The watchdog: a thread that sees what a blocked thread cannot report.
//!
//! Invariant: the watchdog never runs user code, except to wake a caller.
//!
//! | file | what it does |
//! |---|---|
//! | `runtime_context` | the values that all servers and actors of one runtime share |
//! | `run` | the loop of the watchdog |
//! | `thread_refusal` | the case that the operating system gives no more threads |
//! | `tick` | how long the watchdog sleeps |
//! | `parker` | parks the watchdog while it has nothing to watch |
//! | `slot` | the current poll of each thread |
//! | `registry` | gives each polling thread its slot |
//! | `monitored_task` | monitored tasks other than requests: actors |
//! | `deadline` | what happens when a poll is past its deadline |
//! | `watched` | one polling thread, as it was seen last |
//! | `blocked_thread` | the activity of a held thread, and its stack |
//! | `priority` | which thread loses its priority because it computes (`rule`), and how (`system`) |
//! | `worker_handoff` | how a worker of low priority leaves the runtime |
//! | `escalation` | the end of an unrecoverable process |
//! | `degraded` | the guarantees that are degraded on some runtimes and systems |

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
