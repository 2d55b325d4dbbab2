//! tokio's types.

use tokio::sync::OnceCell;

use crate::statics::IsLock;

state! {
    /// Values go in; none comes out.
    impl[T] for tokio::sync::mpsc::Sender<T>;
    impl[T] for tokio::sync::mpsc::WeakSender<T>;
    impl[T] for tokio::sync::mpsc::UnboundedSender<T>;
    impl[T] for tokio::sync::mpsc::WeakUnboundedSender<T>;
    impl['a, T] for tokio::sync::mpsc::Permit<'a, T>;
    impl[T] for tokio::sync::mpsc::OwnedPermit<T>;
    impl[T] for tokio::sync::oneshot::Sender<T>;
}

state! {
    /// Each type gives out the values that are sent; a sender of `broadcast` can subscribe.
    impl[T] for tokio::sync::mpsc::Receiver<T> where T;
    impl[T] for tokio::sync::mpsc::UnboundedReceiver<T> where T;
    impl[T] for tokio::sync::oneshot::Receiver<T> where T;
    impl[T] for tokio::sync::broadcast::Sender<T> where T;
    impl[T] for tokio::sync::broadcast::WeakSender<T> where T;
    impl[T] for tokio::sync::broadcast::Receiver<T> where T;
}

vouched! {
    /// No poison. But `borrow` returns a read guard, so clone the value at once; `send_modify` runs its closure under the write guard, so keep the closure short.
    impl[T] for tokio::sync::watch::Sender<T> where T;
    impl[T] for tokio::sync::watch::Receiver<T> where T;
}

vouched! {
    /// A wait ends at the deadline of the request, and a dropped permit is returned. But a forgotten permit (`forget`) is lost to all requests, and a `Notify` that is never notified wakes no request.
    impl[] for tokio::sync::Notify;
    impl[] for tokio::sync::Semaphore;
    impl['a] for tokio::sync::SemaphorePermit<'a>;
    impl[] for tokio::sync::OwnedSemaphorePermit;
}

state! {
    /// A panic in its closure leaves the cell empty. Other requests wait while one request fills it.
    impl[T] for tokio::sync::OnceCell<T> where T;
    impl[T] for tokio::sync::SetOnce<T> where T;
}

state! {
    /// Each type gives out the output of its tasks.
    impl[T] for tokio::task::JoinHandle<T> where T;
    impl[T] for tokio::task::JoinSet<T> where T;
}

state! {
    /// A value of one task. The code that starts the task may give the same value to other tasks.
    impl[T] for tokio::task::LocalKey<T> where T;
}

state! {
    /// Handles and times.
    impl[] for tokio::runtime::Handle;
    impl[] for tokio::task::AbortHandle;
    impl[] for tokio::task::Id;
    impl[] for tokio::task::JoinError;
    impl[] for tokio::time::Instant;
    impl[] for tokio::time::Interval;
    impl[] for tokio::time::Sleep;
    impl[] for tokio::time::error::Elapsed;
}

state! {
    /// The kernel synchronizes access.
    impl[] for tokio::net::TcpListener;
    impl[] for tokio::net::TcpStream;
    impl[] for tokio::net::TcpSocket;
    impl[] for tokio::net::UdpSocket;
    impl[] for tokio::fs::File;
    impl[] for tokio::process::Child;
    impl[] for tokio::process::ChildStdin;
    impl[] for tokio::process::ChildStdout;
    impl[] for tokio::process::ChildStderr;
    impl[] for tokio::process::Command;
}

vouched! {
    /// The crate holds its lock only for a few lines of its own code; none of your code runs under it.
    impl[] for tokio::io::DuplexStream;
}

#[cfg(unix)]
state! {
    /// The kernel synchronizes access.
    impl[] for tokio::net::unix::SocketAddr;
    impl[] for tokio::net::unix::UCred;
    impl[] for tokio::net::UnixListener;
    impl[] for tokio::net::UnixStream;
    impl[] for tokio::net::UnixDatagram;
}

locks! {
    /// No poison. But if one request hangs while it holds the lock, all others wait; and a panic leaves half a change.
    impl[T: ?Sized] for tokio::sync::Mutex<T>;
    impl[T: ?Sized] for tokio::sync::RwLock<T>;
    impl['a, T: ?Sized] for tokio::sync::MutexGuard<'a, T>;
    impl['a, T: ?Sized] for tokio::sync::MappedMutexGuard<'a, T>;
    impl[T: ?Sized] for tokio::sync::OwnedMutexGuard<T>;
    impl['a, T: ?Sized] for tokio::sync::RwLockReadGuard<'a, T>;
    impl['a, T: ?Sized] for tokio::sync::RwLockWriteGuard<'a, T>;
    impl[T: ?Sized, U: ?Sized] for tokio::sync::OwnedRwLockReadGuard<T, U>;
    impl[T: ?Sized] for tokio::sync::OwnedRwLockWriteGuard<T>;
}

locks! {
    /// The tasks that a barrier waits for may never come.
    impl[] for tokio::sync::Barrier;
}

around_a_lock! {
    impl[L: IsLock] for OnceCell<L>;
    impl[L: IsLock] for tokio::sync::SetOnce<L>;
    impl[L: IsLock] for tokio::sync::mpsc::Receiver<L>;
    impl[L: IsLock] for tokio::sync::mpsc::UnboundedReceiver<L>;
    impl[L: IsLock] for tokio::sync::oneshot::Receiver<L>;
    impl[L: IsLock] for tokio::sync::broadcast::Sender<L>;
    impl[L: IsLock] for tokio::sync::broadcast::Receiver<L>;
    impl[L: IsLock] for tokio::sync::watch::Sender<L>;
    impl[L: IsLock] for tokio::sync::watch::Receiver<L>;
    impl[L: IsLock] for tokio::task::JoinHandle<L>;
    impl[L: IsLock] for tokio::task::JoinSet<L>;
    impl[L: IsLock] for tokio::task::LocalKey<L>;
}
