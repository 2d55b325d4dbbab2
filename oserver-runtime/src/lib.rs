//! The runtime half of oserver. Use the crate [`oserver`](https://docs.rs/oserver), which re-exports
//! what is public here together with the macros.
//!
//! Data flows one way through these rooms:
//!
//! | module | responsible for |
//! |---|---|
//! | `admin` | the service that says how a server is (feature `admin`) |
//! | `serve` | the network: listener, accept loop, connections |
//! | `router` | which handler a request goes to, under which route it is counted |
//! | `guard` | what an annotated handler becomes |
//! | `actor` | state that one task owns |
//! | `isolation` | what keeps a fault inside its request |
//! | `log` | ordinary lines (feature `log`) |
//! | `record` | faults, as they are written down |
//! | `request` | one request while it is under way |
//! | `health` | what is counted, and what follows from it |
//!
//! Each uses only those below it.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod actor;
#[cfg(feature = "admin")]
mod admin;
mod clock;
mod guard;
mod health;
mod isolation;
#[cfg(feature = "log")]
pub mod log;
mod meta;
mod problem;
mod record;
mod request;
mod router;
mod runtime;
mod serve;
#[allow(dead_code, unused_imports, reason = "the records that use it come next")]
mod stacks;
mod sync;

pub use axum::extract::Request;

pub use self::actor::error::CallError;
pub use self::actor::factory::IntoActor;
pub use self::actor::snapshot::{Publisher, Snapshot, snapshot};
pub use self::actor::supervisor::{Supervisor, supervise};
pub use self::actor::traits::Actor;
#[cfg(feature = "admin")]
pub use self::admin::Admin;
pub use self::guard::error::{Error, Result};
pub use self::guard::guarded::Guarded;
pub use self::health::counters::Histogram;
pub use self::health::counts::{RouteMetrics, ServerMetrics};
pub use self::health::observer::{Alarm, Fault, FaultKind};
pub use self::isolation::bulkhead::repair::EXIT_UNRECOVERABLE;
pub use self::isolation::work::ServeTarget;
pub use self::request::id::RequestId;
pub use self::router::Router;
pub use self::router::health::health;
pub use self::router::named_route::{NamedRoute, route};
pub use self::serve::listener::bind::bind;
pub use self::serve::listener::bound::BoundListener;
pub use self::serve::listener::socket::Socket;
pub use self::serve::listener::{Listener, Transport};
pub use self::serve::target::IntoServeTarget;
pub use self::serve::{Serve, serve};

// The traits alone: the derives of the same names are `oserver`'s own.
pub use oserver_state::__private::{HandlerParam, HandlerState};
pub use oserver_state::Trusted;

// What handlers name besides extractors and responses, so that a service needs no axum of its own.
pub use axum::{body, http, middleware};

/// axum's extractors.
pub mod extract {
    pub use axum::extract::*;
}

/// axum's responses.
pub mod response {
    pub use axum::response::*;
}

/// Names that the compiler says when it refuses a lock. Nobody needs to write them.
pub mod errors {
    pub use oserver_state::errors::*;
}

/// Handlers by method: `get`, `post`, … , for guarded handlers only.
pub mod routing {
    pub use axum::routing::MethodFilter;

    pub use crate::router::guarded_handler::{GuardedHandler, GuardedOutput};
    pub use crate::router::method_router::{
        MethodRouter, any, connect, delete, get, head, on, options, patch, post, put, trace,
    };
}

/// What generated code names. No part of the public interface: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::actor::handle::Base;
    pub use crate::actor::traits::{Actor, ActorOptions, Answered, Command, Never, Reply};
    pub use crate::guard::blocking::run_blocking;
    pub use crate::guard::guarded::Guarded;
    pub use crate::guard::run::{Beginning, Run, never, record_fields, run, run_unchecked};
    pub use crate::guard::span::Fields;
    pub use crate::meta::{HandlerMeta, Timeout};
    pub use crate::runtime::{block_on_main, leave_main, without_log};
    pub use oserver_state::__private::*;
    pub use tracing::Level;
}
