//! Types of the standard library that threads share and that are no locks.

use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16,
    AtomicU32, AtomicU64, AtomicUsize,
};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{LazyLock, OnceLock};
use std::task::Waker;
use std::thread::{JoinHandle, Thread, ThreadId};

vouched! {
    /// Each operation is one step that cannot be interrupted. The compiler does not see a spin lock that is made of atomic numbers.
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

state! {
    /// A panic in its closure leaves the cell empty. Other requests wait while one request fills it.
    impl[T] for OnceLock<T> where T;
}

state! {
    /// After a panic in its closure, every use panics: write a closure that cannot panic.
    impl[T, F] for LazyLock<T, F> where T;
}

state! {
    /// Values go in; none comes out. A full `SyncSender` blocks the thread of the request; the client gets 504 at the deadline.
    impl[T] for Sender<T>;
    impl[T] for SyncSender<T>;
}

state! {
    /// Each type gives out the values that are sent.
    impl[T] for Receiver<T> where T;
    impl[T] for mpsc::SendError<T> where T;
    impl[T] for mpsc::TrySendError<T> where T;
    impl[] for mpsc::RecvError;
    impl[] for mpsc::TryRecvError;
    impl[] for mpsc::RecvTimeoutError;
}

state! {
    /// Handles.
    impl[] for Waker;
    impl[] for Thread;
    impl[] for ThreadId;
}

state! {
    /// A join handle gives out the result of its thread.
    impl[T] for JoinHandle<T> where T;
}
