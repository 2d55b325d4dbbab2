//! Clients that have done nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::task::JoinHandle;

use super::Client;

/// Innocent requests without pause, on connections of their own.
pub struct Load {
    stop: Arc<AtomicBool>,
    served: Arc<AtomicU64>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    pub fn start(address: SocketAddr, connections: usize) -> Self {
        let (stop, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let client = || {
            let (stop, served) = (Arc::clone(&stop), Arc::clone(&served));
            tokio::spawn(async move {
                let mut client = Client::connect(address).await;
                while !stop.load(Ordering::Relaxed) {
                    let reply = client.get("/ok").await;
                    assert_eq!((reply.status.as_u16(), reply.text()), (200, "Hello, World!"));
                    served.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        let clients = (0..connections).map(|_| client()).collect();
        Self { stop, served, clients }
    }

    pub fn served(&self) -> u64 {
        self.served.load(Ordering::Relaxed)
    }

    /// Every request of it was answered as it should be.
    pub async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.await.expect("no innocent request failed");
        }
    }
}
