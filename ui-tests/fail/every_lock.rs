//! Every lock of std, tokio and futures has the message of a lock.

use oserver::HandlerState;

#[derive(HandlerState)]
struct Locks {
    mutex: std::sync::Mutex<u8>,
    rw_lock: std::sync::RwLock<u8>,
    condvar: std::sync::Condvar,
    barrier: std::sync::Barrier,
    once: std::sync::Once,
    cell: std::cell::Cell<u8>,
    ref_cell: std::cell::RefCell<u8>,
    unsafe_cell: std::cell::UnsafeCell<u8>,
    stdout: std::io::Stdout,
    tokio_mutex: tokio::sync::Mutex<u8>,
    tokio_rw_lock: tokio::sync::RwLock<u8>,
    tokio_barrier: tokio::sync::Barrier,
    guard: tokio::sync::OwnedMutexGuard<u8>,
}

fn main() {}
