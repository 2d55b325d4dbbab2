//! HTTP services in which one broken handler stays one broken request.
//!
//! A service that spawns a task for each connection and shares state between them tends to end up
//! half broken: a handler panics or hangs, the listener goes on accepting, and users get silence.
//! With oserver a fault is the fault of one request: it is answered, recorded and counted, and the
//! next request is served as before.
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
//!     oserver::serve(oserver::bind("127.0.0.1:8080").await?, router).await
//! }
//! ```
//!
//! # What happens to a request
//!
//! Each connection has a task that reads and writes, and a second one, the *request task*, that runs
//! middleware, router, extractors and handler. So whatever happens to a request, its connection can
//! answer:
//!
//! | what happens | what the client gets | what is recorded |
//! |---|---|---|
//! | a panic, anywhere before the response | 500, the connection goes on | `panic`, with request, headers and place |
//! | a panic in a frame of the response's body | the connection is reset, so that a part never passes for the whole | `panic` |
//! | an [`Error`] | 500, or 503 if it comes from a [`CallError`] | `error`, with its sources; `refused` for a full mailbox |
//! | no answer by the deadline | 504 | `timeout` |
//! | the handler blocks its thread, or computes without end | 504 at the deadline | `blocked` |
//! | a frame of the response's body does | the connection is reset | `blocked` |
//! | no thread is free for it, or its route's breaker is open | 503 with `retry-after` | `refused` |
//! | the request's body stops arriving | 408 | `stalled-body` |
//! | the client goes away | nothing; the handler is dropped, or finished if it asked for that | counted |
//!
//! Error bodies are problem details ([RFC 9457]) with the request's id and nothing internal. The id is
//! taken from `x-request-id` or made, and returned in the same header.
//!
//! # Handlers that block
//!
//! No timer can fire in a task whose thread is blocked. So handlers never get all threads, and somebody
//! watches those that they have:
//!
//! - At most one fewer handlers than there are workers are polled on workers at a time, and of one
//!   route at most as many as there are cores. A poll that finds no place is made on an *overflow
//!   thread*, from which the request comes back to its task.
//! - A *watchdog* thread sees a poll that is past its deadline: it writes one `blocked` record and has
//!   the connection answer. From then on, until it has gone 30 s without another, all polls of that
//!   route are made on overflow threads. On Linux, a thread that burns CPU time past the deadline
//!   loses its priority, and serves nobody else afterwards.
//! - A thread cannot be stopped from outside, only abandoned. They are counted; at half of the budget
//!   ([`Serve::max_blocked_threads`], 256) in one route that route is answered with 503, but for a probe now
//!   and then, and past the budget the process says `unrecoverable`, finishes what it can, and
//!   exits with [`EXIT_UNRECOVERABLE`].
//!
//! `#[oserver::main]` builds the runtime for this. On another one everything holds but what a
//! `degraded-isolation` record says at the start: with one thread every handler takes the way over an
//! overflow thread, and the process does not exit by itself; see [`Serve::on_unrecoverable`].
//!
//! A service that routes by itself names its routes by awaiting [`route`](fn@route), or is told
//! apart by the paths of its requests, in 64 buckets.
//!
//! # Locks
//!
//! A lock that requests share is what turns the fault of one into the fault of all. So a handler through
//! whose parameters a lock can be reached does not compile: each is request data, or [`HandlerState`], which
//! a type derives, and of which each of its fields is asked. Neither aliases nor containers, generics or
//! crates hide one; what nobody knows is refused until somebody vouches for it, with a reason, by
//! [`Trusted`]. Statics that a handler's body names are looked at as well. [`errors`] has a page for each
//! message, [`state`](mod@state) says of each type of std, tokio, http and other crates what it is.
//!
//! Not seen by the compiler are: middleware and layers without the attribute, closures that a handler is given,
//! functions that reach a static for it, and what is in the extensions of a request.
//!
//! # State
//!
//! What requests change belongs to an *actor*: a task has the value, and handlers a handle that sends it
//! one call after the other. [`macro@actor`] makes one of an `impl` block, [`supervise`](fn@supervise) runs it:
//!
//! ```no_run
//! #[derive(Default)]
//! struct Counter(u64);
//!
//! #[oserver::actor]
//! impl Counter {
//!     pub fn add(&mut self) -> u64 {
//!         self.0 += 1;
//!         self.0
//!     }
//! }
//!
//! #[oserver::handler]
//! async fn count(oserver::extract::State(counter): oserver::extract::State<CounterHandle>) -> oserver::Result<String> {
//!     Ok(counter.add().await?.to_string())
//! }
//!
//! # #[oserver::main]
//! # async fn main() -> oserver::Result<()> {
//! let counter: CounterHandle = oserver::supervise(Counter::default);
//! let router: oserver::Router =
//!     oserver::Router::new().route("/count", oserver::routing::get(count)).with_state(counter);
//! # oserver::serve(oserver::bind("127.0.0.1:8080").await?, router).await
//! # }
//! ```
//!
//! | what happens | what its caller gets | what becomes of the actor |
//! |---|---|---|
//! | a command panics | [`CallError::Restarted`] | it is dropped, and a fresh one made, at once; the calls that wait go to that one |
//! | it takes longer than it may, or blocks its thread | [`CallError::Restarted`] | the same; the thread is abandoned and counted |
//! | a call's turn does not come by the deadline of its handler | 504, or [`CallError::Expired`] outside of one | the command is not run |
//! | the mailbox is full | [`CallError::Overloaded`] | |
//! | it is restarted more often than [`Supervisor::restart_limit`] allows | | it is tried again, and liveness falls |
//! | the server has drained | [`CallError::Stopped`] from then on | it does what waits, and what `stop` says |
//!
//! Actors are polled under admission as requests are, and on overflow threads for 30 s after one has
//! blocked: one that hangs holds up neither another nor requests that do not ask it. What is read by each
//! request and changed rarely is better published, as a [`snapshot`](fn@snapshot).
//!
//! # Clients
//!
//! [`bind`] takes TCP addresses, Unix sockets and sockets that another process hands over; a [`Listener`]
//! of your own brings TLS. HTTP/1 and HTTP/2 are told apart by what a client says first. Every phase of
//! a connection has a deadline and every number a limit, all in
//! [one table](Serve#what-clients-may-do); how a server ends is [told at `serve`](serve#stopping).
//!
//! # Health
//!
//! Health is what handlers did: a route that keeps failing raises an alarm, an alarm takes readiness away, and
//! only a success of that route gives it back. Liveness follows the threads that were lost and a canary
//! that goes through admission as a request does; a process that cannot get better ends by itself, so
//! that its supervisor starts it anew. The rules and the builder's methods are [told at `Serve`](Serve#health).
//!
//! Who wants to know asks one of these:
//!
//! | | what it is |
//! |---|---|
//! | [`health()`](fn@health) | a route for the public router, live and ready in one: for a balancer's probe |
//! | `Admin` | with the feature `admin`: probes, metrics, JSON and a page, on a listener and a thread of its own |
//! | [`Serve::on_alarm`], [`Serve::on_fault`] | callbacks, each on a thread of its own |
//! | [`Serve::metrics`] | everything that is counted, in the process |
//! | systemd | with the feature `systemd` and `Type=notify`: `READY=1`, `STATUS=`, `STOPPING=1`; with `WatchdogSec=` also `WATCHDOG=1`, while the server is live |
//!
//! # Metrics
//!
//! Told once a second to the [`metrics`](https://docs.rs/metrics) facade, for whatever exporter is behind it, and
//! with the feature `prometheus` exact at `/metrics` of the admin service. Routes are labels; their number is
//! bounded, whatever clients ask for.
//!
//! | name | labels | meaning |
//! |---|---|---|
//! | `oserver_requests_total` | `route`, `status` (`2xx`, …) | answers |
//! | `oserver_request_duration_seconds` | `route` | histogram, from the head of a request to that of its answer; through the facade each is told as the middle of its bucket |
//! | `oserver_requests_in_flight` | `route` | requests that wait for their answer |
//! | `oserver_requests_cancelled_total` | `route` | requests whose client went away first |
//! | `oserver_faults_total` | `route`, `kind` (`panic`, `timeout`, `error`, `blocked`, `refused`, `stalled-body`) | what went wrong |
//! | `oserver_abandoned` | `route` | threads that its handlers hold right now past their deadlines |
//! | `oserver_alarm`, `oserver_breaker_open` | `route` | 1 while it is so |
//! | `oserver_actor_restarts_total` | `actor`: its name; of more than 256 names the further ones are `(others)` | how often actors were started anew |
//! | `oserver_actor_faults_total` | `actor`, `kind` (`panic`, `overrun`, `failed-start`) | why |
//! | `oserver_actor_calls_total` | `actor`, `result` (`answered`, `restarted`, `expired`, `refused`) | commands to them, by what became of them |
//! | `oserver_actor_queued`, `oserver_actor_abandoned` | `actor` | commands that wait; threads that it holds right now past its deadlines |
//! | `oserver_actor_running`, `oserver_actor_over_budget` | `actor` | 1 while its state is there; 1 while it is started anew too often |
//! | `oserver_live`, `oserver_ready` | | 1 while it is so |
//! | `oserver_connections` | | that are open |
//! | `oserver_blocked_threads`, `oserver_blocked_threads_limit` | | past their deadlines, and how many there may be |
//!
//! # What this does not do (yet)
//!
//! Nothing can survive an abort, a stack overflow, or a panic
//! during unwinding. What a handler spawns runs outside of the guard. A task of the handler's own that
//! it wakes and then blocks may be stuck with its thread, until the route is known to block. What a
//! response carries and hyper drops (bytes that belong to a value of the app's own) must not panic: its
//! connection would end, with a `connection-error`.
//!
//! # Log and records
//!
//! With the feature `log` [`serve`] installs a [`tracing`](https://docs.rs/tracing) subscriber, unless there is one
//! or `#[oserver::main(log = false)]` says not to: events become lines on stderr, as one JSON object each, or as
//! text on a terminal. `RUST_LOG` says which. A thread writes them; who logs waits for nobody. It can be used
//! alone, too: see `log::Log`.
//!
//! Faults are written to stderr in the same form, whatever subscriber there is, before the response leaves: a process
//! that is killed right after it has its record written. Whoever reads slowly or not at all holds
//! nobody back: what stderr does not take is left out, and how many lines that were is said as soon as it
//! takes one again. Values of `authorization`, `cookie`, `set-cookie`, `proxy-authorization`, and
//! of what [`Serve::redact`] names, are redacted, and query strings are left out. Of one place in the source 20 records a second are
//! written in full, the rest is counted and the count written once a second. The backtrace of the first
//! panic of a place in a minute comes as a second record with the same request id.
//!
//! | field | in | meaning |
//! |---|---|---|
//! | `timestamp` | all | RFC 3339, UTC, microseconds |
//! | `level` | all | `ERROR`, or `WARN` for what is the client's doing; in lines of the log any |
//! | `target` | all | `oserver`; in lines of the log the event's |
//! | `fault` | records | `panic`, `panic-backtrace`, `timeout`, `blocked`, `stalled-body`, `refused`, `error`, `alarm`, `alarm-over`, `wedged`, `recovered`, `connection-error`, `accept-error`, `stopping`, `unfinished`, `unrecoverable`, `actor-panic`, `actor-timeout`, `actor-blocked`, `actor-not-started`, `actor-over-budget`, `degraded-isolation`, `lines-dropped`, `log-filter`; in a count, `various` for places beyond the first 512 |
//! | `message` | all | the panic's or error's text, or a sentence |
//! | `location` | panics, counts | `file:line:column`; in a count of faults without a place, their route |
//! | `stage` | panics, `blocked` where it is known | `handler`, `service` (all else before the response), `body`, `drop`, `caught` (by the user's own code) |
//! | `request_id`, `connection_id` | faults and lines of a request | as in `x-request-id`; connections count from 1 |
//! | `route` | faults and lines of a request, alarms | method and pattern, or the name given to [`route`](fn@route) |
//! | `handler` | once it is known | path of the function |
//! | `method`, `path`, `headers` | faults of a request | of the request; at most 8 KiB of headers |
//! | `elapsed_ms` | faults of a request | since the request's head |
//! | `abandoned` | `blocked`, `unrecoverable` | threads that are past their deadline at that moment |
//! | `actor`, `command` | faults of an actor | its name, and the method that it was at (or `start`, `stop`, `drop`) |
//! | `suppressed` | counts | how many faults of this place were not written in full |
//! | `dropped` | `lines-dropped` | how many lines stderr did not take |
//! | `fields` | lines of the log | what the event carries |
//! | `spans` | lines of the log | the spans around it from the outermost inwards, each with `name` and `fields` |
//! | `backtrace` | `panic-backtrace` | the frames between panic and guard |
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `json` | yes | axum's `Json` |
//! | `query` | yes | axum's `Query` |
//! | `form` | yes | axum's `Form` |
//! | `log` | yes | the log: a `tracing` subscriber that is installed where there is none |
//! | `admin` | no | the admin service: `Admin`, [`Serve`]`::admin` |
//! | `prometheus` | no | `/metrics` of the admin service |
//! | `systemd` | no | tells systemd what is the truth |
//! | `arc-swap-1`, `async-lock-3`, `chrono-0_4`, `dashmap-6`, `parking_lot-0_12`, `parking_lot-0_13`, `reqwest-0_12`, `reqwest-0_13`, `serde_json-1`, `sqlx-0_9`, `uuid-1` | no | what the types of that crate are, as [state](mod@state) |
//! | `axum-extra-0_12` | no | axum-extra's extractors as parameters of handlers |
//! | `multipart` | no | axum's `Multipart` |
//! | `ws` | no | axum's `WebSocketUpgrade`; what runs after the upgrade is outside of the guard |
//!
//! [RFC 9457]: https://www.rfc-editor.org/rfc/rfc9457

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod errors;
// The first definition of a link is the one that holds: the book's own lead to its files.
/// [is-a-lock]: crate::errors::is_a_lock
/// [not-vouched-for]: crate::errors::not_vouched_for
#[doc = include_str!("../docs/state.md")]
pub mod state {}

pub use oserver_macros::{HandlerParam, HandlerState, actor, handler, main};
#[doc(hidden)]
pub use oserver_runtime::__private;
#[cfg(feature = "admin")]
pub use oserver_runtime::Admin;
#[cfg(feature = "log")]
pub use oserver_runtime::log;
pub use oserver_runtime::{
    Actor, Alarm, BoundListener, CallError, EXIT_UNRECOVERABLE, Error, Fault, FaultKind, Guarded,
    HandlerParam, HandlerState, Histogram, IntoActor, IntoServeTarget, Listener, NamedRoute,
    Publisher, Request, RequestId, Result, RouteMetrics, Router, Serve, ServeTarget, ServerMetrics,
    Snapshot, Socket, Supervisor, Transport, Trusted, bind, body, extract, health, http,
    middleware, response, route, routing, serve, snapshot, supervise,
};

/// The code of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The code of the book compiles, and does what it says.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../docs/getting-started.md")]
    struct GettingStarted;
    #[doc = include_str!("../docs/migration.md")]
    struct Migration;
    #[doc = include_str!("../docs/handlers.md")]
    struct Handlers;
    #[doc = include_str!("../docs/operations.md")]
    struct Operations;
    #[doc = include_str!("../docs/ci.md")]
    struct Ci;
    #[doc = include_str!("../docs/faq.md")]
    struct Faq;
    #[doc = include_str!("../docs/internals.md")]
    struct Internals;
    #[doc = include_str!("../docs/stability.md")]
    struct Stability;
}
