//! The question whether what an actor takes or gives out is a lock. It is asked in steps, as that of [`statics`](crate::statics).

use std::marker::PhantomData;
use std::ops::Deref;

use crate::lock::{CanShare, Handlers};
use crate::statics::{Answer, Clean, IsLock, Static};
use crate::traits::HandlerParam;

/// The lock `L`, which a handler would reach.
#[derive(Debug)]
pub struct Reached<L: ?Sized>(PhantomData<L>);

impl<L: ?Sized> Answer for Reached<L> where Handlers: CanShare<L> {}

/// The type itself, to be asked.
pub const fn type_of<T: ?Sized>() -> Static<T> {
    Static(PhantomData)
}

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

// What an actor takes and gives out may be of any type but a lock: it belongs to one caller.
step! { CleanMessage::ask_message for &&&Static<T> as Clean where T: HandlerParam }
step! { LockMessage::ask_message for &&Static<T> as Reached<T::Lock> where T: IsLock }
step! {
    AroundLockMessage::ask_message for &Static<T> as Reached< <T::Target as IsLock>::Lock>
    where T: Deref<Target: IsLock>
}
step! { OtherMessage::ask_message for Static<T> as Clean where T: }
