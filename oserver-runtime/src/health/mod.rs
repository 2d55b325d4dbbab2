//! What the server knows of its own condition. The end of the line: it depends on nothing else here.
//!
//! | file | what it does |
//! |---|---|
//! | `routes` | the route table: where everything of a route is found without a lock |
//! | `counters` | what is counted of a route |
//! | `counts` | the same, for whoever wants to read it |
//! | `striped` | where threads count without getting into each other's way |
//! | `alarm` | faults of a route that come too close |
//! | `conduct` | how the polls of a route behave |
//! | `budget` | how many threads may be lost |
//! | `runtime` | whether a runtime can still serve |
//! | `server` | whether a server is live and ready, from all of these |
//! | `status` | everything of a server at one moment, as JSON (feature `admin`) |
//! | `prometheus` | the same numbers as text that Prometheus reads |
//! | `families` | names and values of metrics |
//! | `facade` | the `metrics` facade is told them |
//! | `observer` | the user's callbacks, each on a thread of its own |

pub(crate) mod actors;
pub(crate) mod alarm;
pub(crate) mod budget;
pub(crate) mod conduct;
#[cfg_attr(not(feature = "admin"), allow(dead_code, reason = "for the admin service"))]
pub(crate) mod counters;
pub(crate) mod counts;
pub(crate) mod facade;
pub(crate) mod families;
pub(crate) mod observer;
#[cfg(feature = "prometheus")]
pub(crate) mod prometheus;
pub(crate) mod routes;
#[cfg_attr(not(feature = "admin"), allow(dead_code, reason = "for the admin service"))]
pub(crate) mod runtime;
#[cfg_attr(not(feature = "admin"), allow(dead_code, reason = "for the admin service"))]
pub(crate) mod server;
#[cfg(feature = "admin")]
pub(crate) mod status;
mod striped;

/// Whether requests are counted and their heads are kept for records. `--cfg oserver_uncounted` leaves
/// that out, so that a benchmark can tell what it costs.
pub(crate) const COUNTING: bool = !cfg!(oserver_uncounted);
