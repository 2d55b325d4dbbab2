//! What the server knows of its own condition. The end of the line: it depends on nothing else here.

pub(crate) mod conduct;
pub(crate) mod owners;
pub(crate) mod routes;
