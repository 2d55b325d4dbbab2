//! tokio's types.

use tokio::sync::OnceCell;

use crate::statics::IsLock;

state! {
    /// Values go in, none comes out.
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
    /// No poison. But `borrow` is a read guard, and `send_modify` runs its closure under the write guard: clone out of the one at once, and keep the other short.
    impl[T] for tokio::sync::watch::Sender<T> where T;
    impl[T] for tokio::sync::watch::Receiver<T> where T;
}

vouched! {
    /// Waiting ends with the request's deadline, and a permit comes back when it is dropped. One that is forgotten is lost to all, and a `Notify` that nobody notifies wakes nobody.
    impl[] for tokio::sync::Notify;
    impl[] for tokio::sync::Semaphore;
    impl['a] for tokio::sync::SemaphorePermit<'a>;
    impl[] for tokio::sync::OwnedSemaphorePermit;
}

state! {
    /// A panic leaves it empty; who comes at the same time waits for the one who fills it.
    impl[T] for tokio::sync::OnceCell<T> where T;
    impl[T] for tokio::sync::SetOnce<T> where T;
}

state! {
    /// Each type gives out the output of its tasks.
    impl[T] for tokio::task::JoinHandle<T> where T;
    impl[T] for tokio::task::JoinSet<T> where T;
}

state! {
    /// A task's own value; but whoever starts the task may give others the same one.
    impl[T] for tokio::task::LocalKey<T> where T;
}

state! {
    /// Handles, times.
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
    /// The kernel keeps order there.
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
    /// The lock inside is held for a few lines of its own, in which nothing of yours runs.
    impl[] for tokio::io::DuplexStream;
}

#[cfg(unix)]
state! {
    /// The kernel keeps order there.
    impl[] for tokio::net::unix::SocketAddr;
    impl[] for tokio::net::unix::UCred;
    impl[] for tokio::net::UnixListener;
    impl[] for tokio::net::UnixStream;
    impl[] for tokio::net::UnixDatagram;
}

locks! {
    /// No poison; but who waits under one for ever is waited for by all, and a panic leaves half a change.
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
