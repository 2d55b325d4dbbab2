//! What the types of other crates are, each behind the feature of its crate's name and version.

#[cfg(feature = "arc-swap-1")]
mod arc_swap;
#[cfg(feature = "async-lock-3")]
mod async_lock;
#[cfg(feature = "axum-0_8")]
mod axum;
#[cfg(feature = "axum-extra-0_12")]
mod axum_extra;
#[cfg(feature = "bytes-1")]
mod bytes;
#[cfg(feature = "chrono-0_4")]
mod chrono;
#[cfg(feature = "dashmap-6")]
mod dashmap;
#[cfg(feature = "futures-util-0_3")]
mod futures_util;
#[cfg(feature = "http-1")]
mod http;
#[cfg(any(feature = "parking_lot-0_12", feature = "parking_lot-0_13"))]
mod parking_lot;
#[cfg(any(feature = "reqwest-0_12", feature = "reqwest-0_13"))]
mod reqwest;
#[cfg(feature = "serde_json-1")]
mod serde_json;
#[cfg(feature = "sqlx-0_9")]
mod sqlx;
#[cfg(feature = "tokio-1")]
mod tokio;
#[cfg(feature = "tokio-util-0_7")]
mod tokio_util;
#[cfg(feature = "tracing-0_1")]
mod tracing;
#[cfg(feature = "uuid-1")]
mod uuid;
