//! One request while it is under way: who it is, what it asked for, how long it may take.
//!
//! Knows nothing of how a request is run, answered or recorded; those rooms read it from here.

pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod connection;
pub(crate) mod current;
pub(crate) mod head;
pub(crate) mod id;
pub(crate) mod network;
pub(crate) mod server;
pub(crate) mod turn;
