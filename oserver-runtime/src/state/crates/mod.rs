//! Types of other crates, each behind the feature of its crate's name.

#[cfg(feature = "arc-swap")]
mod arc_swap;
#[cfg(feature = "async-lock")]
mod async_lock;
#[cfg(feature = "axum-extra")]
mod axum_extra;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "dashmap")]
mod dashmap;
#[cfg(feature = "parking_lot")]
mod parking_lot;
#[cfg(any(feature = "reqwest", feature = "reqwest-0_12"))]
mod reqwest;
#[cfg(feature = "serde_json")]
mod serde_json;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "uuid")]
mod uuid;
