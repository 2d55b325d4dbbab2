//! Channels, awaited or not.

state! {
    /// Values go in; none comes out. A full channel makes its caller wait, until the deadline of the request at most.
    impl[T] for kanal::Sender<T>;
    impl[T] for kanal::AsyncSender<T>;
}

state! {
    /// The crate holds its lock only for a few lines of its own code.
    impl[T] for kanal::Receiver<T> where T;
    impl[T] for kanal::AsyncReceiver<T> where T;
}
