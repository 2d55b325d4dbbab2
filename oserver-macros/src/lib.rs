//! The macros of oserver. Use the crate [`oserver`](https://docs.rs/oserver), which re-exports them:
//! what they generate names that crate.
//!
//! Each macro is a folder: `options` (what the attribute says), `model` (what the function is),
//! `check` (what is refused, with the words for it), `expand` (what comes out). `output` is the one
//! way out: an error never takes the item along.

#![forbid(unsafe_code)]

mod body;
mod context;
mod duration;
mod expected;
mod function;
mod handler;
mod main_fn;
mod misplaced;
mod options;
mod output;

use proc_macro::TokenStream;

/// Puts the guard around a handler.
///
/// The function keeps its name, visibility, attributes, generics and parameters. It returns
/// `oserver::Guarded`: a response that only the guard can make, and the proof that
/// `oserver::Router` asks for. Inside of the guard
///
/// - a panic is answered with 500 and written as one record, with request, headers and place;
/// - a handler that takes longer than its deadline is dropped and answered with 504;
/// - a `tracing` span has the handler's name and the request's id, route, method and path.
///
/// A function without `async` runs on a blocking thread.
///
/// # Options
///
/// | option | values | default |
/// |---|---|---|
/// | `timeout` | `"250ms"`, `"2s"`, `"1m"`, `"1h"`, or `"never"`; from the request's head on | the server's, 30 s |
/// | `on_disconnect` | `"cancel"` drops the handler when its client goes away, `"finish"` lets it run to its end | `"cancel"` |
/// | `crate` | the path of the crate `oserver`, where it has another name | `::oserver` |
///
/// `timeout` covers the extractors, too, from the second request of a route on: on its first one nobody
/// knows the handler before its extractors are done, and the server's deadline holds.
///
/// # Example
///
/// ```
/// use oserver::extract::Path;
///
/// #[oserver::handler(timeout = "2s")]
/// async fn hello(Path(name): Path<String>) -> oserver::Result<String> {
///     Ok(format!("Hello, {name}!"))
/// }
/// ```
///
/// # Errors
///
/// What is no handler is a compile error on the place in question: a `const`, `unsafe`, `extern` or
/// variadic function, a function without `async` that borrows, a crate built with `panic = "abort"`
/// (a panic then ends the process, and no guard can change that).
#[proc_macro_attribute]
pub fn handler(options: TokenStream, item: TokenStream) -> TokenStream {
    handler::expand(options.into(), item.into()).into()
}

/// Runs an async `main` on a runtime that has what isolation needs: twice as many workers as cores.
///
/// `TOKIO_WORKER_THREADS` sets another number. When the function returns, the process ends; it does
/// not wait for a thread that is stuck in a handler.
///
/// Options: `log = false` (`serve` then installs no log, see `oserver::log::Log`), and `crate`, as for
/// `handler`.
///
/// ```no_run
/// #[oserver::main]
/// async fn main() -> oserver::Result<()> {
///     oserver::serve(oserver::bind("127.0.0.1:8080").await?, oserver::Router::new()).await
/// }
/// ```
///
/// # Errors
///
/// A function that is not `async` or takes parameters, and a crate built with `panic = "abort"`, are
/// compile errors.
#[proc_macro_attribute]
pub fn main(options: TokenStream, item: TokenStream) -> TokenStream {
    main_fn::expand(options.into(), item.into()).into()
}
