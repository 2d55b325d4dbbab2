//! Channels, awaited or not.

#[cfg(feature = "flume-0_11")]
state! {
    /// Values go in; none comes out. A full channel makes its caller wait, until the deadline of the request at most.
    impl[T] for flume_0_11::Sender<T>;
    impl[T] for flume_0_11::WeakSender<T>;
}

#[cfg(feature = "flume-0_11")]
state! {
    /// The crate holds its lock only for a few lines of its own code.
    impl[T] for flume_0_11::Receiver<T> where T;
    impl[T] for flume_0_11::SendError<T> where T;
    impl[T] for flume_0_11::TrySendError<T> where T;
    impl[] for flume_0_11::RecvError;
    impl[] for flume_0_11::TryRecvError;
}

#[cfg(feature = "flume-0_12")]
state! {
    /// Values go in; none comes out. A full channel makes its caller wait, until the deadline of the request at most.
    impl[T] for flume_0_12::Sender<T>;
    impl[T] for flume_0_12::WeakSender<T>;
}

#[cfg(feature = "flume-0_12")]
state! {
    /// The crate holds its lock only for a few lines of its own code.
    impl[T] for flume_0_12::Receiver<T> where T;
    impl[T] for flume_0_12::SendError<T> where T;
    impl[T] for flume_0_12::TrySendError<T> where T;
    impl[] for flume_0_12::RecvError;
    impl[] for flume_0_12::TryRecvError;
}
