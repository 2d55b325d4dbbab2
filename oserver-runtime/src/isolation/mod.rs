//! What keeps a fault inside its request.
//!
//! | file | what it does |
//! |---|---|
//! | `lane` | the connection's side of a request task |
//! | `request_task` | serves the requests of one connection |
//! | `work` | one request under way: the service call under its deadline |
//! | `deadline` | what a request gets whose time is over |
//! | `exchange` | where connection, request task and overflow threads meet |
//! | `bulkhead` | the walls: admission, overflow threads, watchdog |
//! | `body_task` | polls a streaming response body, away from the connection |
//! | `canary` | finds out whether the runtime polls at all |
//! | `isolated` | a future polled under admission |
//! | `disposal` | where threads that judge leave what they must not drop |
//! | `telling` | tells the recorder of metrics |
//! | `response_body` | the connection's side of a body |
//! | `catch` | the one place where panics are caught |
//! | `panic_hook` | what is learned of a panic while it happens |

mod body_task;
pub(crate) mod bulkhead;
pub(crate) mod canary;
pub(crate) mod catch;
pub(crate) mod deadline;
pub(crate) mod disposal;
mod exchange;
mod isolated;
pub(crate) mod lane;
pub(crate) mod panic_hook;
mod request_task;
pub(crate) mod response_body;
mod telling;
pub(crate) mod work;
