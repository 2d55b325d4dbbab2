//! Declarations for the types of other crates, each behind the feature of its crate's name and version.

#[cfg(feature = "ahash-0_8")]
mod ahash;
#[cfg(feature = "arc-swap-1")]
mod arc_swap;
#[cfg(any(feature = "argon2-0_5", feature = "argon2-0_6"))]
mod argon2;
#[cfg(feature = "async-channel-2")]
mod async_channel;
#[cfg(feature = "async-lock-3")]
mod async_lock;
#[cfg(feature = "axum-0_8")]
mod axum;
#[cfg(feature = "axum-extra-0_12")]
mod axum_extra;
#[cfg(feature = "bb8-0_9")]
mod bb8;
#[cfg(feature = "bytes-1")]
mod bytes;
#[cfg(feature = "chrono-0_4")]
mod chrono;
#[cfg(feature = "crossbeam-channel-0_5")]
mod crossbeam_channel;
#[cfg(feature = "dashmap-6")]
mod dashmap;
#[cfg(any(feature = "deadpool-0_12", feature = "deadpool-0_13"))]
mod deadpool;
#[cfg(any(feature = "flume-0_11", feature = "flume-0_12"))]
mod flume;
#[cfg(feature = "futures-util-0_3")]
mod futures_util;
#[cfg(feature = "governor-0_10")]
mod governor;
#[cfg(feature = "handlebars-6")]
mod handlebars;
#[cfg(any(feature = "hashbrown-0_15", feature = "hashbrown-0_16", feature = "hashbrown-0_17"))]
mod hashbrown;
#[cfg(feature = "http-1")]
mod http;
#[cfg(feature = "http-body-util-0_1")]
mod http_body_util;
#[cfg(feature = "hyper-1")]
mod hyper;
#[cfg(feature = "indexmap-2")]
mod indexmap;
#[cfg(feature = "ipnet-2")]
mod ipnet;
#[cfg(any(feature = "jsonwebtoken-10", feature = "jsonwebtoken-11"))]
mod jsonwebtoken;
#[cfg(feature = "kanal-0_1")]
mod kanal;
#[cfg(feature = "lettre-0_11")]
mod lettre;
#[cfg(feature = "metrics-0_24")]
mod metrics;
#[cfg(feature = "metrics-exporter-prometheus-0_18")]
mod metrics_exporter_prometheus;
#[cfg(feature = "mime-0_3")]
mod mime;
#[cfg(any(feature = "minijinja-2", feature = "minijinja-3"))]
mod minijinja;
#[cfg(feature = "moka-0_12")]
mod moka;
#[cfg(feature = "mongodb-3")]
mod mongodb;
#[cfg(any(feature = "object_store-0_13", feature = "object_store-0_14"))]
mod object_store;
#[cfg(feature = "once_cell-1")]
mod once_cell;
#[cfg(any(feature = "parking_lot-0_12", feature = "parking_lot-0_13"))]
mod parking_lot;
#[cfg(feature = "prometheus-0_14")]
mod prometheus;
#[cfg(feature = "redis-1")]
mod redis;
#[cfg(feature = "regex-1")]
mod regex;
#[cfg(any(feature = "reqwest-0_12", feature = "reqwest-0_13"))]
mod reqwest;
#[cfg(feature = "rust_decimal-1")]
mod rust_decimal;
#[cfg(feature = "rustc-hash-2")]
mod rustc_hash;
#[cfg(any(feature = "sea-orm-1", feature = "sea-orm-2"))]
mod sea_orm;
#[cfg(feature = "secrecy-0_10")]
mod secrecy;
#[cfg(feature = "semver-1")]
mod semver;
#[cfg(feature = "serde_json-1")]
mod serde_json;
#[cfg(feature = "smallvec-1")]
mod smallvec;
#[cfg(any(feature = "sqlx-0_8", feature = "sqlx-0_9"))]
mod sqlx;
#[cfg(any(feature = "tera-1", feature = "tera-2"))]
mod tera;
#[cfg(feature = "time-0_3")]
mod time;
#[cfg(feature = "tokio-1")]
mod tokio;
#[cfg(feature = "tokio-postgres-0_7")]
mod tokio_postgres;
#[cfg(feature = "tokio-util-0_7")]
mod tokio_util;
#[cfg(feature = "tonic-0_14")]
mod tonic;
#[cfg(feature = "tracing-0_1")]
mod tracing;
#[cfg(feature = "url-2")]
mod url;
#[cfg(feature = "uuid-1")]
mod uuid;
