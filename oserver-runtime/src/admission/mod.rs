//! Which polls run on workers.
//!
//! Invariant: at least one worker polls no user code, so that connections are always served.
//!
//! | file | what it does |
//! |---|---|
//! | `decision` | the decision about a poll |
//! | `permits` | how many polls run on workers at a time |
//! | `circuit_breaker` | the limit of one route, its quarantine, and its circuit breaker |

pub(crate) mod circuit_breaker;
pub(crate) mod decision;
pub(crate) mod permits;
