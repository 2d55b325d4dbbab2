//! Other attributes on both sides of the handler's.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::Router;
use oserver::extract::Path;
use oserver::routing::get;

/// Documented above,
#[axum::debug_handler]
#[oserver::handler]
/// in between,
#[tracing::instrument]
async fn debug_above(Path(id): Path<u8>) -> String {
    //! and inside.
    // `debug_handler` copies the body, in which clippy then misses an await.
    std::future::ready(id).await.to_string()
}

#[oserver::handler(timeout = "2s")]
#[axum::debug_handler]
async fn debug_below(Path(id): Path<u8>) -> String {
    id.to_string()
}

#[allow(clippy::unused_async, reason = "the attribute is above")]
#[inline]
#[oserver::handler]
#[must_use = "it is worth it"]
#[doc(hidden)]
#[expect(non_snake_case, reason = "an expectation below")]
async fn camelCase() {}

#[oserver::handler]
#[deprecated(note = "use another")]
#[cfg_attr(not(target_os = "uefi"), doc(alias = "other"), allow(unused_variables))]
#[rustfmt::skip]
async   fn deprecated(unused: String) {}

#[expect(unused_variables, reason = "an expectation above")]
#[oserver::handler]
async fn expects(unused: String) {
    #![expect(unused_mut, reason = "an expectation inside")]
    let mut text = String::new();
    drop(text);
}

#[tracing::instrument(skip_all)]
#[axum::debug_handler]
#[oserver::handler]
#[tracing::instrument(err)]
#[doc = "Everything at once."]
async fn everything(body: String) -> oserver::Result<String> {
    Ok(body.parse::<u8>()?.to_string())
}

#[allow(deprecated)]
fn main() {
    let _: Router = Router::new()
        .route("/1", get(debug_above).post(debug_below).put(camelCase))
        .route("/2", get(deprecated).post(expects).put(everything));
}
