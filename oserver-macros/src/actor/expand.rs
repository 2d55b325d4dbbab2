//! The code that `#[oserver::actor]` generates in addition to the `impl` block.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Generics, Ident, Visibility};

use super::check::can_stop;
use super::command::Command;
use super::model::{Actor, moved, wider};
use super::options::{Capacity, Options};
use crate::assertions::message_assertions;
use crate::context::{Context, at, generated};
use crate::function::refuse_abort;
use crate::handler::options::Timeout;

/// Returns the handle, and the items that the mailbox and the actor's task need.
pub(super) fn expand(
    context: &Context,
    options: &Options,
    actor: &Actor,
    commands: &[Command],
) -> TokenStream {
    let span = generated(Span::call_site());
    let private = context.private(span);
    let (ty, handle) = (&actor.ty, moved(&actor.handle));
    let vis = commands.iter().map(|command| &command.vis).fold(&Visibility::Inherited, wider);
    let doc = format!(
        "Asks the [`{0}`] that a task owns, from anywhere: each method sends a call and waits for the \
         answer. Cheap to clone; valid for ever, whatever becomes of the actor.",
        actor.name
    );
    if !actor.generics.params.is_empty() {
        // A generic type is no actor; its handle still exists, because users name it.
        return quote_spanned!(span=> #[doc = #doc] #vis struct #handle(()););
    }
    let offered: Vec<_> = commands.iter().filter(|command| command.refused.is_none()).collect();
    let methods =
        commands.iter().zip(variants(commands)).map(|(command, variant)| match &command.refused {
            None => method(context, command, &variant),
            Some(generics) => placeholder(context, command, generics),
        });
    let variants: Vec<_> = variants(commands)
        .zip(commands)
        .filter(|(_, command)| command.refused.is_none())
        .map(|(variant, _)| variant)
        .collect();
    let kinds = offered.iter().zip(&variants).map(|(command, variant)| {
        let (cfgs, output) = (command.cfgs(), &command.output);
        let types = command.arguments.iter().map(|(_, ty)| ty);
        quote_spanned!(span=> #(#cfgs)* #variant(#private::Reply<#output>, #(#types),*))
    });
    let names = offered.iter().zip(&variants).map(|(command, variant)| {
        let (cfgs, name) = (command.cfgs(), command.name());
        quote_spanned!(span=> #(#cfgs)* Kind::#variant(..) => #name,)
    });
    let sent = offered.iter().map(|command| sent(context, command));
    let arms = offered.iter().zip(&variants).map(|(command, variant)| arm(command, variant));
    let stop = options.stop.as_ref().and_then(|stop| stop_method(actor, &stop.0));
    let options_const = options_const(&private, options, actor);
    let allowed = &actor.allowed;
    let is_state = crate::handler_state::state(&private, &handle);
    let refuse_abort = refuse_abort("an actor");
    quote_spanned! {span=>
        #[doc = #doc]
        #vis struct #handle(#private::ActorRef<<#ty as #private::CommandOf>::Command>);

        const _: () = {
            #refuse_abort

            enum Kind {
                #(#kinds,)*
                Never(#private::Never),
            }

            const SENT: ::core::primitive::bool = {
                let _ = <#ty as #private::SentToActor>::ask;
                #(#sent)*
                true
            };

            // Where the constant does not compile, the compiler asks nothing more of this type.
            pub struct Command<const SENT: ::core::primitive::bool>(Kind);

            #[automatically_derived]
            impl #private::Command for Command<SENT> {
                fn name(&self) -> &'static ::core::primitive::str {
                    match &self.0 {
                        #(#names)*
                        Kind::Never(never) => match *never {},
                    }
                }
            }

            #[automatically_derived]
            impl #private::CommandOf for #ty {
                type Command = Command<true>;
            }

            #[automatically_derived]
            impl #private::Actor for #ty {
                type Handle = #handle;
                type Command = Command<SENT>;
                const OPTIONS: #private::ActorOptions = #options_const;

                fn run(
                    &mut self,
                    command: Command<SENT>,
                ) -> impl ::core::future::Future<Output = #private::Answered> + ::core::marker::Send {
                    <_ as #private::CommandFuture<SENT>>::checked(async move {
                        match command.0 {
                            #(#arms)*
                            Kind::Never(never) => match never {},
                        }
                    })
                }

                #stop

                fn handle(base: #private::ActorRef<Command<SENT>>) -> #handle {
                    #handle(base)
                }
            }

            #[automatically_derived]
            impl ::core::clone::Clone for #handle {
                fn clone(&self) -> Self {
                    Self(::core::clone::Clone::clone(&self.0))
                }
            }

            #[automatically_derived]
            impl ::core::fmt::Debug for #handle {
                fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Debug::fmt(&self.0, formatter)
                }
            }

            #is_state

            #(#allowed)*
            impl #handle {
                #(#methods)*
            }
        };
    }
}

/// Returns the check that arguments and result of a command can go to another thread.
fn sent(context: &Context, command: &Command) -> TokenStream {
    let types = command.arguments.iter().map(|(_, ty)| (ty, at(ty)));
    let assertion = |(ty, span): (&syn::Type, Span)| {
        let private = context.private(span);
        let cfgs = command.cfgs();
        quote_spanned!(span=> #(#cfgs)* let _ = <#ty as #private::SentToActor>::ask;)
    };
    types.chain([(&command.output, command.output_span)]).map(assertion).collect()
}

fn variants(commands: &[Command]) -> impl Iterator<Item = Ident> {
    (0..commands.len())
        .map(|number| format_ident!("Command{number}", span = generated(Span::call_site())))
}

/// Returns the handle's method.
fn method(context: &Context, command: &Command, variant: &Ident) -> TokenStream {
    let span = command.output_span;
    let (private, krate) = (context.private(span), context.krate(span));
    let Command { attrs, vis, output, arguments, .. } = command;
    let ident = moved(&command.ident);
    // With their own hygiene: an argument may have the same name as a generated one.
    let names: Vec<_> = arguments.iter().map(|(name, _)| name).collect();
    let types = arguments.iter().map(|(_, ty)| ty);
    let errors = errors_doc(command);
    let messages = arguments.iter().map(|(_, ty)| ty).chain([output]);
    let assertions: TokenStream = messages.map(|ty| message_assertions(context, ty)).collect();
    quote_spanned! {span=>
        #(#attrs)*
        #errors
        #vis async fn #ident(&self, #(#names: #types),*) -> ::core::result::Result<#output, #krate::CallError> {
            #assertions
            #private::ActorRef::<Command<SENT>>::call(&self.0, |reply| Command(Kind::#variant(reply, #(#names),*))).await
        }
    }
}

/// Returns the handle's method for a refused command, so that no second error follows.
fn placeholder(context: &Context, command: &Command, generics: &Generics) -> TokenStream {
    let span = command.output_span;
    let krate = context.krate(span);
    let Command { vis, output, arguments, .. } = command;
    let ident = moved(&command.ident);
    let types = arguments.iter().map(|(_, ty)| ty);
    // A type without a name has no value that can be promised.
    let output = match output.to_token_stream().to_string().contains("impl ") {
        true => quote_spanned!(span=> ()),
        false => output.to_token_stream(),
    };
    let cfgs = command.cfgs();
    let where_clause = &generics.where_clause;
    quote_spanned! {span=>
        #(#cfgs)*
        #vis async fn #ident #generics (&self, #(_: #types),*) -> ::core::result::Result<#output, #krate::CallError> #where_clause {
            ::core::unreachable!()
        }
    }
}

fn errors_doc(command: &Command) -> TokenStream {
    let span = command.output_span;
    let is_doc = |attribute: &&syn::Attribute| attribute.path().is_ident("doc");
    let apart = command.attrs.iter().find(is_doc).map(|_| quote_spanned!(span=> #[doc = ""]));
    quote_spanned! {span=>
        #apart
        #[doc = "# Errors"]
        #[doc = "When the actor does not answer: see `oserver::CallError`."]
    }
}

/// Returns the match arm that runs the command.
fn arm(command: &Command, variant: &Ident) -> TokenStream {
    let span = generated(command.ident.span());
    let ident = moved(&command.ident);
    let names: Vec<_> = (0..command.arguments.len())
        .map(|number| format_ident!("argument_{number}", span = span))
        .collect();
    let cfgs = command.cfgs();
    let wait = command.is_async.then(|| quote_spanned!(span=> .await));
    // Only if it is needed, because it conflicts with a `forbid`.
    let is_deprecated =
        command.attrs.iter().any(|attribute| attribute.path().is_ident("deprecated"));
    let allow_deprecated = is_deprecated.then(|| quote_spanned!(span=> #[allow(deprecated)]));
    quote_spanned! {span=>
        #(#cfgs)*
        #allow_deprecated
        Kind::#variant(reply, #(#names),*) => reply.answer(Self::#ident(self, #(#names),*)#wait),
    }
}

fn stop_method(actor: &Actor, stop: &Ident) -> Option<TokenStream> {
    let function = actor.functions.iter().find(|function| function.sig.ident == *stop)?;
    if !can_stop(&function.sig) {
        return None;
    }
    let span = generated(function.sig.ident.span());
    let wait = function.sig.asyncness.map(|_| quote_spanned!(span=> .await));
    let span = crate::function::output_span(&function.sig);
    Some(quote_spanned! {span=>
        async fn stop(&mut self) {
            Self::#stop(self)#wait
        }
    })
}

/// Returns the options of the attribute, as a constant.
fn options_const(private: &TokenStream, options: &Options, actor: &Actor) -> TokenStream {
    let span = generated(Span::call_site());
    let name = actor.name.to_string();
    let none = quote_spanned!(span=> ::core::option::Option::None);
    let some = |value: TokenStream| quote_spanned!(span=> ::core::option::Option::Some(#value));
    let mailbox = match options.mailbox_capacity {
        Some(Capacity(capacity)) => some(quote!(#capacity)),
        None => none.clone(),
    };
    let timeout = match options.timeout {
        Some(Timeout::Never) => some(quote_spanned!(span=> #private::Timeout::Never)),
        Some(Timeout::After(limit)) => {
            let nanoseconds = u64::try_from(limit.as_nanos()).expect("checked when it was read");
            some(quote_spanned!(span=> #private::Timeout::Nanoseconds(#nanoseconds)))
        }
        None => none,
    };
    quote_spanned! {span=>
        #private::ActorOptions { name: #name, mailbox_capacity: #mailbox, timeout: #timeout }
    }
}
