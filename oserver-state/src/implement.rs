//! The format of the files in `std_types` and `crates`: a type, its conditions, and the reason.
//!
//! These files are the one list of types. The reason of each block is its documentation. `tests/types.rs` of the
//! workspace makes the tables in `docs/state.md` and the table of the audit from these blocks. So types of other
//! crates have the path that a user writes.

/// One implementation: what the type gives out as state, as a parameter that must be state, and as a parameter that
/// can be request data; and its other bounds.
macro_rules! declare {
    (
        [$($generics:tt)*] $type:ty,
        state [$($state:ty),*], param [$($param:ty),*], data [$($data:ty),*],
        sharer $sharer:ty, routed $routed:ty, read $read:ty, of_request $of_request:ty
    ) => {
        declare! {
            $crate::derive::HandlerState, [$($generics)*] $type,
            state [$($state),*], param [$($param),*], data [$($data),*],
            sharer $sharer, routed $routed, read $read, of_request $of_request
        }
    };
    (
        $trait:path, [$($generics:tt)*] $type:ty,
        state [$($state:ty),*], param [$($param:ty),*], data [$($data:ty),*],
        sharer $sharer:ty, routed $routed:ty, read $read:ty, of_request $of_request:ty
    ) => {
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $trait for $type {
            three! { A B C: $($state),* }
            three! { ParamA ParamB ParamC: $($param),* }
            three! { DataA DataB DataC: $($data),* }
            type Sharer = $sharer;
            type Routed = $routed;
            type Read = $read;
            type OfRequest = $of_request;

            fn derive_handler_state_of(&self, _: $crate::traits::OnlyTheDerive) {}
        }
    };
}

/// The derive's output, for types of `oserver-runtime`: state that gives out `held`, or what belongs to one request.
#[doc(hidden)]
#[macro_export]
macro_rules! __derived {
    ([$($generics:tt)*] $type:ty, held $held:ty) => {
        $crate::__derived! { [$($generics)*] $type, held $held, of_request $crate::__private::Nothing }
    };
    ([$($generics:tt)*] $type:ty, held $held:ty, of_request $of_request:ty) => {
        impl<$($generics)*> $crate::derive::Derived for $type {
            type A = $held;
            type B = $crate::__private::Nothing;
            type C = $crate::__private::Nothing;
            type ParamA = $held;
            type ParamB = $crate::__private::Nothing;
            type ParamC = $crate::__private::Nothing;
            type DataA = $crate::__private::Nothing;
            type DataB = $crate::__private::Nothing;
            type DataC = $crate::__private::Nothing;
            type Sharer = $crate::__private::Nothing;
            type Routed = $held;
            type Read = $crate::__private::Nothing;
            type OfRequest = $of_request;

            fn derive_handler_state_of(&self, _: $crate::__private::OnlyTheDerive) {}
        }
    };
}

/// Three associated types; the last is a tuple if there are more.
macro_rules! three {
    ($x:ident $y:ident $z:ident:) => {
        three! { $x $y $z: $crate::traits::Nothing }
    };
    ($x:ident $y:ident $z:ident: $a:ty) => {
        three! { $x $y $z: $a, $crate::traits::Nothing }
    };
    ($x:ident $y:ident $z:ident: $a:ty, $b:ty) => {
        three! { $x $y $z: $a, $b, $crate::traits::Nothing }
    };
    ($x:ident $y:ident $z:ident: $a:ty, $b:ty, $c:ty) => {
        type $x = $a;
        type $y = $b;
        type $z = $c;
    };
    ($x:ident $y:ident $z:ident: $a:ty, $b:ty, $($more:ty),+) => {
        three! { $x $y $z: $a, $b, ($($more,)+) }
    };
}

/// State: the listed type reaches no lock if its contents reach none.
macro_rules! state {
    ($(#[doc = $why:literal])* $(impl[$($generics:tt)*] for $type:ty $(where $($held:ty),+)?;)*) => {
        $(declare! {
            [$($generics)*] $type,
            state [$($($held),+)?], param [$($($held),+)?], data [],
            sharer $crate::traits::Nothing, routed $crate::traits::Nothing, read $crate::traits::Nothing,
            of_request $crate::traits::Nothing
        })*
    };
}

/// As [`state`], for types that come with a request and not with the state of a router.
#[allow(unused_macros, reason = "without features no type is one")]
macro_rules! carried {
    ($(#[doc = $why:literal])* $(impl[$($generics:tt)*] for $type:ty where $held:ty;)*) => {
        $(declare! {
            [$($generics)*] $type,
            state [$held], param [$held], data [],
            sharer $crate::traits::Nothing, routed $held, read $crate::traits::Nothing,
            of_request $crate::traits::Nothing
        })*
    };
}

/// As [`state`], for pointers that the language lets other crates implement traits for.
macro_rules! fundamental {
    ($(#[doc = $why:literal])* $(impl[$($generics:tt)*] for $type:ty where $held:ty;)*) => {
        $(declare! {
            $crate::derive::Derived, [$($generics)*] $type,
            state [$held], param [$held], data [],
            sharer $crate::traits::Nothing, routed $crate::traits::Nothing, read $crate::traits::Nothing,
            of_request $crate::traits::Nothing
        })*
    };
}

/// State although it has a lock inside: the reason states what the type does when a thread panics or stalls, according
/// to its source.
macro_rules! vouched {
    ($($block:tt)*) => {
        state! { $($block)* }
    };
}

/// Request data: handlers take it, but it is no state.
#[allow(unused_macros, reason = "without features no type is one")]
macro_rules! request_data {
    ($(#[doc = $why:literal])* $(impl[$($generics:tt)*] for $type:ty $(where $($held:ty),+)?;)*) => {
        $(declare! {
            [$($generics)*] $type,
            state [], param [], data [$($($held),+)?],
            sharer $crate::traits::Nothing, routed $crate::traits::Nothing, read $crate::traits::Nothing, of_request $type
        })*
    };
}

/// Extractors around a value that they read from the request: as state they are as clean as the value.
#[allow(unused_macros, reason = "without features no type is one")]
macro_rules! fresh {
    ($(#[doc = $why:literal])* $(impl[$parameter:ident] for $type:ty;)*) => {
        $(declare! {
            [$parameter] $type,
            state [$parameter], param [], data [],
            sharer $crate::traits::Nothing, routed $crate::traits::Nothing, read $parameter, of_request $crate::traits::Nothing
        })*
    };
}

/// Wrappers of extractors: request data inside stays request data, state stays state.
macro_rules! either {
    ($(#[doc = $why:literal])* $(impl[$($generics:tt)*] for $type:ty where $($held:ty),+;)*) => {
        $(declare! {
            [$($generics)*] $type,
            state [$($held),+], param [], data [$($held),+],
            sharer $crate::traits::Nothing, routed $crate::traits::Nothing, read $crate::traits::Nothing,
            of_request $crate::traits::Nothing
        })*
    };
}

/// Locks: for their message.
macro_rules! locks {
    ($(#[doc = $why:literal])* $(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            declare! {
                [$($generics)*] $type,
                state [], param [], data [],
                sharer $crate::lock::Handlers, routed $crate::traits::Nothing, read $crate::traits::Nothing, of_request $crate::traits::Nothing
            }

            impl<$($generics)*> $crate::statics::IsLock for $type {
                type Lock = $type;
            }
        )*
    };
}

/// Containers: a static of one is a lock where its contents are.
macro_rules! around_a_lock {
    ($(#[doc = $why:literal])* $(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            impl<$($generics)*> $crate::statics::IsLock for $type {
                type Lock = <L as $crate::statics::IsLock>::Lock;
            }
        )*
    };
}
