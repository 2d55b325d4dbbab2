//! What threads share in the standard library and is no lock.

use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16,
    AtomicU32, AtomicU64, AtomicUsize,
};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{LazyLock, OnceLock};
use std::task::Waker;
use std::thread::{JoinHandle, Thread, ThreadId};

use crate::HandlerState;

// Each operation is one step: nobody can be interrupted in it.
state! {
    impl[] for AtomicBool;
    impl[] for AtomicU8;
    impl[] for AtomicU16;
    impl[] for AtomicU32;
    impl[] for AtomicU64;
    impl[] for AtomicUsize;
    impl[] for AtomicI8;
    impl[] for AtomicI16;
    impl[] for AtomicI32;
    impl[] for AtomicI64;
    impl[] for AtomicIsize;
}

// Written once. Whoever writes runs the user's code: if it hangs, others that come at the same time wait
// for it; if it panics, `OnceLock` is as it was, and `LazyLock` panics from then on.
state! {
    impl[T: HandlerState] for OnceLock<T>;
    impl[T: HandlerState, F] for LazyLock<T, F>;
}

// Into a sender values go, and none comes out but those that could not be sent, which were the
// sender's own.
state! {
    impl[T] for Sender<T>;
    impl[T] for SyncSender<T>;
    impl[T: HandlerState] for Receiver<T>;
    impl[T: HandlerState] for mpsc::SendError<T>;
    impl[T: HandlerState] for mpsc::TrySendError<T>;
    impl[] for mpsc::RecvError;
    impl[] for mpsc::TryRecvError;
    impl[] for mpsc::RecvTimeoutError;
}

state! {
    impl[] for Waker;
    impl[] for Thread;
    impl[] for ThreadId;
    impl[T: HandlerState] for JoinHandle<T>;
}
