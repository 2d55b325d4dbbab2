//! How this folder's other files are written: which type, under which conditions.

/// State: what is listed can reach no lock where its type parameters can't.
macro_rules! state {
    ($(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            impl<$($generics)*> $crate::state::HandlerParam for $type {
                fn derive_handler_param(&self, _: $crate::state::OnlyTheDerive) {}
            }

            impl<$($generics)*> $crate::state::HandlerState for $type {
                fn derive_handler_state(&self, _: $crate::state::OnlyTheDerive) {}
            }
        )*
    };
}

/// Request data: handlers take it, but it is no state.
macro_rules! request_data {
    ($(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            impl<$($generics)*> $crate::state::HandlerParam for $type {
                fn derive_handler_param(&self, _: $crate::state::OnlyTheDerive) {}
            }
        )*
    };
}

/// Extractors around a value that they make of the request: as state they are what the value is.
macro_rules! fresh {
    ($(impl[$parameter:ident] for $type:ty;)*) => {
        $(
            impl<$parameter> $crate::state::HandlerParam for $type {
                fn derive_handler_param(&self, _: $crate::state::OnlyTheDerive) {}
            }

            impl<$parameter: $crate::state::HandlerState> $crate::state::HandlerState for $type {
                fn derive_handler_state(&self, _: $crate::state::OnlyTheDerive) {}
            }
        )*
    };
}

/// Wrappers of extractors: what is request data inside is request data, what is state is state.
macro_rules! either {
    ($(impl[$($parameter:ident),*] for $type:ty;)*) => {
        $(
            impl<$($parameter: $crate::state::HandlerParam),*> $crate::state::HandlerParam for $type {
                fn derive_handler_param(&self, _: $crate::state::OnlyTheDerive) {}
            }

            impl<$($parameter: $crate::state::HandlerState),*> $crate::state::HandlerState for $type {
                fn derive_handler_state(&self, _: $crate::state::OnlyTheDerive) {}
            }
        )*
    };
}

/// Locks: an implementation that never holds, for its message.
macro_rules! locks {
    ($(impl[$($generics:tt)*] for $type:ty;)*) => {
        $(
            impl<$($generics)*> $crate::state::HandlerParam for $type
            where
                // The `for` lets the condition be one that never holds.
                for<'never> $crate::state::lock::Handlers: $crate::state::lock::MayReach<$type>,
            {
                fn derive_handler_param(&self, _: $crate::state::OnlyTheDerive) {}
            }

            impl<$($generics)*> $crate::state::HandlerState for $type
            where
                for<'never> $crate::state::lock::Handlers: $crate::state::lock::MayReach<$type>,
            {
                fn derive_handler_state(&self, _: $crate::state::OnlyTheDerive) {}
            }

            impl<$($generics)*> $crate::state::statics::IsLock for $type {
                type Lock = $type;
            }
        )*
    };
}
