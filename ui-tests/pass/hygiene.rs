//! Nothing that the attribute generates meets the user's own names or lints.
#![no_implicit_prelude]
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]
#![forbid(unused_variables, unused_mut, unused_braces, unused_must_use, unused_qualifications)]
#![forbid(let_underscore_drop, unreachable_pub, single_use_lifetimes, unused_lifetimes)]

use ::std::primitive::str;

/// Names that generated code might have used.
#[allow(dead_code, non_camel_case_types, reason = "none is used")]
mod taken {
    pub(super) struct Option;
    pub(super) struct Send;
    pub(super) struct Guarded;
    pub(super) fn run() {}
    pub(super) mod core {}
    pub(super) mod std {}
}

#[allow(unused_imports, reason = "to have the names in scope")]
use taken::*;

static META: &str = "the user's own";

/// Keeps its documentation.
#[::oserver::handler(timeout = "1s", on_disconnect = "finish")]
async fn meta() -> &'static str {
    META
}

macro_rules! handler {
    ($name:ident, $result:ty, $body:expr) => {
        #[::oserver::handler]
        async fn $name() -> $result {
            $body
        }
    };
}

handler!(made_by_a_macro, &'static str, META);

#[::oserver::main]
async fn main() -> ::oserver::Result<()> {
    let router: ::oserver::Router = ::oserver::Router::new()
        .route("/", ::oserver::routing::get(meta))
        .route("/made", ::oserver::routing::get(made_by_a_macro));
    ::std::mem::drop(router);
    ::std::result::Result::Ok(())
}
