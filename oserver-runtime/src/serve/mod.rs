//! The server: from the listener to the response.
//!
//! | file | what it does |
//! |---|---|
//! | `server` | `serve`, and the builder that it returns |
//! | `options` | the builder's options |
//! | `target` | what can be served: routers, tower services, one handler |
//! | `run` | starts a server's listeners, and waits for its end |
//! | `start_line` | the line at start: the addresses of the server |
//! | `shutdown` | the shutdown sequence |
//! | `stop_signal` | the causes of a stop: a signal, or a future |
//! | `error` | the error of a server that did not end well |
//! | `accept` | the accept loop, which continues after errors |
//! | `descriptors` | how many connections leave file descriptors for other code |
//! | `listener` | the sources of connections: TCP, Unix and inherited sockets, or the user's own |
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
