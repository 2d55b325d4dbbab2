//! Response bodies, polled apart from the connection.
//!
//! | file | what it does |
//! |---|---|
//! | `outgoing` | the connection's side of a body |
//! | `task` | polls a streaming body, in its own task |

pub(crate) mod outgoing;
pub(crate) mod task;
