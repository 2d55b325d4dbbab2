//! Panics of user code: caught, and reported.
//!
//! | file | what it does |
//! |---|---|
//! | `hook` | keeps a report of a panic while it happens |
//! | `catch` | the one place where panics are caught |
//! | `deferred_drop` | drops user values on another thread |

pub(crate) mod catch;
pub(crate) mod deferred_drop;
pub(crate) mod hook;
