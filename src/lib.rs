//! HTTP services that cannot end up half broken.
//!
//! A handler that panics, hangs or blocks its thread fails only its own request. The client gets an error
//! response; the fault is logged and counted. A handler that can reach a `Mutex` does not compile.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use oserver::extract::{Path, State};
//! use oserver::routing::get;
//! use oserver::{HandlerState, Router};
//!
//! #[derive(HandlerState)]
//! struct Config {
//!     greeting: String,
//! }
//!
//! #[oserver::handler(timeout = "2s")]
//! async fn hello(State(config): State<Arc<Config>>, Path(name): Path<String>) -> String {
//!     format!("{}, {name}!", config.greeting)
//! }
//!
//! #[oserver::main]
//! async fn main() -> oserver::Result<()> {
//!     let config = Arc::new(Config { greeting: "Hello".to_owned() });
//!     let router = Router::new().route("/hello/{name}", get(hello)).with_state(config);
//!     oserver::serve(oserver::bind("127.0.0.1:8080").await?, router).await?;
//!     Ok(())
//! }
//! ```
//!
//! # The parts
//!
//! | part | what it does |
//! |---|---|
//! | [`macro@handler`] | adds panic guard, deadline and span to a function, and refuses parameters that can reach a lock |
//! | [`HandlerState`], [`Trusted`] | marks a type that reaches no lock: derived, or vouched for with a reason |
//! | [`macro@actor`], [`supervise`](fn@supervise) | moves state that changes into a task, which is restarted when it fails |
//! | [`snapshot`](fn@snapshot) | publishes state that is read often and changes rarely |
//! | [`Router`], [`extract`], [`routing`] | axum's, for guarded handlers only |
//! | [`bind`], [`serve`](fn@serve), [`Serve`] | listeners, the guarded accept loop, deadlines and limits |
//! | [`health()`](fn@health), `Admin`, [`Serve::on_fault`], [`Serve::on_alarm`] | report the health of the server to probes, people and code |
//! | [`macro@main`] | builds the runtime, with three worker threads for each core and two more |
//!
//! # Faults
//!
//! Each connection has a task that reads and writes. A request runs in a second task, the *request task*, so the
//! connection can answer while a handler hangs. Only the first poll of a request may run in the connection's task.
//!
//! - A panic gets 500, a missed deadline 504, a request body that stops arriving 408. A panic in a response body
//!   resets the connection.
//! - With *n* workers, at most *n* − 1 handlers are polled on workers at a time. At most as many handlers of one route
//!   are polled on workers as the machine has cores. Further polls run on *overflow threads*.
//! - A *watchdog* thread sees a poll that exceeds its deadline. It writes one `blocked` record, and the connection
//!   answers 504. The polls of that route then run on overflow threads, until the route has blocked no thread for 30 s.
//!   On Linux, a thread that burns CPU time past the deadline loses its priority.
//! - A thread cannot be stopped, only abandoned. Abandoned threads are counted. At half of the budget
//!   ([`Serve::max_blocked_threads`], 256) in one route, its circuit breaker answers 503. Past the budget the process
//!   writes an `unrecoverable` record, finishes what it can, and exits with [`EXIT_UNRECOVERABLE`].
//!
//! On a runtime that `#[oserver::main]` did not build, one `degraded-isolation` record at the start says which
//! guarantee is degraded. Such a process does not exit by itself; see [`Serve::on_unrecoverable`].
//!
//! # Health
//!
//! Health follows the results of handlers. A route that keeps failing raises an alarm. An alarm fails readiness, and
//! only a success of that route ends the alarm. Liveness follows abandoned threads, actors, and a canary that takes the
//! path of a request. [`Serve`](Serve#health) has the rules.
//!
//! # Limits of the guard
//!
//! No process survives an abort, a stack overflow, or a panic during unwinding. Tasks that a handler spawns run
//! without a guard. The compiler checks the parameters of handlers and the statics that a handler names.
//! `cargo oserver audit` checks closures, middleware without the attribute and `request.extensions()`. The
//! [page on state](mod@state#what-types-do-not-show) lists the ways to a lock that the compiler does not see.
//!
//! # More
//!
//! [`reference`](mod@reference) lists records, metrics, exit codes and lints. [`errors`] has a page for each message of
//! the compiler. [One table](Serve#what-clients-may-do) has all deadlines and limits of clients.
//! [`serve`](serve#stopping) describes how a server stops.
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `json` | yes | axum's `Json` |
//! | `query` | yes | axum's `Query` |
//! | `form` | yes | axum's `Form` |
//! | `http2` | yes | HTTP/2; without it a server speaks HTTP/1.1 alone |
//! | `common-types` | yes | types of hashbrown 0.17, indexmap 2, ipnet 2, semver 1, tokio-util 0.7 and uuid 1 as [state](mod@state) |
//! | `log` | yes | the log: `serve` installs a `tracing` subscriber, unless one is installed |
//! | `admin` | no | the admin service: `Admin`, [`Serve`]`::admin` |
//! | `prometheus` | no | `/metrics` of the admin service |
//! | `stacks` | no | the stack of a blocked thread, read by a child process (Linux on x86_64 and aarch64) |
//! | `systemd` | no | readiness, status, stop and watchdog messages for systemd |
//! | `ahash-0_8`, `argon2-0_5`, `argon2-0_6`, `async-channel-2`, `async-lock-3`, `axum-extra-0_12`, `bb8-0_9`, `chrono-0_4`, `crossbeam-channel-0_5`, `dashmap-6`, `deadpool-0_12`, `deadpool-0_13`, `flume-0_11`, `flume-0_12`, `governor-0_10`, `handlebars-6`, `hashbrown-0_15`, `hashbrown-0_16`, `jsonwebtoken-10`, `jsonwebtoken-11`, `kanal-0_1`, `lettre-0_11`, `metrics-exporter-prometheus-0_18`, `minijinja-2`, `minijinja-3`, `moka-0_12`, `mongodb-3`, `object_store-0_13`, `object_store-0_14`, `parking_lot-0_12`, `parking_lot-0_13`, `prometheus-0_14`, `redis-1`, `regex-1`, `reqwest-0_12`, `reqwest-0_13`, `rust_decimal-1`, `rustc-hash-2`, `sea-orm-1`, `sea-orm-2`, `secrecy-0_10`, `sqlx-0_8`, `sqlx-0_9`, `tera-1`, `tera-2`, `time-0_3`, `tokio-postgres-0_7`, `tonic-0_14`, `url-2` | no | the types of that crate as [state](mod@state) or as parameters |
//! | `multipart` | no | axum's `Multipart` |
//! | `connect-info` | no | axum's `ConnectInfo<SocketAddr>` |
//! | `ws` | no | axum's `WebSocketUpgrade`; code after the upgrade runs outside of the guard |

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod errors;
// rustdoc takes the first definition of a link. The definitions in the page lead to files of the book.
/// [is-a-lock]: crate::errors::is_a_lock
/// [not-vouched-for]: crate::errors::not_vouched_for
#[doc = include_str!("../docs/state.md")]
pub mod state {}

#[doc = include_str!("../docs/reference.md")]
pub mod reference {}

pub use oserver_macros::{HandlerParam, HandlerState, actor, handler, main};
#[doc(hidden)]
pub use oserver_runtime::__private;
#[cfg(feature = "admin")]
pub use oserver_runtime::Admin;
#[cfg(feature = "log")]
pub use oserver_runtime::log;
pub use oserver_runtime::{
    Actor, Alarm, BoundListener, CallError, Closed, EXIT_UNRECOVERABLE, Error, Fault, FaultKind,
    Guarded, HandlerParam, HandlerState, HealthOptions, Histogram, IntoActor, IntoServeTarget,
    InvalidRequestId, Limits, Listener, NamedRoute, NamedRouteFuture, Network, ParseNetworkError,
    Publisher, Request, RequestId, Result, RouteMetrics, Router, Serve, ServeError, ServeErrorKind,
    ServeTarget, ServerMetrics, Shutdown, Snapshot, Socket, Supervisor, Transport, Trusted, bind,
    body, derive, extract, health, http, middleware, redact, response, route, routing, serve,
    shutdown, snapshot, supervise, targets,
};

/// The code of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The code of the book compiles and runs. The code of the chapter `migration` needs a database; the tests of
/// `examples/inventory` compile it.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../docs/getting-started.md")]
    struct GettingStarted;
    #[doc = include_str!("../docs/handlers.md")]
    struct Handlers;
    #[doc = include_str!("../docs/operations.md")]
    struct Operations;
    #[doc = include_str!("../docs/why.md")]
    struct Why;
    #[doc = include_str!("../docs/actors.md")]
    struct Actors;
    #[doc = include_str!("../docs/audit.md")]
    struct Audit;
    #[doc = include_str!("../docs/faq.md")]
    struct Faq;
    #[doc = include_str!("../docs/internals.md")]
    struct Internals;
    #[doc = include_str!("../docs/stability.md")]
    struct Stability;
}
