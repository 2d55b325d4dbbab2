//! Containers of the standard library: as clean as the values that they give out.

use std::borrow::Cow;
use std::cell::{LazyCell, OnceCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::mem::ManuallyDrop;
use std::num::{Saturating, Wrapping};
use std::ops::{Bound, ControlFlow};
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::{self, Rc};
use std::sync::{self, Arc};
use std::task::Poll;

either! {
    /// Each type gives out its contents.
    impl[T] for Option<T> where T;
    impl[T, E] for Result<T, E> where T, E;
}

either! {
    /// tuples of up to 16:
    /// Each type gives out its contents.
    impl[A] for (A,) where A;
    impl[A, B] for (A, B) where A, B;
    impl[A, B, C] for (A, B, C) where A, B, C;
    impl[A, B, C, D] for (A, B, C, D) where A, B, C, D;
    impl[A, B, C, D, E] for (A, B, C, D, E) where A, B, C, D, E;
    impl[A, B, C, D, E, F] for (A, B, C, D, E, F) where A, B, C, D, E, F;
    impl[A, B, C, D, E, F, G] for (A, B, C, D, E, F, G) where A, B, C, D, E, F, G;
    impl[A, B, C, D, E, F, G, H] for (A, B, C, D, E, F, G, H) where A, B, C, D, E, F, G, H;
    impl[A, B, C, D, E, F, G, H, I] for (A, B, C, D, E, F, G, H, I) where A, B, C, D, E, F, G, H, I;
    impl[A, B, C, D, E, F, G, H, I, J] for (A, B, C, D, E, F, G, H, I, J) where A, B, C, D, E, F, G, H, I, J;
    impl[A, B, C, D, E, F, G, H, I, J, K] for (A, B, C, D, E, F, G, H, I, J, K) where A, B, C, D, E, F, G, H, I, J, K;
    impl[A, B, C, D, E, F, G, H, I, J, K, L] for (A, B, C, D, E, F, G, H, I, J, K, L) where A, B, C, D, E, F, G, H, I, J, K, L;
    impl[A, B, C, D, E, F, G, H, I, J, K, L, M] for (A, B, C, D, E, F, G, H, I, J, K, L, M) where A, B, C, D, E, F, G, H, I, J, K, L, M;
    impl[A, B, C, D, E, F, G, H, I, J, K, L, M, N] for (A, B, C, D, E, F, G, H, I, J, K, L, M, N) where A, B, C, D, E, F, G, H, I, J, K, L, M, N;
    impl[A, B, C, D, E, F, G, H, I, J, K, L, M, N, O] for (A, B, C, D, E, F, G, H, I, J, K, L, M, N, O) where A, B, C, D, E, F, G, H, I, J, K, L, M, N, O;
    impl[A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P] for (A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P) where A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P;
}

fundamental! {
    /// Each type gives out the value that it points to.
    impl[T: ?Sized] for &T where T;
    impl[T: ?Sized] for &mut T where T;
    impl[T: ?Sized] for Box<T> where T;
    impl[P] for Pin<P> where P;
}

state! {
    /// Each type gives out the value that it points to.
    impl[T: ?Sized] for Arc<T> where T;
    impl[T: ?Sized] for sync::Weak<T> where T;
    impl[T: ?Sized] for Rc<T> where T;
    impl[T: ?Sized] for rc::Weak<T> where T;
    impl['a, B: ToOwned + ?Sized] for Cow<'a, B> where B, <B as ToOwned>::Owned;
}

state! {
    /// Each type gives out its contents. A map also gives out its hasher.
    impl[T] for [T] where T;
    impl[T, const N: usize] for [T; N] where T;
    impl[T] for Vec<T> where T;
    impl[T] for VecDeque<T> where T;
    impl[T] for LinkedList<T> where T;
    impl[T] for BinaryHeap<T> where T;
    impl[T] for BTreeSet<T> where T;
    impl[K, V] for BTreeMap<K, V> where K, V;
    impl[T, S] for HashSet<T, S> where T, S;
    impl[K, V, S] for HashMap<K, V, S> where K, V, S;
}

state! {
    /// Each type gives out its contents.
    impl[T] for Reverse<T> where T;
    impl[T] for Wrapping<T> where T;
    impl[T] for Saturating<T> where T;
    impl[T: ?Sized] for ManuallyDrop<T> where T;
    impl[T] for AssertUnwindSafe<T> where T;
    impl[T] for Bound<T> where T;
    impl[B, C] for ControlFlow<B, C> where B, C;
    impl[T] for Poll<T> where T;
    impl[T] for Range<T> where T;
    impl[T] for RangeFrom<T> where T;
    impl[T] for RangeInclusive<T> where T;
    impl[T] for RangeTo<T> where T;
    impl[T] for RangeToInclusive<T> where T;
    impl[] for RangeFull;
}

state! {
    /// Written once, by one thread.
    impl[T] for OnceCell<T> where T;
    impl[T, F] for LazyCell<T, F> where T;
}
