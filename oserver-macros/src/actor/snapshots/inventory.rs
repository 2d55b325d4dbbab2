impl Inventory {
    /// Takes one.
    pub async fn reserve(&mut self, sku: String) -> bool {
        self.take(&sku)
    }
    #[deprecated]
    pub fn count(&self) -> (u32, String) {
        (1, String::new())
    }
    fn take(&mut self, sku: &str) -> bool {
        true
    }
    fn close(&mut self) {}
}
///Asks the [`Inventory`] that a task owns, from anywhere: each method sends a call and waits for the answer. Cheap to clone; valid for ever, whatever becomes of the actor.
pub struct InventoryHandle(
    ::oserver::__private::ActorRef<
        <Inventory as ::oserver::__private::CommandOf>::Command,
    >,
);
const _: () = {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "an actor cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    enum Kind {
        Command0(::oserver::__private::Reply<bool>, String),
        Command1(::oserver::__private::Reply<(u32, String)>),
        Never(::oserver::__private::Never),
    }
    const SENT: ::core::primitive::bool = {
        let _ = <Inventory as ::oserver::__private::SentToActor>::ask;
        let _ = <String as ::oserver::__private::SentToActor>::ask;
        let _ = <bool as ::oserver::__private::SentToActor>::ask;
        let _ = <(u32, String) as ::oserver::__private::SentToActor>::ask;
        true
    };
    pub struct Command<const SENT: ::core::primitive::bool>(Kind);
    #[automatically_derived]
    impl ::oserver::__private::Command for Command<SENT> {
        fn name(&self) -> &'static ::core::primitive::str {
            match &self.0 {
                Kind::Command0(..) => "reserve",
                Kind::Command1(..) => "count",
                Kind::Never(never) => match *never {}
            }
        }
    }
    #[automatically_derived]
    impl ::oserver::__private::CommandOf for Inventory {
        type Command = Command<true>;
    }
    #[automatically_derived]
    impl ::oserver::__private::Actor for Inventory {
        type Handle = InventoryHandle;
        type Command = Command<SENT>;
        const OPTIONS: ::oserver::__private::ActorOptions = ::oserver::__private::ActorOptions {
            name: "Inventory",
            mailbox_capacity: ::core::option::Option::Some(16usize),
            timeout: ::core::option::Option::Some(
                ::oserver::__private::Timeout::Nanoseconds(2000000000u64),
            ),
        };
        fn run(
            &mut self,
            command: Command<SENT>,
        ) -> impl ::core::future::Future<
            Output = ::oserver::__private::Answered,
        > + ::core::marker::Send {
            <_ as ::oserver::__private::CommandFuture<
                SENT,
            >>::checked(async move {
                match command.0 {
                    Kind::Command0(reply, argument_0) => {
                        reply.answer(Self::reserve(self, argument_0).await)
                    }
                    #[allow(deprecated)]
                    Kind::Command1(reply) => reply.answer(Self::count(self)),
                    Kind::Never(never) => match never {}
                }
            })
        }
        async fn stop(&mut self) {
            Self::close(self)
        }
        fn handle(
            base: ::oserver::__private::ActorRef<Command<SENT>>,
        ) -> InventoryHandle {
            InventoryHandle(base)
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for InventoryHandle {
        fn clone(&self) -> Self {
            Self(::core::clone::Clone::clone(&self.0))
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for InventoryHandle {
        fn fmt(
            &self,
            formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&self.0, formatter)
        }
    }
    #[automatically_derived]
    impl ::oserver::__private::Derived for InventoryHandle {
        type A = ::oserver::__private::Nothing;
        type B = ::oserver::__private::Nothing;
        type C = ::oserver::__private::Nothing;
        type ParamA = ::oserver::__private::Nothing;
        type ParamB = ::oserver::__private::Nothing;
        type ParamC = ::oserver::__private::Nothing;
        type DataA = ::oserver::__private::Nothing;
        type DataB = ::oserver::__private::Nothing;
        type DataC = ::oserver::__private::Nothing;
        type Sharer = ::oserver::__private::Nothing;
        type Routed = ::oserver::__private::Nothing;
        type Read = ::oserver::__private::Nothing;
        type OfRequest = ::oserver::__private::Nothing;
        fn derive_handler_state_of(&self, _: ::oserver::__private::OnlyTheDerive) {}
    }
    impl InventoryHandle {
        /// Takes one.
        ///
        ///# Errors
        ///When the actor does not answer: see `oserver::CallError`.
        pub async fn reserve(
            &self,
            sku: String,
        ) -> ::core::result::Result<bool, ::oserver::CallError> {
            if false {
                use ::oserver::__private::ask_message::*;
                ::oserver::__private::answered(
                    (&&&&::oserver::__private::type_of::<String>()).ask_message(),
                    <_ as ::oserver::__private::Shared>::ask,
                );
            }
            if false {
                use ::oserver::__private::ask_message::*;
                ::oserver::__private::answered(
                    (&&&&::oserver::__private::type_of::<bool>()).ask_message(),
                    <_ as ::oserver::__private::Shared>::ask,
                );
            }
            ::oserver::__private::ActorRef::<
                Command<SENT>,
            >::call(&self.0, |reply| Command(Kind::Command0(reply, sku)))
                .await
        }
        #[deprecated]
        ///# Errors
        ///When the actor does not answer: see `oserver::CallError`.
        pub async fn count(
            &self,
        ) -> ::core::result::Result<(u32, String), ::oserver::CallError> {
            if false {
                use ::oserver::__private::ask_message::*;
                ::oserver::__private::answered(
                    (&&&&::oserver::__private::type_of::<u32>()).ask_message(),
                    <_ as ::oserver::__private::Shared>::ask,
                );
            }
            if false {
                use ::oserver::__private::ask_message::*;
                ::oserver::__private::answered(
                    (&&&&::oserver::__private::type_of::<String>()).ask_message(),
                    <_ as ::oserver::__private::Shared>::ask,
                );
            }
            ::oserver::__private::ActorRef::<
                Command<SENT>,
            >::call(&self.0, |reply| Command(Kind::Command1(reply)))
                .await
        }
    }
};
