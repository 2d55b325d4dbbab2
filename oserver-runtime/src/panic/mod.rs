//! Where panics are caught, and what is learned of them.
//!
//! | file | what it does |
//! |---|---|
//! | `hook` | what is learned of a panic while it happens |
//! | `catch` | the one place where panics are caught |
//! | `deferred_drop` | drops user values on another thread |

pub(crate) mod catch;
pub(crate) mod deferred_drop;
pub(crate) mod hook;
