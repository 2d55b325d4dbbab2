//! The check of a parameter, in a form that is silent beside another error.
//!
//! A type without the derive would cause one error for each handler that takes it. So the attribute asks with a
//! message where a type is named for the first time, and in this silent form wherever else it is named. If the
//! parameter is refused, the result of the silent check has a type that is private to this crate. The compiler looks
//! for private types at the very end, and only in a crate without other errors. So both checks refuse. The result of
//! the silent check is visible only if two types have the same name.

use std::marker::PhantomData;

use crate::statics::Static;
use crate::traits::HandlerParam;

/// The result that no other crate may name. The error shows its path: `handlers_cannot_take::ThisType<..>`.
#[derive(Debug)]
struct ThisType<T: ?Sized>(PhantomData<T>);

/// The first step: for types that handlers may take.
#[doc(hidden)]
pub trait CleanAgain {
    fn ask_again(&self) {}
}

impl<T: HandlerParam + ?Sized> CleanAgain for &Static<T> {}

/// The second step: for all else.
#[doc(hidden)]
pub trait OtherAgain<A> {
    fn ask_again(&self) -> A;
}

impl<T: ?Sized> OtherAgain<ThisType<T>> for Static<T> {
    fn ask_again(&self) -> ThisType<T> {
        ThisType(PhantomData)
    }
}
