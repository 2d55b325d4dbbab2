//! One request while it is under way: who it is, what it asked for, how long it may take.
//!
//! Knows nothing of how a request is run or recorded; those rooms read it from here.
//!
//! | file | what it does |
//! |---|---|
//! | `state` | the state that connection, request task, guard and watchdog share |
//! | `admission` | how a request takes its route's share of the workers |
//! | `head`, `body` | what the client sent |
//! | `current` | which request a thread works for |
//! | `problem` | error bodies, RFC 9457 |
//! | `grpc` | deadlines and errors of gRPC |
//! | `default_timeout` | the default timeout |
//! | `limits` | what a server allows its clients |
//! | `client` | which client a request came from |
//! | `trace_context` | which trace a request belongs to |
//! | `connection`, `server` | what requests know of both |
//! | `open_connection` | how long a connection counts as open |
//! | `out_of_band` | the substitute of a connection whose task is blocked |
//! | `shutdown` | how user code learns that its server stops |
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
pub(crate) mod out_of_band;
pub(crate) mod problem;
pub(crate) mod server;
pub(crate) mod shutdown_signal;
pub(crate) mod state;
pub(crate) mod stream_progress;
mod trace_context;
