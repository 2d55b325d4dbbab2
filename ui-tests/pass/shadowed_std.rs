//! Every name that generated code might use means something else here.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use ::oserver::extract::Path;
use ::oserver::routing::get;

/// Shadows crates, types, variants, functions, traits and macros at once.
#[allow(dead_code, unused_macros, non_camel_case_types, reason = "none is meant to be used")]
mod taken {
    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod alloc {}
    pub(crate) mod tracing {}
    pub(crate) mod axum {}
    pub(crate) mod __private {}
    pub(crate) struct Option;
    pub(crate) struct Some;
    pub(crate) struct None;
    pub(crate) struct Result;
    pub(crate) struct Ok;
    pub(crate) struct Err;
    pub(crate) struct Box;
    pub(crate) struct String;
    pub(crate) struct Vec;
    pub(crate) struct Guarded;
    pub(crate) struct HandlerMeta;
    pub(crate) struct Level;
    pub(crate) struct Fields;
    pub(crate) trait Future {}
    pub(crate) trait Send {}
    pub(crate) trait FnOnce {}
    pub(crate) trait Into {}
    pub(crate) trait IntoResponse {}
    pub(crate) fn run() {}
    pub(crate) fn never() {}
    pub(crate) fn drop() {}
    pub(crate) fn fields() {}
}

#[allow(unused_imports, reason = "to have the names in scope")]
use taken::*;

#[allow(unused_macros, reason = "none is meant to be used")]
macro_rules! module_path { () => { compile_error!("the user's own") } }
#[allow(unused_macros, reason = "none is meant to be used")]
macro_rules! file { () => { compile_error!("the user's own") } }
#[allow(unused_macros, reason = "none is meant to be used")]
macro_rules! line { () => { compile_error!("the user's own") } }
#[allow(unused_macros, reason = "none is meant to be used")]
macro_rules! unreachable { () => { compile_error!("the user's own") } }
#[allow(unused_macros, reason = "none is meant to be used")]
macro_rules! compile_error { () => {} }

/// Methods that would be taken for the runtime's own.
#[allow(dead_code, reason = "none is meant to be used")]
trait Everywhere {
    fn timeout(self, _: u8) -> Self;
    fn level(self, _: u8) -> Self;
    fn fields(self, _: u8) -> Self;
    fn into(self) -> Self;
}

impl<T> Everywhere for T {
    fn timeout(self, _: u8) -> Self {
        self
    }

    fn level(self, _: u8) -> Self {
        self
    }

    fn fields(self, _: u8) -> Self {
        self
    }

    fn into(self) -> Self {
        self
    }
}

#[allow(non_upper_case_globals, reason = "a name that generated code might use")]
const META: &str = "the user's own";

#[::oserver::handler(timeout = "2s", level = "warn", name = "n", on_disconnect = "finish", fields(%meta, ?run))]
async fn hello(Path(meta): Path<u8>, run: ::oserver::extract::Query<::std::string::String>) -> ::std::string::String {
    let private = ::std::string::ToString::to_string(&meta);
    ::std::convert::identity(private + META + run.0.as_str())
}

#[::oserver::handler]
async fn opaque() -> ::std::result::Result<impl ::oserver::response::IntoResponse, ::oserver::Error> {
    ::std::result::Result::Ok(META)
}

#[::oserver::handler(fields(length = body.len()))]
fn without_async(body: ::std::string::String) -> ::std::string::String {
    body
}

#[::oserver::handler]
fn opaque_without_async() -> impl ::oserver::response::IntoResponse {
    META
}

fn main() {
    let _: ::oserver::Router = ::oserver::Router::new()
        .route("/{id}", get(hello).post(opaque).put(without_async).delete(opaque_without_async));
}
