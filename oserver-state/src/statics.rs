//! Which of the statics that a handler's body names are locks, found by their types.
//!
//! Generated code writes `(&&&&static_of(&NAME)).no_lock()`, behind `if false`. Of the methods of that name
//! the compiler takes the first that fits, from `&&&&` to `&`: that of `Trusted`, that of a lock, that of what
//! dereferences to one, that of all the rest. The second and the third ask for what is never true.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, OnceLock, Weak};
use std::thread::LocalKey;

use crate::lock::{Handlers, MayName};
use crate::trusted::Trusted;

/// Locks, and what is around one in a static.
#[doc(hidden)]
pub trait IsLock {
    /// The lock itself.
    type Lock: ?Sized;
}

/// The type of a static.
#[doc(hidden)]
#[derive(Debug)]
pub struct Static<T: ?Sized>(PhantomData<T>);

#[doc(hidden)]
pub const fn static_of<T: ?Sized>(_: &T) -> Static<T> {
    Static(PhantomData)
}

/// As [`static_of`], for a static of which no reference may be made.
#[doc(hidden)]
pub const fn static_at<T: ?Sized>(_: *const T) -> Static<T> {
    Static(PhantomData)
}

/// That of [`Trusted`].
#[doc(hidden)]
pub trait TrustedStatic {
    fn no_lock(&self);
}

impl<T> TrustedStatic for &&&Static<Trusted<T>> {
    fn no_lock(&self) {}
}

/// The question asked of a static that is a lock, or a container with one.
pub trait StaticLock<L: ?Sized> {
    /// Never to be called: handlers may not name the lock `L`.
    fn no_lock(&self)
    where
        Handlers: MayName<L>;
}

impl<T: IsLock + ?Sized> StaticLock<T::Lock> for &&Static<T> {
    fn no_lock(&self)
    where
        Handlers: MayName<T::Lock>,
    {
    }
}

/// The question asked of a static that dereferences to a lock, as those of `lazy_static` and `once_cell`.
pub trait StaticAroundALock<L: ?Sized> {
    /// Never to be called: handlers may not name the lock `L`.
    fn no_lock(&self)
    where
        Handlers: MayName<L>;
}

impl<T: Deref<Target: IsLock> + ?Sized> StaticAroundALock<<T::Target as IsLock>::Lock>
    for &Static<T>
{
    fn no_lock(&self)
    where
        Handlers: MayName<<T::Target as IsLock>::Lock>,
    {
    }
}

/// That of everything else.
#[doc(hidden)]
pub trait OtherStatic {
    fn no_lock(&self);
}

impl<T: ?Sized> OtherStatic for Static<T> {
    fn no_lock(&self) {}
}

around_a_lock! {
    impl[L: IsLock + ?Sized] for &L;
    impl[L: IsLock + ?Sized] for Box<L>;
    impl[L: IsLock + ?Sized] for Rc<L>;
    impl[L: IsLock + ?Sized] for Arc<L>;
    impl[L: IsLock + ?Sized] for Weak<L>;
    impl[L: IsLock] for [L];
    impl[L: IsLock, const N: usize] for [L; N];
    impl[L: IsLock] for Vec<L>;
    impl[L: IsLock] for VecDeque<L>;
    impl[L: IsLock] for Option<L>;
    impl[L: IsLock, E] for Result<L, E>;
    impl[L: IsLock, K, S] for HashMap<K, L, S>;
    impl[L: IsLock, K] for BTreeMap<K, L>;
    impl[L: IsLock] for OnceLock<L>;
    impl[L: IsLock, F] for LazyLock<L, F>;
    impl[L: IsLock, F] for LazyCell<L, F>;
    impl[L: IsLock] for LocalKey<L>;
}
