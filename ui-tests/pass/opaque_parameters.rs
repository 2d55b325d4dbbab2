//! Extractors of a type without a name, with names that say it is not used.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]
#![deny(clippy::used_underscore_binding, clippy::nursery)]

use std::fmt::Display;

use oserver::extract::{Json, Path, Query};
use serde::de::DeserializeOwned;

#[oserver::handler]
async fn json(Json(value): Json<impl DeserializeOwned + Display + Send>) -> String {
    value.to_string()
}

#[oserver::handler]
async fn path(
    Path(id): Path<impl DeserializeOwned + Display + Send>,
    Query(query): Query<impl DeserializeOwned + Display + Send>,
) -> String {
    format!("{id}{query}")
}

#[oserver::handler]
async fn unused(_id: impl oserver::HandlerParam + Send) -> &'static str {
    "not used"
}

fn main() {
    drop((json(Json(1)), path(Path(1), Query(2)), unused(Path(1))));
}
