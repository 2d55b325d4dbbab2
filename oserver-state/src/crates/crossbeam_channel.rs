//! Channels between threads.

state! {
    /// Values go in; none comes out. A full channel blocks the thread of the request; the client gets 504 at the deadline.
    impl[T] for crossbeam_channel::Sender<T>;
}

state! {
    /// The crate holds its locks only for a few lines of its own code.
    impl[T] for crossbeam_channel::Receiver<T> where T;
    impl[T] for crossbeam_channel::SendError<T> where T;
    impl[T] for crossbeam_channel::TrySendError<T> where T;
    impl[] for crossbeam_channel::RecvError;
    impl[] for crossbeam_channel::TryRecvError;
}
