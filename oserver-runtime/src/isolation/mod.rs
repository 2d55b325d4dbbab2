//! What keeps a fault inside its request.
//!
//! | file | what it does |
//! |---|---|
//! | `lane` | the connection's side of a request task |
//! | `exchange` | where the two meet |
//! | `request_task` | runs a request's whole service call under its deadline |
//! | `deadline` | what a request gets whose time is over |
//! | `body_task` | polls a streaming response body, away from the connection |
//! | `response_body` | the connection's side of a body |
//! | `catch` | the one place where panics are caught |
//! | `panic_hook` | what is learned of a panic while it happens |

mod body_task;
pub(crate) mod catch;
pub(crate) mod deadline;
mod exchange;
pub(crate) mod lane;
pub(crate) mod panic_hook;
pub(crate) mod request_task;
pub(crate) mod response_body;
