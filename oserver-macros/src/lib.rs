//! The macros of oserver. Use the crate [`oserver`](https://docs.rs/oserver), which re-exports them: the generated
//! code names that crate.
//!
//! Each macro is a folder: `options` (the options of the attribute), `model` (the parsed function), `check` (what is
//! refused, with the messages), `expand` (the generated code). All output goes through `output`, so that an error
//! never removes the item.

#![forbid(unsafe_code)]

mod actor;
mod assertions;
mod body;
mod context;
mod duration;
mod erase_hrtb;
mod function;
#[cfg(test)]
mod fuzz;
mod handler;
mod handler_state;
mod main_fn;
mod misplaced;
mod option_parser;
mod output;
mod return_hint;
#[cfg(test)]
mod snapshot;

use proc_macro::TokenStream;

use self::context::Exporter;
use self::handler_state::Derived;

/// Puts the guard around a handler.
///
/// The function keeps its name, visibility, attributes, generics and parameters. It returns `oserver::Guarded`, a
/// response that only the guard can make. `oserver::Router` requires it. Under the guard
///
/// - a panic is answered with 500 and written as one record, with request, headers and source location;
/// - a handler that exceeds its deadline is dropped and answered with 504;
/// - a `tracing` span has the handler's name and the request's id, connection, route, method and path.
///
/// A function without `async` may block: it runs on an overflow thread, under the same deadline.
///
/// # Options
///
/// | option | values | default |
/// |---|---|---|
/// | `timeout` | `"250ms"`, `"2s"`, `"1m"`, `"1h"`, or `"never"`; from the request's head on | the server's, 30 s |
/// | `name` | the span's name: a string, or a constant that is one | the function's |
/// | `level` | the span's level: `"trace"`, `"debug"`, `"info"`, `"warn"`, `"error"`, `1` (trace) to `5`, or a constant of the type `tracing::Level` | `"info"` |
/// | `fields(..)` | further fields of the span, in the syntax of `tracing::instrument`; see below | none |
/// | `on_disconnect` | `"cancel"` drops the handler when its client leaves, `"finish"` lets it run to its end | `"cancel"` |
/// | `crate` | the path of the crate `oserver`, if it has another name | `::oserver` |
///
/// `timeout` also covers the extractors, from the second request of a route on. At the first request the handler is
/// unknown until its extractors are done, so the server's timeout counts.
///
/// # Fields of the span
///
/// Arguments are recorded only by `fields(..)`; there is no `skip`. Names are words, words with dots, strings, or
/// constants in braces. Values are expressions in which the parameters are bound. They are evaluated when the handler
/// begins, under its guard, and only if a subscriber wants the span.
///
/// ```
/// use oserver::extract::{Json, Path};
///
/// #[oserver::handler(
///     name = "checkout",
///     level = "debug",
///     fields(%sku, count = lines.len(), first = ?lines.first(), payment.id),
/// )]
/// async fn checkout(Path(sku): Path<String>, Json(lines): Json<Vec<String>>) -> String {
///     // Declared above without a value, to be recorded later.
///     tracing::Span::current().record("payment.id", 7);
///     sku
/// }
/// ```
///
/// `%` records by `Display`, `?` by `Debug`; without either a value is one of `tracing`'s own. The span's target
/// is the module of the handler, so a filter like `my_app::checkout=debug` finds it.
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
/// An item that cannot be a handler is a compile error at the place of the mistake: a `const`, `unsafe`, `extern` or
/// variadic function; a function without `async` that borrows; an option that is unknown, repeated or has an invalid
/// value; a crate built with `panic = "abort"`, because a panic then ends the process in spite of any guard. The
/// function stays as it was for the code around it, so that one mistake is one error.
#[proc_macro_attribute]
pub fn handler(options: TokenStream, item: TokenStream) -> TokenStream {
    handler::expand(options.into(), item.into()).into()
}

/// Makes an actor of a type: a task owns the value, and callers have a handle.
///
/// The attribute goes on an `impl` block and leaves it as it is. Each `pub` method with `&self` or `&mut self`, with
/// or without `async`, with any return type `T`, becomes a command: an `async` method of the generated handle. The
/// method sends the call to the actor's mailbox and returns `Result<T, oserver::CallError>`. Methods that are not
/// `pub`, and functions without `self`, belong to the actor only.
///
/// ```
/// use std::collections::HashMap;
///
/// #[derive(Default)]
/// pub struct Inventory {
///     stock: HashMap<String, u32>,
/// }
///
/// #[oserver::actor(mailbox_capacity = 256, timeout = "2s")]
/// impl Inventory {
///     /// Puts so many of them on the shelf.
///     pub fn store(&mut self, sku: String, number: u32) {
///         *self.stock.entry(sku).or_default() += number;
///     }
///
///     /// Takes one; `false` when there is none.
///     pub async fn reserve(&mut self, sku: String) -> bool {
///         self.take(&sku).is_some()
///     }
///
///     fn take(&mut self, sku: &str) -> Option<()> {
///         let left = self.stock.get_mut(sku)?;
///         *left = left.checked_sub(1)?;
///         Some(())
///     }
/// }
///
/// # #[oserver::main]
/// # async fn main() -> oserver::Result<()> {
/// let inventory: InventoryHandle = oserver::supervise(Inventory::default);
/// inventory.store("apple".to_owned(), 1).await?;
/// assert!(inventory.reserve("apple".to_owned()).await?);
/// assert!(!inventory.reserve("apple".to_owned()).await?);
/// # Ok(()) }
/// ```
///
/// Commands run one after the other. The handle is `Clone`, `Debug`, `Send`, `Sync` and
/// `oserver::HandlerState`.
///
/// # Options
///
/// | option | values | default |
/// |---|---|---|
/// | `handle` | the name of the handle | the type's name and `Handle` |
/// | `mailbox_capacity` | how many calls may wait; a further call gets `CallError::Overloaded` | 1024 |
/// | `timeout` | how long a command may take, and how long a caller outside of a handler waits: `"250ms"`, `"2s"`, `"1m"`, `"1h"`, or `"never"` | the server's, 30 s |
/// | `stop` | a method with `&mut self` only, called when the server has stopped and the mailbox is empty; the handle does not have it | none |
/// | `crate` | the path of the crate `oserver`, if it has another name | `::oserver` |
///
/// `oserver::Supervisor` has them, too, for one actor of the type.
///
/// # Cancel safety
///
/// If a call is dropped while its command is queued, the command does not run. If it is dropped later, the command
/// runs to its end, and its result is dropped.
///
/// # Errors
///
/// An item that cannot be a command is a compile error at the place of the mistake: a borrowed parameter or result,
/// `self` by value, generics, `unsafe`; and an `impl` that is generic, or of a trait.
#[proc_macro_attribute]
pub fn actor(options: TokenStream, item: TokenStream) -> TokenStream {
    actor::expand(options.into(), item.into()).into()
}

/// Runs an async `main` on a runtime that isolation needs: three worker threads for each core and two more.
///
/// `TOKIO_WORKER_THREADS` sets another number. When the function returns, the process ends, without waiting for
/// threads that are stuck in handlers.
///
/// Options: `log = false` (`serve` then installs no log, see `oserver::log::Log`), and `crate`, as for
/// `handler`.
///
/// ```no_run
/// #[oserver::main]
/// async fn main() -> oserver::Result<()> {
///     oserver::serve(oserver::bind("127.0.0.1:8080").await?, oserver::Router::new()).await?;
///     Ok(())
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

/// Declares that handlers may share a type: no lock can be reached through any of its fields.
///
/// The compiler checks each field. A field that is a lock, or an unknown type without a reason, is an error at its
/// type. The type is then a parameter of handlers, too: a custom extractor also derives this.
/// An attribute macro that changes the fields goes above the derive: below it, a changed field is an error.
///
/// ```
/// use std::sync::Arc;
///
/// use oserver::HandlerState;
///
/// #[derive(Clone, HandlerState)]
/// struct App {
///     name: Arc<str>,
///     limits: Arc<Limits>,
/// }
///
/// #[derive(HandlerState)]
/// struct Limits {
///     requests: u32,
/// }
/// ```
///
/// # Options
///
/// | option | on | meaning |
/// |---|---|---|
/// | `trusted = "reason"` | a field | the field is not checked; the reason is for readers of the code |
/// | `bound = "T: HandlerState"` | the type | the conditions on its parameters, in place of those that the derive finds |
/// | `crate = path` | the type | the path of the crate `oserver`, if it has another name |
///
/// The derive finds these conditions. Each type parameter that a field uses, outside of `PhantomData`, must be state;
/// if the field uses an associated type of the parameter, that type must be state. For a type with one of the
/// following names, the condition is on the whole type and not on its parameter: `Sender`, `UnboundedSender`,
/// `SyncSender`, `WeakSender`, `WeakUnboundedSender`, `Trusted`, `Pool`, `Json`, `Path`, `Query`, `Form`. Most of
/// these give nothing out, or read a fresh value.
///
/// # Errors
///
/// A union, an empty reason, and an unknown option are compile errors at their place.
#[proc_macro_derive(HandlerState, attributes(handler_state))]
pub fn handler_state(item: TokenStream) -> TokenStream {
    handler_state::expand(Exporter::Oserver, Derived::State, item.into()).into()
}

/// As [`HandlerState`](macro@HandlerState), for crates that depend on `oserver-state`, which exports it under that
/// name: a derive cannot know the path by which it was called.
#[doc(hidden)]
#[proc_macro_derive(StateHandlerState, attributes(handler_state))]
pub fn state_handler_state(item: TokenStream) -> TokenStream {
    handler_state::expand(Exporter::State, Derived::State, item.into()).into()
}

/// Declares that handlers may take a type although it is no state: a custom extractor with request data in it.
///
/// As [`HandlerState`](macro@HandlerState), with the same options; but a field can be any type that a handler can
/// take, such as `Json<T>` of any `T` that is deserialized.
///
/// ```
/// use oserver::HandlerParam;
/// use oserver::extract::{Json, Path};
///
/// #[derive(HandlerParam)]
/// struct Incoming {
///     id: Path<u32>,
///     counts: Json<Vec<u32>>,
/// }
/// ```
#[proc_macro_derive(HandlerParam, attributes(handler_state))]
pub fn handler_param(item: TokenStream) -> TokenStream {
    handler_state::expand(Exporter::Oserver, Derived::Param, item.into()).into()
}

/// As [`HandlerParam`](macro@HandlerParam), for crates that depend on `oserver-state`.
#[doc(hidden)]
#[proc_macro_derive(StateHandlerParam, attributes(handler_state))]
pub fn state_handler_param(item: TokenStream) -> TokenStream {
    handler_state::expand(Exporter::State, Derived::Param, item.into()).into()
}
