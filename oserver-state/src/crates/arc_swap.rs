//! A pointer that is swapped in one step.

state! {
    /// A reader has its own reference, and a writer never waits.
    impl[T: arc_swap::RefCnt, S: arc_swap::strategy::Strategy<T>] for arc_swap::ArcSwapAny<T, S> where T;
    impl[T: arc_swap::RefCnt, S: arc_swap::strategy::Strategy<T>] for arc_swap::Guard<T, S> where T;
    impl[A, T] for arc_swap::Cache<A, T> where A, T;
}
