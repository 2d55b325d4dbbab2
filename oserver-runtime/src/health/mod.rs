//! Whether a server is live and ready.
//!
//! | file | what it does |
//! |---|---|
//! | `failure_status` | which statuses are failures |
//! | `alarm` | the alarm of a route: too many faults in a short time |
//! | `thread_budget` | how many threads may be abandoned |
//! | `actors` | the actors of a runtime, and which of them exceed their restart limit |
//! | `last_timeout` | where the last late request of a route hung |
//! | `route_table` | the route table: finds all counters of a route without a lock |
//! | `server_metrics` | the counters of one server, for readers |
//! | `liveness` | whether a runtime can still serve |
//! | `readiness` | whether a server should get requests |
//! | `callbacks` | the user's callbacks, each on its own thread |

pub(crate) mod actors;
pub(crate) mod alarm;
pub(crate) mod callbacks;
pub(crate) mod failure_status;
#[cfg_attr(not(feature = "admin"), allow(dead_code, reason = "for the admin service"))]
pub(crate) mod last_timeout;
#[cfg_attr(not(feature = "admin"), allow(dead_code, reason = "for the admin service"))]
pub(crate) mod liveness;
#[cfg_attr(not(feature = "admin"), allow(dead_code, reason = "for the admin service"))]
pub(crate) mod readiness;
pub(crate) mod route_table;
pub(crate) mod server_metrics;
pub(crate) mod thread_budget;
