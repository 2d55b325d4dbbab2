//! One connection, from its handshake to its end.
//!
//! | file | what it does |
//! |---|---|
//! | `task` | runs it: handshake, protocol, hyper |
//! | `end` | how it ended, and what is said of that |
//! | `stream` | the bytes, and how they end |
//! | `patience` | how long the client is waited for |
//! | `protocol` | hyper's two servers, as this one wants them |
//! | `requests` | each request becomes one of a request task |
//! | `stream_task` | HTTP/2: the task of one stream |

mod end;
mod patience;
mod protocol;
mod requests;
mod stream;
mod stream_task;
mod task;

pub(super) use self::task::spawn;
