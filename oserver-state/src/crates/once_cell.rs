//! Values that are written once.

state! {
    /// A panic in its closure leaves the cell empty. Other requests wait while one request fills it.
    impl[T] for once_cell::sync::OnceCell<T> where T;
    impl[T] for once_cell::unsync::OnceCell<T> where T;
    impl[T] for once_cell::race::OnceBox<T> where T;
}

state! {
    /// After a panic in its closure, every use panics: write a closure that cannot panic.
    impl[T, F] for once_cell::sync::Lazy<T, F> where T;
    impl[T, F] for once_cell::unsync::Lazy<T, F> where T;
}
