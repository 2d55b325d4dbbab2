//! tokio's types.

use tokio::sync::{
    Notify, OnceCell, OwnedSemaphorePermit, Semaphore, SemaphorePermit, SetOnce, broadcast, mpsc,
    oneshot, watch,
};
use tokio::{net, runtime, task, time};

use crate::HandlerState;
use crate::statics::IsLock;

// Into these senders values go, and none comes out.
state! {
    impl[T] for mpsc::Sender<T>;
    impl[T] for mpsc::WeakSender<T>;
    impl[T] for mpsc::UnboundedSender<T>;
    impl[T] for mpsc::WeakUnboundedSender<T>;
    impl['a, T] for mpsc::Permit<'a, T>;
    impl[T] for mpsc::OwnedPermit<T>;
    impl[T] for oneshot::Sender<T>;
}

// What is sent can be got out of them, of `broadcast::Sender` by subscribing. `watch` keeps its value in
// a lock: `borrow` is a read guard, and `send_modify` runs its closure under the write guard. Neither
// leaves a poison behind; who keeps a guard keeps writers waiting.
state! {
    impl[T: HandlerState] for mpsc::Receiver<T>;
    impl[T: HandlerState] for mpsc::UnboundedReceiver<T>;
    impl[T: HandlerState] for oneshot::Receiver<T>;
    impl[T: HandlerState] for broadcast::Sender<T>;
    impl[T: HandlerState] for broadcast::WeakSender<T>;
    impl[T: HandlerState] for broadcast::Receiver<T>;
    impl[T: HandlerState] for watch::Sender<T>;
    impl[T: HandlerState] for watch::Receiver<T>;
}

// Waiting for one of these ends with the request's deadline, and what a request had of it comes back
// when it is dropped.
state! {
    impl[] for Notify;
    impl[] for Semaphore;
    impl['a] for SemaphorePermit<'a>;
    impl[] for OwnedSemaphorePermit;
    impl[T: HandlerState] for OnceCell<T>;
    impl[T: HandlerState] for SetOnce<T>;
}

state! {
    impl[] for runtime::Handle;
    impl[] for task::AbortHandle;
    impl[] for task::Id;
    impl[T: HandlerState] for task::JoinHandle<T>;
    impl[T: HandlerState] for task::JoinSet<T>;
    impl[] for time::Instant;
    impl[] for time::Interval;
    impl[] for time::Sleep;
    impl[] for time::error::Elapsed;
}

state! {
    impl[] for net::TcpListener;
    impl[] for net::TcpStream;
    impl[] for net::TcpSocket;
    impl[] for net::UdpSocket;
}

// The kernel keeps order there.
state! {
    impl[] for tokio::fs::File;
    impl[] for tokio::process::Child;
    impl[] for tokio::process::ChildStdin;
    impl[] for tokio::process::ChildStdout;
    impl[] for tokio::process::ChildStderr;
}

// The lock inside is held for a few lines of its own, in which nothing of the user's runs.
state! {
    impl[] for tokio::io::DuplexStream;
}

#[cfg(unix)]
state! {
    impl[] for net::unix::SocketAddr;
    impl[] for net::unix::UCred;
    impl[] for net::UnixListener;
    impl[] for net::UnixStream;
    impl[] for net::UnixDatagram;
}

// No poison; but who waits under one for ever is waited for by all.
locks! {
    impl[T: ?Sized] for tokio::sync::Mutex<T>;
    impl[T: ?Sized] for tokio::sync::RwLock<T>;
    impl['a, T: ?Sized] for tokio::sync::MutexGuard<'a, T>;
    impl[T: ?Sized] for tokio::sync::OwnedMutexGuard<T>;
    impl['a, T: ?Sized] for tokio::sync::RwLockReadGuard<'a, T>;
    impl['a, T: ?Sized] for tokio::sync::RwLockWriteGuard<'a, T>;
    impl[T: ?Sized, U: ?Sized] for tokio::sync::OwnedRwLockReadGuard<T, U>;
    impl[T: ?Sized] for tokio::sync::OwnedRwLockWriteGuard<T>;
    impl[] for tokio::sync::Barrier;
}

around_a_lock! {
    impl[L: IsLock] for OnceCell<L>;
}
