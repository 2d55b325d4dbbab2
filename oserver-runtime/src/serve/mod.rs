//! The server: from the listener to the response.
//!
//! | file | what it does |
//! |---|---|
//! | `server` | `serve`, and the builder that it returns |
//! | `options` | the builder's options |
//! | `target` | what can be served: routers, tower services, one handler |
//! | `run` | starts a server's listeners, and waits for its end |
//! | `start_line` | the line at start: where the server listens |
//! | `shutdown` | the shutdown sequence |
//! | `stop_signal` | what stops a server: a signal, or a future |
//! | `error` | why a server ended otherwise than well |
//! | `accept` | the accept loop, which goes on after errors |
//! | `descriptors` | how many connections leave file descriptors to others |
//! | `listener` | where connections come from: TCP, Unix and inherited sockets, or the user's own |
//! | `connection` | one connection, from its handshake to its end |
//! | `systemd` | notifies a supervisor (feature `systemd`) |

mod accept;
mod connection;
mod descriptors;
pub(crate) mod error;
pub(crate) mod listener;
pub(crate) mod options;
mod run;
mod runtime_limits;
pub(crate) mod server;
mod shutdown;
mod start_line;
mod stop_signal;
#[cfg(all(unix, feature = "systemd"))]
mod systemd;
pub(crate) mod target;
