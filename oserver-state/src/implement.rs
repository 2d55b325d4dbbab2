//! How this folder's other files are written: which type, under which conditions.

/// State: what is listed can reach no lock where its type parameters can't.
macro_rules! state {
    ($(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            impl<$($generics)*> $crate::traits::HandlerParam for $type {
                fn derive_handler_param(&self, _: $crate::traits::OnlyTheDerive) {}
            }

            impl<$($generics)*> $crate::traits::HandlerState for $type {
                fn derive_handler_state(&self, _: $crate::traits::OnlyTheDerive) {}
            }
        )*
    };
}

/// Request data: handlers take it, but it is no state.
macro_rules! request_data {
    ($(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            impl<$($generics)*> $crate::traits::HandlerParam for $type {
                fn derive_handler_param(&self, _: $crate::traits::OnlyTheDerive) {}
            }
        )*
    };
}

/// Extractors around a value that they make of the request: as state they are what the value is.
macro_rules! fresh {
    ($(impl[$parameter:ident] for $type:ty;)*) => {
        $(
            impl<$parameter> $crate::traits::HandlerParam for $type {
                fn derive_handler_param(&self, _: $crate::traits::OnlyTheDerive) {}
            }

            impl<$parameter: $crate::traits::HandlerState> $crate::traits::HandlerState for $type {
                fn derive_handler_state(&self, _: $crate::traits::OnlyTheDerive) {}
            }
        )*
    };
}

/// Wrappers of extractors: what is request data inside is request data, what is state is state.
macro_rules! either {
    ($(impl[$($parameter:ident),*] for $type:ty;)*) => {
        $(
            impl<$($parameter: $crate::traits::HandlerParam),*> $crate::traits::HandlerParam for $type {
                fn derive_handler_param(&self, _: $crate::traits::OnlyTheDerive) {}
            }

            impl<$($parameter: $crate::traits::HandlerState),*> $crate::traits::HandlerState for $type {
                fn derive_handler_state(&self, _: $crate::traits::OnlyTheDerive) {}
            }
        )*
    };
}

/// Locks: an implementation that never holds, for its message.
macro_rules! locks {
    ($(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            impl<$($generics)*> $crate::traits::HandlerParam for $type
            where
                // The `for` lets the condition be one that never holds.
                for<'never> $crate::lock::Handlers: $crate::lock::MayReach<$type>,
            {
                fn derive_handler_param(&self, _: $crate::traits::OnlyTheDerive) {}
            }

            impl<$($generics)*> $crate::traits::HandlerState for $type
            where
                for<'never> $crate::lock::Handlers: $crate::lock::MayReach<$type>,
            {
                fn derive_handler_state(&self, _: $crate::traits::OnlyTheDerive) {}
            }

            impl<$($generics)*> $crate::statics::IsLock for $type {
                type Lock = $type;
            }
        )*
    };
}

/// Containers: a static of one is a lock where its contents are.
macro_rules! around_a_lock {
    ($(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            impl<$($generics)*> $crate::statics::IsLock for $type {
                type Lock = <L as $crate::statics::IsLock>::Lock;
            }
        )*
    };
}
