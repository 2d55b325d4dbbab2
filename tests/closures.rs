//! A closure, or a pointer to a function, may do anything before it calls a handler: the router refuses both when it is built.

#![expect(clippy::redundant_closure, reason = "they are what is tested")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use oserver::routing::{get, post};
use oserver::{Guarded, Router};

#[oserver::handler]
async fn guarded() -> &'static str {
    "hi"
}

fn is_refused(build: impl FnOnce() -> Router) -> bool {
    let Err(panic) = catch_unwind(AssertUnwindSafe(build)) else { return false };
    let message = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
    message.is_some_and(|message| message.contains("a closure or a pointer to a function"))
}

type BoxedFuture = Pin<Box<dyn Future<Output = Guarded> + Send>>;

fn boxed() -> BoxedFuture {
    Box::pin(guarded())
}

fn with_text(_: String) -> BoxedFuture {
    boxed()
}

#[test]
fn closures_are_refused_also_if_they_call_a_handler() {
    assert!(is_refused(|| Router::new().route("/", get(|| guarded()))));
    assert!(is_refused(|| Router::new().route("/", get(async || guarded().await))));
    assert!(is_refused(|| Router::new().route("/", get(guarded).post(|| guarded()))));
    assert!(is_refused(|| Router::new().fallback(|| guarded())));
    assert!(is_refused(|| Router::new().method_not_allowed_fallback(|| guarded())));
}

#[test]
fn pointers_to_functions_are_refused() {
    let pointer: fn() -> BoxedFuture = boxed;
    assert!(is_refused(|| Router::new().route("/", get(pointer))));
    assert!(is_refused(|| Router::new().fallback(pointer)));
    let pointer: fn(String) -> BoxedFuture = with_text;
    assert!(is_refused(|| Router::new().route("/", post(pointer))));
}

#[test]
fn functions_are_not_refused() {
    assert!(!is_refused(|| Router::new().route("/", get(guarded)).fallback(guarded)));
}
