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

/// For types that handlers may take. A function of the type itself comes before one of a trait. The other checks need
/// more steps, and so method calls, which cost the compiler more.
impl<T: HandlerParam + ?Sized> Static<T> {
    #[doc(hidden)]
    pub const fn ask_again() {}
}

/// For all else.
#[doc(hidden)]
pub trait OtherAgain<A> {
    fn ask_again() -> A;
}

impl<T: ?Sized> OtherAgain<ThisType<T>> for Static<T> {
    fn ask_again() -> ThisType<T> {
        ThisType(PhantomData)
    }
}
