//! Channels that are awaited.

state! {
    /// Values go in; none comes out.
    impl[T] for async_channel::Sender<T>;
    impl[T] for async_channel::WeakSender<T>;
}

state! {
    /// Its queue holds no lock while your code runs.
    impl[T] for async_channel::Receiver<T> where T;
    impl[T] for async_channel::WeakReceiver<T> where T;
    impl[T] for async_channel::SendError<T> where T;
    impl[T] for async_channel::TrySendError<T> where T;
    impl[] for async_channel::RecvError;
    impl[] for async_channel::TryRecvError;
}
