//! Finds out, by their types, which of the statics that a handler's body names are locks.
//!
//! Generated code calls `(&&&&&&&&&static_of(name)).ask_place()` behind `if false`. The compiler takes the first
//! implementation that fits, from the most `&` to none. The answer is a type, which must then be `Shared`: `Clean`,
//! the lock, or the unknown type. There are three checks:
//!
//! | method | asked of | refuses |
//! |---|---|---|
//! | `ask_place` | a name that is borrowed: `NAME.lock()`, `&NAME` | locks, and unknown types |
//! | `ask_lock` | the same, if the name may be a constant or a local variable | locks |
//! | `ask_value` | a name that is copied or moved: `let lock = NAME;` | references to locks |
//!
//! A constant that is moved out of its name is a fresh value, even if it is a lock. A type that is `Copy` owns no
//! lock; it can only refer to one.

use std::cell::LazyCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Bound, ControlFlow, Deref, Range, RangeFrom, RangeTo};
use std::panic::{AssertUnwindSafe, RefUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, LazyLock, OnceLock, Weak};
use std::task::Poll;
use std::thread::{JoinHandle, LocalKey};

use crate::traits::{HandlerState, Nothing};

/// Locks, and types around one in a static.
#[doc(hidden)]
pub trait IsLock {
    /// The lock itself.
    type Lock: ?Sized;
}

/// References to locks, and types that contain one by value.
#[doc(hidden)]
pub trait RefersToLock {
    /// The lock itself.
    type Lock: ?Sized;
}

/// Unknown types that a reference may lead to: they own no lock.
#[doc(hidden)]
pub trait Data {}

impl<T: Copy + RefUnwindSafe> Data for T {}

impl<T: RefUnwindSafe> Data for [T] {}

/// Any of its parts may be a lock, or refer to one.
#[doc(hidden)]
pub trait Tuple {}

macro_rules! tuples {
    ($($($part:ident)*;)*) => {
        $(impl<$($part),*> Tuple for ($($part,)*) {})*
    };
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}

/// The type of a static.
#[doc(hidden)]
#[derive(Debug)]
pub struct Static<T: ?Sized>(pub(crate) PhantomData<T>);

#[doc(hidden)]
pub const fn static_of<T: ?Sized>(_: &T) -> Static<T> {
    Static(PhantomData)
}

/// As [`static_of`], for a static to which no reference may be made.
#[doc(hidden)]
pub const fn static_at<T: ?Sized>(_: *const T) -> Static<T> {
    Static(PhantomData)
}

/// Compiles if the answer to a check is state. The second argument is its method. A bound of this function would add
/// its own lines to each error.
pub const fn answered<T: ?Sized>(_: Static<T>, _: fn(&T)) {}

/// The answer for names that handlers may use.
pub(crate) type Clean = Nothing;

/// One step of a check: the types that it is for, and the answer for them.
macro_rules! step {
    ($trait:ident::$method:ident for $type:ty as $answer:ty, where $($bound:tt)*) => {
        #[doc(hidden)]
        pub trait $trait<A: ?Sized> {
            fn $method(&self) -> Static<A>;
        }

        impl<T: ?Sized> $trait<$answer> for $type where $($bound)*
        {
            fn $method(&self) -> Static<$answer> {
                Static(PhantomData)
            }
        }
    };
}

// Each step of a check has one `&` less than the step before.
step! { CleanPlace::ask_place for &&&&&&&&Static<T> as Clean, where T: HandlerState }
step! { LockPlace::ask_place for &&&&&&&Static<T> as T::Lock, where T: IsLock }
step! { TuplePlace::ask_place for &&&&&&Static<T> as T, where T: Tuple }
step! { DataPlace::ask_place for &&&&&Static<&T> as Clean, where T: Data }
step! { RefPlace::ask_place for &&&&Static<&T> as T, where T: }
step! { CopyPlace::ask_place for &&&Static<T> as Clean, where T: Copy + RefUnwindSafe }
step! { AroundLockPlace::ask_place for &&Static<T> as <T::Target as IsLock>::Lock, where T: Deref<Target: IsLock> }
step! { AroundCleanPlace::ask_place for &Static<T> as Clean, where T: Deref<Target: HandlerState> }
step! { UnknownPlace::ask_place for Static<T> as T, where T: }

step! { CleanLock::ask_lock for &&&&&Static<T> as Clean, where T: HandlerState }
step! { KnownLock::ask_lock for &&&&Static<T> as T::Lock, where T: IsLock }
step! { DataLock::ask_lock for &&&Static<&T> as Clean, where T: Data }
step! { RefLock::ask_lock for &&Static<&T> as T, where T: }
step! { AroundLock::ask_lock for &Static<T> as <T::Target as IsLock>::Lock, where T: Deref<Target: IsLock> }
step! { OtherLock::ask_lock for Static<T> as Clean, where T: }

step! { CleanValue::ask_value for &&&&&&&Static<T> as Clean, where T: HandlerState }
step! { LockValue::ask_value for &&&&&&Static<T> as T::Lock, where T: RefersToLock }
step! { TupleValue::ask_value for &&&&&Static<T> as T, where T: Tuple + Copy }
step! { DataValue::ask_value for &&&&Static<&T> as Clean, where T: Data }
step! { RefValue::ask_value for &&&Static<&T> as T, where T: }
step! { PlainValue::ask_value for &&Static<T> as Clean, where T: RefUnwindSafe }
step! { CopyValue::ask_value for &Static<T> as T, where T: Copy }
step! { OtherValue::ask_value for Static<T> as Clean, where T: }

around_a_lock! {
    impl[L: IsLock + ?Sized] for &L;
    impl[L: IsLock + ?Sized] for Box<L>;
    impl[L: IsLock + ?Sized] for Rc<L>;
    impl[L: IsLock + ?Sized] for Arc<L>;
    impl[L: IsLock + ?Sized] for Weak<L>;
    impl[L: IsLock] for Pin<L>;
    impl[L: IsLock] for AssertUnwindSafe<L>;
    impl[L: IsLock] for [L];
    impl[L: IsLock, const N: usize] for [L; N];
    impl[L: IsLock] for Vec<L>;
    impl[L: IsLock] for VecDeque<L>;
    impl[L: IsLock] for LinkedList<L>;
    impl[L: IsLock] for Option<L>;
    impl[L: IsLock, E] for Result<L, E>;
    impl[L: IsLock, K, S] for HashMap<K, L, S>;
    impl[L: IsLock, K] for BTreeMap<K, L>;
    impl[L: IsLock] for OnceLock<L>;
    impl[L: IsLock, F] for LazyLock<L, F>;
    impl[L: IsLock, F] for LazyCell<L, F>;
    impl[L: IsLock] for LocalKey<L>;
    impl[L: IsLock] for Receiver<L>;
    impl[L: IsLock] for JoinHandle<L>;
    impl[L: IsLock] for ManuallyDrop<L>;
    impl[L: IsLock] for Reverse<L>;
    impl[L: IsLock] for Poll<L>;
    impl[L: IsLock, C] for ControlFlow<L, C>;
    impl[L: IsLock] for Bound<L>;
    impl[L: IsLock] for Range<L>;
    impl[L: IsLock] for RangeFrom<L>;
    impl[L: IsLock] for RangeTo<L>;
    // In tables the lock follows its name.
    impl[A, L: IsLock] for (A, L);
    impl[A, B, L: IsLock] for (A, B, L);
}

macro_rules! refers_to_a_lock {
    ($(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            impl<$($generics)*> RefersToLock for $type {
                type Lock = L::Lock;
            }
        )*
    };
}

refers_to_a_lock! {
    impl[L: IsLock + ?Sized] for &L;
    impl[L: RefersToLock] for Pin<L>;
    impl[L: RefersToLock] for AssertUnwindSafe<L>;
    impl[L: RefersToLock] for ManuallyDrop<L>;
    impl[L: RefersToLock] for Reverse<L>;
    impl[L: RefersToLock] for Option<L>;
    impl[L: RefersToLock, E] for Result<L, E>;
    impl[L: RefersToLock] for Poll<L>;
    impl[L: RefersToLock, C] for ControlFlow<L, C>;
    impl[L: RefersToLock] for Bound<L>;
    impl[L: RefersToLock] for Range<L>;
    impl[L: RefersToLock] for RangeFrom<L>;
    impl[L: RefersToLock] for RangeTo<L>;
    impl[L: RefersToLock] for (L,);
    impl[A, L: RefersToLock] for (A, L);
    impl[A, B, L: RefersToLock] for (A, B, L);
    impl[L: RefersToLock, const N: usize] for [L; N];
}

state! {
    /// A thread's own value.
    impl[T] for LocalKey<T> where T;
}
