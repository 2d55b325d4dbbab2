//! Which of the statics that a handler's body names are locks, found by their types.
//!
//! Generated code hands `(&&&&&&&static_of(name)).ask_place()` to `Named::check`, behind `if false`. The compiler takes the first
//! implementation that fits, from the most `&` to none. There are three questions:
//!
//! | method | asked of | refuses |
//! |---|---|---|
//! | `ask_place` | a name that is borrowed: `NAME.lock()`, `&NAME` | locks, and types that nobody knows |
//! | `ask_lock` | the same, where the name may be a constant's or a local variable's | locks |
//! | `ask_value` | a name that is copied or moved: `let lock = NAME;` | references to locks |
//!
//! A constant that is moved out of its name is a fresh value, also if it is a lock. A type that is `Copy` owns no
//! lock; it can only refer to one.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, RefUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, OnceLock, Weak};
use std::thread::LocalKey;

use crate::lock::{Handlers, KnownStatic, StaticNotALock};
use crate::traits::HandlerState;

/// Locks, and what is around one in a static.
#[doc(hidden)]
pub trait IsLock {
    /// The lock itself.
    type Lock: ?Sized;
}

/// References to locks, and what carries one by value.
#[doc(hidden)]
pub trait RefersToLock {
    /// The lock itself.
    type Lock: ?Sized;
}

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

/// As [`static_of`], for a static of which no reference may be made.
#[doc(hidden)]
pub const fn static_at<T: ?Sized>(_: *const T) -> Static<T> {
    Static(PhantomData)
}

/// What a question found out.
pub trait Answer {}

/// Compiles for what handlers may name. Everything may have it, so that the compiler lists nothing.
pub trait Named: Sized {
    /// Never called.
    fn check(self) {}
}

impl<A: Answer> Named for A {}

/// What handlers may name.
#[doc(hidden)]
#[derive(Debug)]
pub struct Clean;

/// The lock `L`, which handlers may not name.
#[derive(Debug)]
pub struct Lock<L: ?Sized>(PhantomData<L>);

/// A type that nobody knows.
#[derive(Debug)]
pub struct Unknown<T: ?Sized>(PhantomData<T>);

impl Answer for Clean {}

impl<L: ?Sized> Answer for Lock<L> where Handlers: StaticNotALock<L> {}

impl<T: ?Sized> Answer for Unknown<T> where Handlers: KnownStatic<T> {}

/// One step of a question: for which types it is, and what it takes them for.
macro_rules! step {
    ($trait:ident::$method:ident for $type:ty as $answer:ident$(<$of:ty>)? where $($bound:tt)*) => {
        #[doc(hidden)]
        pub trait $trait<A> {
            fn $method(&self) -> A;
        }

        impl<T: ?Sized> $trait<$answer$(<$of>)?> for $type where $($bound)*
        {
            fn $method(&self) -> $answer$(<$of>)? {
                $answer$((PhantomData::<$of>))?
            }
        }
    };
}

// Each step of a question has one `&` less than the one before.
step! { CleanPlace::ask_place for &&&&&&Static<T> as Clean where T: HandlerState }
step! { LockPlace::ask_place for &&&&&Static<T> as Lock<T::Lock> where T: IsLock }
step! { TuplePlace::ask_place for &&&&Static<T> as Unknown<T> where T: Tuple }
step! { CopyPlace::ask_place for &&&Static<T> as Clean where T: Copy + RefUnwindSafe }
step! { AroundLockPlace::ask_place for &&Static<T> as Lock< <T::Target as IsLock>::Lock> where T: Deref<Target: IsLock> }
step! { AroundCleanPlace::ask_place for &Static<T> as Clean where T: Deref<Target: HandlerState> }
step! { UnknownPlace::ask_place for Static<T> as Unknown<T> where T: }

step! { CleanLock::ask_lock for &&&Static<T> as Clean where T: HandlerState }
step! { KnownLock::ask_lock for &&Static<T> as Lock<T::Lock> where T: IsLock }
step! { AroundLock::ask_lock for &Static<T> as Lock< <T::Target as IsLock>::Lock> where T: Deref<Target: IsLock> }
step! { OtherLock::ask_lock for Static<T> as Clean where T: }

step! { CleanValue::ask_value for &&&&&Static<T> as Clean where T: HandlerState }
step! { LockValue::ask_value for &&&&Static<T> as Lock<T::Lock> where T: RefersToLock }
step! { TupleValue::ask_value for &&&Static<T> as Unknown<T> where T: Tuple + Copy }
step! { PlainValue::ask_value for &&Static<T> as Clean where T: RefUnwindSafe }
step! { CopyValue::ask_value for &Static<T> as Unknown<T> where T: Copy }
step! { OtherValue::ask_value for Static<T> as Clean where T: }

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
    impl[L: RefersToLock] for Option<L>;
    impl[L: RefersToLock] for (L,);
    impl[L: RefersToLock, const N: usize] for [L; N];
}

state! {
    /// A thread's own value.
    impl[T] for LocalKey<T> where T;
}
