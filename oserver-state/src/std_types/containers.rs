//! Containers of the standard library: as clean as what can be got out of them.

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

use crate::HandlerState;

either! {
    impl[T] for Option<T>;
    impl[T, E] for Result<T, E>;
    impl[A] for (A,);
    impl[A, B] for (A, B);
    impl[A, B, C] for (A, B, C);
    impl[A, B, C, D] for (A, B, C, D);
    impl[A, B, C, D, E] for (A, B, C, D, E);
    impl[A, B, C, D, E, F] for (A, B, C, D, E, F);
    impl[A, B, C, D, E, F, G] for (A, B, C, D, E, F, G);
    impl[A, B, C, D, E, F, G, H] for (A, B, C, D, E, F, G, H);
    impl[A, B, C, D, E, F, G, H, I] for (A, B, C, D, E, F, G, H, I);
    impl[A, B, C, D, E, F, G, H, I, J] for (A, B, C, D, E, F, G, H, I, J);
    impl[A, B, C, D, E, F, G, H, I, J, K] for (A, B, C, D, E, F, G, H, I, J, K);
    impl[A, B, C, D, E, F, G, H, I, J, K, L] for (A, B, C, D, E, F, G, H, I, J, K, L);
}

// Pointers.
state! {
    impl[T: HandlerState + ?Sized] for &T;
    impl[T: HandlerState + ?Sized] for &mut T;
    impl[T: HandlerState + ?Sized] for Box<T>;
    impl[T: HandlerState + ?Sized] for Arc<T>;
    impl[T: HandlerState + ?Sized] for sync::Weak<T>;
    impl[T: HandlerState + ?Sized] for Rc<T>;
    impl[T: HandlerState + ?Sized] for rc::Weak<T>;
    impl[P: HandlerState] for Pin<P>;
    impl['a, B: HandlerState + ToOwned<Owned: HandlerState> + ?Sized] for Cow<'a, B>;
}

// Sequences and maps. A map gives out its hasher, too.
state! {
    impl[T: HandlerState] for [T];
    impl[T: HandlerState, const N: usize] for [T; N];
    impl[T: HandlerState] for Vec<T>;
    impl[T: HandlerState] for VecDeque<T>;
    impl[T: HandlerState] for LinkedList<T>;
    impl[T: HandlerState] for BinaryHeap<T>;
    impl[T: HandlerState] for BTreeSet<T>;
    impl[K: HandlerState, V: HandlerState] for BTreeMap<K, V>;
    impl[T: HandlerState, S: HandlerState] for HashSet<T, S>;
    impl[K: HandlerState, V: HandlerState, S: HandlerState] for HashMap<K, V, S>;
}

// Values with a meaning.
state! {
    impl[T: HandlerState] for Reverse<T>;
    impl[T: HandlerState] for Wrapping<T>;
    impl[T: HandlerState] for Saturating<T>;
    impl[T: HandlerState + ?Sized] for ManuallyDrop<T>;
    impl[T: HandlerState] for AssertUnwindSafe<T>;
    impl[T: HandlerState] for Bound<T>;
    impl[B: HandlerState, C: HandlerState] for ControlFlow<B, C>;
    impl[T: HandlerState] for Poll<T>;
    impl[T: HandlerState] for Range<T>;
    impl[T: HandlerState] for RangeFrom<T>;
    impl[T: HandlerState] for RangeInclusive<T>;
    impl[T: HandlerState] for RangeTo<T>;
    impl[T: HandlerState] for RangeToInclusive<T>;
    impl[] for RangeFull;
    // Written once, and by one thread.
    impl[T: HandlerState] for OnceCell<T>;
    impl[T: HandlerState, F] for LazyCell<T, F>;
}

/// A pointer to a function has nothing in it but code.
///
/// Those that take references for any lifetime are beyond what can be written here; the macros take them
/// out of a type before they ask.
macro_rules! functions {
    ($($($parameter:ident)*;)*) => {
        state! {
            $(
                impl[R, $($parameter),*] for fn($($parameter),*) -> R;
                impl[R, $($parameter),*] for unsafe fn($($parameter),*) -> R;
                impl[R, $($parameter),*] for extern "C" fn($($parameter),*) -> R;
            )*
        }
    };
}

functions! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}
