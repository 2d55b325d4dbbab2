//! One request in flight: its identity, its head and body, its deadlines.
//!
//! This room knows nothing about how a request is run or recorded; other rooms read from it.
//!
//! | file | what it does |
//! |---|---|
//! | `state` | the state that connection, request task, guard and watchdog share |
//! | `admission` | how a request takes its route's share of the workers |
//! | `head`, `body` | the head and the body of the request |
//! | `current` | the request that a thread works for |
//! | `problem` | error bodies, RFC 9457 |
//! | `grpc` | deadlines and errors of gRPC |
//! | `default_timeout` | the default timeout |
//! | `limits` | the limits of clients |
//! | `client` | the client of a request |
//! | `trace_context` | the trace of a request |
//! | `connection`, `server` | the facts about connection and server that requests need |
//! | `open_connection` | how long a connection counts as open |
//! | `out_of_band_slot` | the substitute of a connection whose task is blocked |
//! | `shutdown_signal` | notifies user code when its server stops |
//! | `stream_progress` | HTTP/2: which side of a stream has to act |

pub(crate) mod admission;
pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod connection;
pub(crate) mod current;
pub(crate) mod default_timeout;
pub(crate) mod grpc;
pub(crate) mod head;
pub(crate) mod limits;
pub(crate) mod open_connection;
pub(crate) mod out_of_band_slot;
pub(crate) mod problem;
pub(crate) mod server;
pub(crate) mod shutdown_signal;
pub(crate) mod state;
pub(crate) mod stream_progress;
mod trace_context;
