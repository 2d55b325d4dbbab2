//! Threads that judge others run nothing of a user's, not even a drop: where one blocks, nobody would judge
//! any more.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

thread_local! {
    static DEFERS: Cell<bool> = const { Cell::new(false) };
}

/// From now on this thread judges others.
pub(crate) fn defer_drops_of_this_thread() {
    DEFERS.set(true);
}

/// Drops what may be a user's: at once, and elsewhere where this thread judges others.
pub(crate) fn discard<T: Send + 'static>(what: T) {
    if DEFERS.get() { drop_elsewhere(what) } else { drop(what) }
}

/// Drops it on a thread of its own, for which nobody waits.
pub(crate) fn drop_elsewhere<T: Send + 'static>(what: T) {
    // Not in the closure itself, which is dropped here if there is no thread to be had.
    let parcel = Arc::new(Mutex::new(Some(what)));
    let taken = Arc::clone(&parcel);
    let thread = thread::Builder::new().name("oserver-drops".into()).spawn(move || {
        let what = taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        // What panics in there was printed by the panic hook.
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

    /// Its drop says where it is, and blocks until it is told something.
    struct Blocks(Sender<thread::ThreadId>, Receiver<()>);

    impl Drop for Blocks {
        fn drop(&mut self) {
            self.0.send(thread::current().id()).expect("somebody listens");
            _ = self.1.recv();
        }
    }

    #[test]
    fn a_thread_that_judges_neither_drops_nor_waits_and_others_drop_at_once() {
        let (dropped, heard) = channel();
        let (release, released) = channel();
        let blocks = Blocks(dropped.clone(), released);
        let judge = thread::spawn(move || {
            defer_drops_of_this_thread();
            discard(blocks);
            thread::current().id()
        });
        let judge = judge.join().expect("it does not wait");
        let patience = Duration::from_secs(30);
        assert_ne!(heard.recv_timeout(patience).expect("it is dropped"), judge);
        drop(release);
        let (_, released) = channel();
        discard(Blocks(dropped, released));
        assert_eq!(heard.try_recv().expect("at once"), thread::current().id());
    }
}
