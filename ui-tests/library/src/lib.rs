//! A library that knows of no server: its types say whether handlers may share them.

use std::sync::{Arc, Mutex};

/// A client that services share.
#[derive(Clone, Debug, oserver_state::HandlerState)]
pub struct Client<T> {
    /// Where it connects to.
    pub url: Arc<str>,
    /// The part that the service adds.
    pub extra: T,
}

/// An extractor's data.
#[derive(Debug, oserver_state::HandlerParam)]
pub enum Token {
    /// None was sent.
    Missing,
    /// As it was sent.
    Bearer(String),
}

/// Shares a lock; nobody says that handlers may have it.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// The lock that every request waits for.
    pub entries: Arc<Mutex<Vec<String>>>,
}

/// The same, and somebody says why it can do no harm.
#[derive(Clone, Debug, Default, oserver_state::HandlerState)]
pub struct Counted {
    #[handler_state(trusted = "held for one addition only, which cannot panic")]
    count: Arc<Mutex<u64>>,
}

impl Counted {
    /// Adds one.
    pub fn add(&self) {
        if let Ok(mut count) = self.count.lock() {
            *count = count.wrapping_add(1);
        }
    }
}
