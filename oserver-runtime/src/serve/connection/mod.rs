//! One connection, from its handshake to its end.
//!
//! | file | what it does |
//! |---|---|
//! | `task` | runs it: handshake, protocol, hyper |
//! | `protocol` | hyper's two servers, with the options of this server |
//! | `service` | the service that hyper calls for each request |
//! | `io` | the bytes, and how they end |
//! | `shared_transport` | the transport, in a place from which it can be taken while its task is blocked |
//! | `out_of_band` | the answer of a request that blocks the connection task |
//! | `half_close` | distinguishes a client that waits for its answer from one that has left |
//! | `closing` | closes the connection when the server stops |
//! | `timeouts` | how long the server waits for the client: first byte, head, keep-alive, write stall |
//! | `http2_stream` | HTTP/2: the task of one stream, with its write-stall timeout |
//! | `outcome` | how a connection ended, and its record |

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
