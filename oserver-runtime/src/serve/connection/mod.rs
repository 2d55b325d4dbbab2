//! One connection, from its handshake to its end.
//!
//! | file | what it does |
//! |---|---|
//! | `task` | runs it: handshake, protocol, hyper |
//! | `protocol` | hyper's two servers, with the options of this one |
//! | `service` | what hyper calls for each request |
//! | `io` | the bytes, and how they end |
//! | `shared_transport` | the transport, where it can be taken from a task that is blocked |
//! | `out_of_band` | the answer of a request that blocks the connection's task |
//! | `half_close` | tells a client that waits for its answer from one that has gone |
//! | `closing` | what happens to it when the server closes |
//! | `timeouts` | how long the client is waited for: first byte, head, keep-alive, write stall |
//! | `http2_stream` | HTTP/2: the task of one stream, with its write-stall timeout |
//! | `outcome` | how a connection ended, and what is recorded of that |

mod closing;
mod half_close;
#[cfg(feature = "http2")]
mod http2_stream;
mod io;
mod out_of_band;
mod outcome;
mod protocol;
mod service;
mod shared_transport;
mod task;
mod timeouts;

pub(super) use self::task::spawn;
