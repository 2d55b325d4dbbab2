//! The values that come out of a channel, or of a snapshot, are asked.

use std::sync::{Arc, Mutex};

use oserver::HandlerState;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

#[derive(HandlerState)]
struct App {
    fine: mpsc::Sender<Arc<Mutex<u32>>>,
    subscribed: broadcast::Sender<Arc<Mutex<u32>>>,
    received: mpsc::Receiver<Arc<Mutex<u32>>>,
    answered: oneshot::Receiver<Mutex<u32>>,
    snapshot: watch::Receiver<Arc<Mutex<u32>>>,
}

fn main() {}
