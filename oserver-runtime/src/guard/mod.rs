//! The guard that the attribute puts around a handler.
//!
//! | file | what it does |
//! |---|---|
//! | `run` | the future around a handler's body: catch, deadline, span |
//! | `body` | the values that a handler may return, and the names in errors about them |
//! | `span` | the handler's span, and its fields |
//! | `blocking` | the same around a function without `async` |
//! | `guarded` | the response that only the guard can make |
//! | `error` | the error that a handler returns by `?` |

pub(crate) mod blocking;
pub(crate) mod body;
pub(crate) mod error;
pub(crate) mod guarded;
pub(crate) mod run;
pub(crate) mod span;
