//! The options of a server, each a method of [`Serve`](crate::Serve).
//!
//! | file | what it does |
//! |---|---|
//! | `timeout` | the timeout of requests |
//! | `limits` | the limits of clients: timeouts, sizes, numbers |
//! | `health` | alarms, callbacks, the admin service, and when the process ends |

pub(crate) mod health;
mod limits;
mod timeout;
