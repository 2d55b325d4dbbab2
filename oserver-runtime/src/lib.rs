//! The runtime half of oserver. Use the crate [`oserver`](https://docs.rs/oserver), which re-exports the public items
//! of this crate together with the macros.
//!
//! Each folder is a room with one purpose. A room uses only rooms below it in this table; `docs/internals.md` lists
//! which, and has the glossary:
//!
//! | room | purpose |
//! |---|---|
//! | `serve` | the server: options, accept loop, connections, shutdown |
//! | `admin` | the admin service: probes, status, page (feature `admin`) |
//! | `router` | which handler a request goes to, under which route it is counted |
//! | `guard` | what the attribute puts around a handler |
//! | `actor` | state that one task has to itself |
//! | `monitor` | starts what monitors a runtime: watchdog, canary, metrics reporter |
//! | `request_task` | the task that answers the requests of a connection |
//! | `response_body` | response bodies, polled apart from the connection |
//! | `task` | tasks that are polled under admission |
//! | `watchdog` | the thread that sees blocked threads, and what follows |
//! | `overflow` | threads for polls that may not run on a worker |
//! | `panic` | where panics are caught |
//! | `log` | the `tracing` subscriber (feature `log`) |
//! | `process` | the runtime of `main`, exit codes |
//! | `fault_log` | records of faults: rendered, rate-limited, written |
//! | `request` | one request: its state, head, body, deadlines |
//! | `health` | alarms, liveness, readiness, callbacks |
//! | `admission` | which polls run on workers: permits, circuit breaker |
//! | `metrics` | counters and their export |
//! | `request_id`, `meta`, `clock`, `sync` | used by all |

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "http2"), allow(dead_code, reason = "HTTP/2 alone has streams"))]

mod actor;
#[cfg(feature = "admin")]
mod admin;
mod admission;
mod clock;
mod fault_log;
mod guard;
mod health;
#[cfg(feature = "log")]
pub mod log;
mod meta;
mod metrics;
mod monitor;
mod overflow;
mod panic;
mod process;
mod request;
mod request_id;
mod request_task;
mod response_body;
mod router;
mod serve;
mod sync;
mod task;
mod watchdog;

pub use axum::extract::Request;

pub use crate::actor::error::CallError;
pub use crate::actor::factory::IntoActor;
pub use crate::actor::snapshot::{Publisher, Snapshot, snapshot};
pub use crate::actor::supervisor::{Supervisor, supervise};
pub use crate::actor::traits::Actor;
#[cfg(feature = "admin")]
pub use crate::admin::Admin;
pub use crate::fault_log::redact::redact;
pub use crate::guard::error::{Error, Result};
pub use crate::guard::guarded::Guarded;
pub use crate::health::callbacks::{Alarm, Fault, FaultKind};
pub use crate::health::server_metrics::ServerMetrics;
pub use crate::metrics::histogram::Histogram;
pub use crate::metrics::route_metrics::RouteMetrics;
pub use crate::process::exit_code::EXIT_UNRECOVERABLE;
pub use crate::request::client::{Network, ParseNetworkError};
pub use crate::request::limits::Limits;
pub use crate::request::shutdown_signal::{Shutdown, shutdown};
pub use crate::request_id::{InvalidRequestId, RequestId};
pub use crate::request_task::target::ServeTarget;
pub use crate::router::Router;
pub use crate::router::health_route::health;
pub use crate::router::named_route::{NamedRoute, NamedRouteFuture, route};
pub use crate::serve::error::{ServeError, ServeErrorKind};
pub use crate::serve::listener::bind::bind;
pub use crate::serve::listener::bound::BoundListener;
pub use crate::serve::listener::socket::Socket;
pub use crate::serve::listener::{Closed, Listener, Transport};
pub use crate::serve::options::health::HealthOptions;
pub use crate::serve::server::{Serve, serve};
pub use crate::serve::target::IntoServeTarget;

// The traits alone: the derives of the same names are `oserver`'s own.
pub use oserver_state::__private::{HandlerParam, HandlerState};
pub use oserver_state::Trusted;

// Modules that handlers name in addition to extractors and responses: a service needs no axum dependency.
pub use axum::{body, http, middleware};

/// axum's extractors.
pub mod extract {
    pub use axum::extract::*;
}

/// axum's responses.
pub mod response {
    pub use axum::response::*;
}

/// The types behind [`IntoServeTarget`] and [`IntoActor`], for code that must name them.
pub mod targets {
    pub use crate::actor::factory::kinds::{Async, Fallible, Plain};
    pub use crate::serve::target::{
        HandlerFuture, HandlerTarget, ServiceFuture, ServiceTarget, SingleHandler, TowerService,
    };
}

pub use oserver_state::derive;

/// Names in the compiler's message when it refuses a lock. No code needs to write them.
pub mod errors {
    pub use crate::actor::factory::{Calls, Starts};
    pub use crate::actor::traits::SentToActor;
    pub use crate::guard::body::{GenericHandlerBody, HandlerBody, Returns};
    pub use crate::serve::target::Serves;
    pub use oserver_state::errors::*;
}

/// Handlers by method: `get`, `post`, … , for guarded handlers only.
pub mod routing {
    pub use axum::routing::MethodFilter;

    pub use crate::router::ServeState;
    pub use crate::router::guarded_handler::{
        CapturesNothing, GuardedFuture, GuardedHandler, GuardedResponse, HandlerFunction,
        HeadExtractor, LastExtractor, RouterState, Take,
    };
    pub use crate::router::handlers_cannot_share::SharedByHandlers;
    pub use crate::router::method_router::{IntoMethodRouter, MethodRouter};
    pub use crate::router::methods::{
        any, connect, delete, get, head, on, options, patch, post, put, trace,
    };
    pub use crate::router::middleware::Middleware;
}

/// Items that generated code names. No part of the public interface: they change without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::actor::handle::ActorRef;
    pub use crate::actor::traits::{
        Actor, ActorOptions, Answered, Command, CommandFuture, CommandOf, Never, Reply,
    };
    pub use crate::errors::SentToActor;
    pub use crate::guard::blocking::run_blocking;
    pub use crate::guard::body::{GenericHandlerBody, HandlerBody};
    pub use crate::guard::guarded::Guarded;
    pub use crate::guard::run::{HandlerContext, Run, never, record_fields};
    pub use crate::guard::span::Fields;
    pub use crate::meta::{HandlerMeta, Timeout};
    pub use crate::process::main_runtime::{block_on_main, leave_main, without_log};
    pub use oserver_state::__private::*;
    pub use tracing::Level;
}
