//! Drops user values on another thread.
//!
//! Invariant: the watchdog and the canary run no user code, not even a drop. If such code blocked there, no thread
//! would see blocked threads any more.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crate::sync::Mutex;

thread_local! {
    static DEFERS: Cell<bool> = const { Cell::new(false) };
}

/// Makes this thread defer drops from now on.
pub(crate) fn defer_drops_of_this_thread() {
    DEFERS.set(true);
}

/// Drops a value that may be a user's: here, or on another thread if this thread defers drops.
pub(crate) fn discard<T: Send + 'static>(what: T) {
    if DEFERS.get() { drop_elsewhere(what) } else { drop(what) }
}

/// Drops the value on a new thread, without waiting for it.
pub(crate) fn drop_elsewhere<T: Send + 'static>(what: T) {
    // Not in the closure itself: that is dropped here if there is no thread.
    let parcel = Arc::new(Mutex::new(Some(what)));
    let taken = Arc::clone(&parcel);
    let thread = thread::Builder::new().name("oserver-drops".into()).spawn(move || {
        let what = taken.lock().take();
        // The panic hook has printed a panic of the drop.
        _ = catch_unwind(AssertUnwindSafe(|| drop(what)));
    });
    if thread.is_err() {
        // Memory is the smaller loss.
        std::mem::forget(parcel);
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    use super::*;

    /// Its drop reports its thread, and blocks until it gets a message.
    struct Blocks(Sender<thread::ThreadId>, Receiver<()>);

    impl Drop for Blocks {
        fn drop(&mut self) {
            self.0.send(thread::current().id()).expect("somebody listens");
            _ = self.1.recv();
        }
    }

    #[test]
    fn a_thread_that_defers_neither_drops_nor_waits_and_others_drop_at_once() {
        let (dropped, heard) = channel();
        let (release, released) = channel();
        let blocks = Blocks(dropped.clone(), released);
        let watchdog = thread::spawn(move || {
            defer_drops_of_this_thread();
            discard(blocks);
            thread::current().id()
        });
        let watchdog = watchdog.join().expect("it does not wait");
        let timeout = Duration::from_secs(30);
        assert_ne!(heard.recv_timeout(timeout).expect("it is dropped"), watchdog);
        drop(release);
        let (_, released) = channel();
        discard(Blocks(dropped, released));
        assert_eq!(heard.try_recv().expect("at once"), thread::current().id());
    }
}
