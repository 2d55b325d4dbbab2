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
//! use oserver::Router;
//! use oserver::extract::{Path, State};
//! use oserver::routing::get;
//!
//! #[derive(oserver::HandlerState)]
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
//! | an [`Error`] | 500 | `error`, with its sources |
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
//! - A thread cannot be stopped from outside, only given up. They are counted; at half of the budget
//!   ([`Serve::max_blocked`], 256) in one route that route is answered with 503, but for a probe now
//!   and then, and past the budget the process says `beyond-repair`, finishes what it can, and
//!   exits with [`EXIT_BEYOND_REPAIR`].
//!
//! `#[oserver::main]` builds the runtime for this. On another one everything holds but what a
//! `weaker-isolation` record says at the start: with one thread every handler takes the way over an
//! overflow thread, and the process does not exit by itself; see [`Serve::on_beyond_repair`].
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
//! # Clients
//!
//! [`bind`] takes TCP addresses, Unix sockets and sockets that another process hands over; a [`Listener`]
//! of your own brings TLS. HTTP/1 and HTTP/2 are told apart by what a client says first. Every phase of
//! a connection has a deadline and every number a limit, all in
//! [one table](Serve#what-clients-may-do); how a server ends is [told at `serve`](serve#stopping).
//!
//! # What this does not do (yet)
//!
//! Nothing can survive an abort, a stack overflow, or a panic
//! during unwinding. What a handler spawns runs outside of the guard. A task of the handler's own that
//! it wakes and then blocks may be stuck with its thread, until the route is known to block. What a
//! response carries and hyper drops (bytes that belong to a value of the app's own) must not panic: its
//! connection would end, with a `connection-error`.
//!
//! # Records
//!
//! Faults are written to stderr, before the response leaves: as one JSON object a line, or as text on
//! a terminal. Values of `authorization`, `cookie`, `set-cookie` and `proxy-authorization` are
//! redacted, and query strings are left out. Of one place in the source 20 records a second are
//! written in full, the rest is counted and the count written once a second. The backtrace of the first
//! panic of a place in a minute comes as a second record with the same request id.
//!
//! | field | in | meaning |
//! |---|---|---|
//! | `timestamp` | all | RFC 3339, UTC, microseconds |
//! | `level` | all | `ERROR`, or `WARN` for what is the client's doing |
//! | `target` | all | `oserver` |
//! | `fault` | all | `panic`, `panic-backtrace`, `timeout`, `blocked`, `stalled-body`, `refused`, `error`, `connection-error`, `accept-error`, `stopping`, `unfinished`, `beyond-repair`, `weaker-isolation`; in a count, `various` for places beyond the first 512 |
//! | `message` | all | the panic's or error's text, or a sentence |
//! | `location` | panics, counts | `file:line:column`; in a count of faults without a place, their route |
//! | `stage` | panics, `blocked` where it is known | `handler`, `service` (all else before the response), `body`, `drop`, `caught` (by the user's own code) |
//! | `request_id`, `connection_id` | faults of a request | as in `x-request-id`; connections count from 1 |
//! | `route` | faults of a request | method and pattern, or the name given to [`route`](fn@route) |
//! | `handler` | once it is known | path of the function |
//! | `method`, `path`, `headers` | faults of a request | of the request; at most 8 KiB of headers |
//! | `elapsed_ms` | faults of a request | since the request's head |
//! | `abandoned` | `blocked`, `beyond-repair` | threads that are past their deadline at that moment |
//! | `suppressed` | counts | how many faults of this place were not written in full |
//! | `backtrace` | `panic-backtrace` | the frames between panic and guard |
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `json` | yes | axum's `Json` |
//! | `query` | yes | axum's `Query` |
//! | `form` | yes | axum's `Form` |
//! | `arc-swap`, `async-lock`, `chrono`, `dashmap`, `parking_lot`, `reqwest`, `serde_json`, `sqlx`, `uuid` | no | what the types of that crate are, as [state](mod@state) |
//! | `axum-extra` | no | axum-extra's extractors as parameters of handlers |
//! | `multipart` | no | axum's `Multipart` |
//! | `ws` | no | axum's `WebSocketUpgrade`; what runs after the upgrade is outside of the guard |
//!
//! [RFC 9457]: https://www.rfc-editor.org/rfc/rfc9457

#![forbid(unsafe_code)]

pub mod errors;
#[doc = include_str!("../docs/state.md")]
pub mod state {}

pub use oserver_macros::{HandlerParam, HandlerState, handler, main};
#[doc(hidden)]
pub use oserver_runtime::__private;
pub use oserver_runtime::{
    App, BoundListener, Counts, EXIT_BEYOND_REPAIR, Error, Guarded, HandlerParam, HandlerState,
    IntoApp, Listener, NamedRoute, Request, RequestId, Result, RouteCounts, Router, Serve, Socket,
    Transport, Trusted, bind, extract, response, route, routing, serve,
};

/// The code of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
