//! Values that are written once.

state! {
    /// A panic leaves it empty; who comes at the same time waits for the one who fills it.
    impl[T] for once_cell::sync::OnceCell<T> where T;
    impl[T] for once_cell::unsync::OnceCell<T> where T;
    impl[T] for once_cell::race::OnceBox<T> where T;
}

state! {
    /// After a panic in its closure every use panics: let that closure be one that cannot.
    impl[T, F] for once_cell::sync::Lazy<T, F> where T;
    impl[T, F] for once_cell::unsync::Lazy<T, F> where T;
}
