//! The locks of futures.

locks! {
    /// As tokio's.
    impl[T: ?Sized] for futures_util::lock::Mutex<T>;
    impl['a, T: ?Sized] for futures_util::lock::MutexGuard<'a, T>;
    impl[T: ?Sized] for futures_util::lock::OwnedMutexGuard<T>;
}
