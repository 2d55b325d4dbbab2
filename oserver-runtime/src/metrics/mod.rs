//! Metrics, and how they are exported.
//!
//! | file | what it does |
//! |---|---|
//! | `counters` | the counters of a route |
//! | `histogram` | the latency histogram |
//! | `sharded` | counters that threads write to without contention |
//! | `route_metrics` | the metrics of a route, for readers |
//! | `actor_metrics` | the same of actors |
//! | `snapshot` | names, meanings and values of all metrics at one moment |
//! | `facade` | the values for the `metrics` facade |
//! | `reporter` | the thread that reports to the facade, once a second |
//! | `prometheus` | the values as Prometheus's text (feature `prometheus`) |

pub(crate) mod actor_metrics;
#[cfg_attr(not(feature = "admin"), allow(dead_code, reason = "for the admin service"))]
pub(crate) mod counters;
pub(crate) mod facade;
#[cfg_attr(not(feature = "admin"), allow(dead_code, reason = "for the admin service"))]
pub(crate) mod histogram;
#[cfg(feature = "prometheus")]
pub(crate) mod prometheus;
pub(crate) mod reporter;
pub(crate) mod route_metrics;
pub(crate) mod sharded;
pub(crate) mod snapshot;

/// Whether requests are counted and their heads are kept for records. `--cfg oserver_uncounted` turns this off, so
/// that a benchmark can measure its cost.
pub(crate) const COUNTING: bool = !cfg!(oserver_uncounted);
