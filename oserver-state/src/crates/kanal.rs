//! Channels, awaited or not.

state! {
    /// Values go in, none comes out; a full one makes its caller wait, which the deadline of the request ends.
    impl[T] for kanal::Sender<T>;
    impl[T] for kanal::AsyncSender<T>;
}

state! {
    /// Its lock is held for a few lines of its own.
    impl[T] for kanal::Receiver<T> where T;
    impl[T] for kanal::AsyncReceiver<T> where T;
}
