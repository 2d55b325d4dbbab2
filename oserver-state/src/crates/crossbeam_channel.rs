//! Channels between threads.

state! {
    /// Values go in, none comes out; a full one blocks its thread, which the deadline of the request ends.
    impl[T] for crossbeam_channel::Sender<T>;
}

state! {
    /// Its locks are held for a few lines of its own.
    impl[T] for crossbeam_channel::Receiver<T> where T;
    impl[T] for crossbeam_channel::SendError<T> where T;
    impl[T] for crossbeam_channel::TrySendError<T> where T;
    impl[] for crossbeam_channel::RecvError;
    impl[] for crossbeam_channel::TryRecvError;
}
