//! Checks whether an argument or result of an actor is a lock. The check has steps, as that of
//! [`statics`](crate::statics).

use std::marker::PhantomData;
use std::ops::Deref;

use crate::statics::{Clean, IsLock, Static};
use crate::traits::HandlerParam;

/// Returns the type as a value for the check.
pub const fn type_of<T: ?Sized>() -> Static<T> {
    Static(PhantomData)
}

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

// Arguments and results of an actor may have any type but a lock: each belongs to one caller.
step! { CleanMessage::ask_message for &&&Static<T> as Clean, where T: HandlerParam }
step! { LockMessage::ask_message for &&Static<T> as T::Lock, where T: IsLock }
step! {
    AroundLockMessage::ask_message for &Static<T> as <T::Target as IsLock>::Lock,
    where T: Deref<Target: IsLock>
}
step! { OtherMessage::ask_message for Static<T> as Clean, where T: }
