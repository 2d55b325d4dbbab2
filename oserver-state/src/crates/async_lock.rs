//! async-lock's locks, semaphore and cell.

locks! {
    /// As tokio's.
    impl[T: ?Sized] for async_lock::Mutex<T>;
    impl[T: ?Sized] for async_lock::RwLock<T>;
    impl[] for async_lock::Barrier;
}

state! {
    /// A permit is returned when its request ends.
    impl[] for async_lock::Semaphore;
}

state! {
    /// A panic in its closure leaves the cell empty.
    impl[T] for async_lock::OnceCell<T> where T;
}
