//! The question about a parameter, asked so that it is silent where there is another error.
//!
//! A type without the derive would be one error for each handler that takes it. So the attribute asks in words where a
//! type is named for the first time, and asks again wherever else it is. The answer to the second question is of a type
//! that is private to this crate where the parameter is refused: the compiler looks for those at the very end, and only
//! in a crate without other errors. So both questions refuse, and nobody reads the second answer but where
//! two types have the same name.

use std::marker::PhantomData;

use crate::statics::Static;
use crate::traits::HandlerParam;

/// The answer that nobody outside may have. Its path is what the error says: `handlers_cannot_take::ThisType<..>`.
#[derive(Debug)]
struct ThisType<T: ?Sized>(PhantomData<T>);

/// The first step: for what handlers may take.
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
