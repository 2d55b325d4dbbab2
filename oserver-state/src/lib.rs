//! State that the handlers of an HTTP server may share.
//!
//! A panic or a stall under a lock that requests share breaks every request after it. So
//! [oserver](https://docs.rs/oserver) refuses at compile time a handler that can reach a lock. Each parameter of a
//! handler must be [`HandlerParam`], and each value in a service's state must be [`HandlerState`]. This crate has
//! these two traits, and their implementations for the types of the standard library and, behind features, of other
//! crates.
//!
//! It depends on neither tokio nor hyper, so that a library can derive the trait for the types that services keep in
//! their state:
//!
#![cfg_attr(feature = "derive", doc = "```")]
#![cfg_attr(not(feature = "derive"), doc = "```ignore")]
//! #[derive(Clone, oserver_state::HandlerState)]
//! pub struct Client {
//!     url: String,
//!     attempts: u32,
//! }
//! ```
//!
//! The options of the derive are `#[handler_state(trusted = "reason")]` on a field,
//! `#[handler_state(bound = "T: HandlerState")]` and `#[handler_state(crate = path)]` on the type.
//!
//! | file | responsible for |
//! |---|---|
//! | `traits` | the two traits |
//! | `derive` | what the derives implement |
//! | `data` | what extractors may make of a request |
//! | `lock` | the message for locks |
//! | `handlers_cannot_take` | the question about a parameter that is silent beside another error |
//! | `messages` | what an actor takes and gives out |
//! | `trusted` | the way out, with a reason |
//! | `statics` | which statics are locks |
//! | `implement` | how the folders below are written |
//! | `std_types` | the standard library |
//! | `crates` | other crates, behind features |

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[macro_use]
mod implement;

mod crates;
mod data;
pub mod derive;
mod handlers_cannot_take;
mod lock;
mod messages;
mod statics;
mod std_types;
mod traits;
mod trusted;

pub use self::traits::{HandlerParam, HandlerState};
pub use self::trusted::Trusted;

#[cfg(feature = "derive")]
pub use oserver_macros::{StateHandlerParam as HandlerParam, StateHandlerState as HandlerState};

/// Names in the compiler's message when it refuses a lock. No code needs to write them.
pub mod errors {
    pub use crate::data::FromRequestData;
    pub use crate::lock::{Handlers, Share, SharedState, parameter_of_handler};
    pub use crate::traits::{GenericShared, OnlyTheDerive, RoutedParam, Shared};
}

/// Items that generated code names. No part of the public interface: they change without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::derive::Derived;
    pub use crate::handlers_cannot_take::OtherAgain;
    pub use crate::lock::parameter_of_handler;
    pub use crate::messages::type_of;
    pub use crate::statics::{IsLock, Static, answered, static_at, static_of};
    // The traits alone, without the derives of the same names.
    pub use crate::traits::{
        AsksFields, Function, GenericShared, HandlerParam, HandlerState, Nothing, OnlyTheDerive,
        Shared,
    };

    // The steps of each check, in one module.

    pub mod ask_message {
        pub use crate::messages::{AroundLockMessage, CleanMessage, LockMessage, OtherMessage};
    }

    pub mod ask_place {
        pub use crate::statics::{
            AroundCleanPlace, AroundLockPlace, CleanPlace, CopyPlace, DataPlace, LockPlace,
            RefPlace, TuplePlace, UnknownPlace,
        };
    }

    pub mod ask_lock {
        pub use crate::statics::{AroundLock, CleanLock, DataLock, KnownLock, OtherLock, RefLock};
    }

    pub mod ask_value {
        pub use crate::statics::{
            CleanValue, CopyValue, DataValue, LockValue, OtherValue, PlainValue, RefValue,
            TupleValue,
        };
    }
}
