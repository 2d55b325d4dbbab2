//! Locks that are awaited, and what else async-lock has.

use async_lock::{Barrier, Mutex, OnceCell, RwLock, Semaphore};

use crate::HandlerState;

locks! {
    impl[T: ?Sized] for Mutex<T>;
    impl[T: ?Sized] for RwLock<T>;
    impl[] for Barrier;
}

state! {
    impl[] for Semaphore;
    impl[T: HandlerState] for OnceCell<T>;
}
