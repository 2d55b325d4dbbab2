//! The request task, which answers the requests of one connection.
//!
//! | file | what it does |
//! |---|---|
//! | `target` | the service that answers requests |
//! | `handle` | the connection's side of a request task |
//! | `first_poll` | the first poll of a request, in the task of its connection |
//! | `response` | the response that a connection waits for |
//! | `complete` | the last steps of every response |
//! | `task` | the task: one request after the other, under admission |
//! | `future` | one request under way: the service call under its deadline |
//! | `extensions` | drops the extensions of a response |
//! | `deadline_timer` | when the deadline of a request has passed |
//! | `timeout_response` | the answer of a request whose deadline has passed |

pub(crate) mod complete;
mod deadline_timer;
mod extensions;
pub(crate) mod first_poll;
pub(crate) mod future;
pub(crate) mod handle;
pub(crate) mod response;
pub(crate) mod target;
mod task;
pub(crate) mod timeout_response;
