//! The process around the server.
//!
//! | file | what it does |
//! |---|---|
//! | `main_runtime` | the runtime of `#[oserver::main]` |
//! | `cores` | how many CPU cores there are |
//! | `exit` | the exit of the process, which nothing may delay |
//! | `exit_code` | the exit code of an unrecoverable process |

pub(crate) mod cores;
pub(crate) mod exit;
pub(crate) mod exit_code;
pub(crate) mod main_runtime;
