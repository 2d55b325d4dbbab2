//! A service with state that handlers may share, and state that they may not.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use oserver::HandlerState;
use tokio::sync::mpsc;

/// The state that handlers share: configuration that never changes, and the channel to the actor of the stock.
#[derive(Clone, Debug, HandlerState)]
pub struct App {
    /// Read from a file when the service starts.
    pub config: Arc<Config>,
    /// To the one task that changes the stock.
    pub stock: mpsc::Sender<Order>,
}

/// The configuration.
#[derive(Debug, HandlerState)]
pub struct Config {
    /// The prices that customers pay, in cents.
    pub prices: HashMap<String, u32>,
}

/// Something that a customer wants.
#[derive(Debug)]
pub struct Order {
    /// The article.
    pub sku: String,
}

/// For the task that imports prices at night. Its lock is held while it waits for another service, so no
/// handler may wait for it.
#[derive(Clone, Debug, Default)]
pub struct ImportCache(Arc<Mutex<HashMap<String, u32>>>);

impl ImportCache {
    /// The price as it was imported last, in cents.
    #[must_use]
    pub fn price(&self, sku: &str) -> Option<u32> {
        self.0.lock().ok()?.get(sku).copied()
    }
}
