//! Clients that have done nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::task::JoinHandle;

use super::Client;
use super::cases::TooLate;

/// Innocent requests without pause, on connections of their own.
pub struct Load {
    stop: Arc<AtomicBool>,
    served: Arc<AtomicU64>,
    late: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    pub fn start(address: SocketAddr, connections: usize) -> Self {
        let (stop, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let late = Arc::new(AtomicBool::new(false));
        let client = || {
            let (stop, served) = (Arc::clone(&stop), Arc::clone(&served));
            let late = Arc::clone(&late);
            tokio::spawn(async move {
                let mut client = Client::connect(address).await;
                while !stop.load(Ordering::Relaxed) {
                    let reply = client.get("/ok").await;
                    if reply.status.as_u16() == 504 {
                        late.store(true, Ordering::Relaxed);
                        if !client.is_open().await {
                            client = Client::connect(address).await;
                        }
                        continue;
                    }
                    assert_eq!((reply.status.as_u16(), reply.text()), (200, "Hello, World!"));
                    served.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        let clients = (0..connections).map(|_| client()).collect();
        Self { stop, served, late, clients }
    }

    pub fn served(&self) -> u64 {
        self.served.load(Ordering::Relaxed)
    }

    /// Stops. Every request of it was answered, and none of them late.
    pub async fn stop(self) {
        self.stop_unless_late().await.expect("no innocent request was late");
    }

    /// Stops. Every request of it was answered.
    pub async fn stop_unless_late(self) -> Result<(), TooLate> {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.await.expect("no innocent request failed");
        }
        if self.late.load(Ordering::Relaxed) { Err(TooLate) } else { Ok(()) }
    }
}
