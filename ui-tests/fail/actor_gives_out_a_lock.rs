//! An actor neither takes nor gives out a lock: with one its callers would share it.

use std::sync::{Arc, Mutex};

struct Store {
    lock: Arc<Mutex<u32>>,
    queue: Arc<tokio::sync::Mutex<u32>>,
}

#[oserver::actor]
impl Store {
    pub fn lock(&self) -> Arc<Mutex<u32>> {
        Arc::clone(&self.lock)
    }

    pub fn maybe(&self, _by: u32) -> Result<(Arc<Mutex<u32>>, u8), String> {
        Ok((Arc::clone(&self.lock), 1))
    }

    pub async fn guard(&self) -> tokio::sync::OwnedMutexGuard<u32> {
        Arc::clone(&self.queue).lock_owned().await
    }

    pub fn error(&self) -> Result<u8, Arc<Mutex<u32>>> {
        Err(Arc::clone(&self.lock))
    }

    pub fn receiver(&self) -> tokio::sync::watch::Receiver<Arc<Mutex<u32>>> {
        tokio::sync::watch::channel(Arc::clone(&self.lock)).1
    }

    pub fn take(&mut self, lock: Arc<Mutex<u32>>) {
        self.lock = lock;
    }
}

fn main() {}
