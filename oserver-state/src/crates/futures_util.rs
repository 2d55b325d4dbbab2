//! The locks of futures, which are as tokio's.

locks! {
    impl[T: ?Sized] for futures_util::lock::Mutex<T>;
    impl['a, T: ?Sized] for futures_util::lock::MutexGuard<'a, T>;
    impl[T: ?Sized] for futures_util::lock::OwnedMutexGuard<T>;
}
