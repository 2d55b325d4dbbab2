//! One method that callers may call.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::visit_mut::VisitMut;
use syn::{
    Attribute, FnArg, Generics, Ident, Meta, Pat, ReturnType, Type, Visibility, parse_quote,
};

use super::model::moved;
use crate::context::{at, generated};
use crate::function::Function;

/// A method as a command, and as the handle's method.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) ident: Ident,
    pub(super) vis: Visibility,
    pub(super) is_async: bool,
    /// The attributes that are kept.
    pub(super) attrs: Vec<Attribute>,
    /// Names and types, as the handle has them.
    pub(super) arguments: Vec<(Ident, Type)>,
    pub(super) output: Type,
    /// The place of the declared type, or else of the name.
    pub(super) output_span: Span,
    /// Set if the method was refused: the handle's method exists, and does nothing.
    pub(super) refused: Option<Generics>,
}

impl Command {
    pub(super) fn new(function: &Function, actor: &Type) -> Self {
        let signature = &function.sig;
        let arguments = signature.inputs.iter().enumerate().filter_map(|(number, input)| {
            let FnArg::Typed(argument) = input else { return None };
            let name = match &*argument.pat {
                // The handle uses it, whatever the command does.
                Pat::Ident(name) if name.ident.to_string().starts_with('_') => moved(&name.ident),
                Pat::Ident(name) if name.subpat.is_none() => name.ident.clone(),
                other => format_ident!("argument_{number}", span = at(other)),
            };
            Some((name, named(&argument.ty, actor)))
        });
        let (output, output_span) = match &signature.output {
            ReturnType::Type(_, ty) => (named(ty, actor), at(ty)),
            ReturnType::Default => {
                let span = generated(signature.ident.span());
                (syn::parse2(quote_spanned!(span=> ())).expect("it is a type"), span)
            }
        };
        Self {
            ident: signature.ident.clone(),
            vis: function.vis.clone(),
            is_async: signature.asyncness.is_some(),
            attrs: function
                .attrs
                .iter()
                .filter(|attribute| is_carried(attribute))
                .cloned()
                .chain(allowed(&function.attrs))
                .collect(),
            arguments: arguments.collect(),
            output,
            output_span,
            refused: None,
        }
    }

    /// Returns the method's `cfg`s.
    pub(super) fn cfgs(&self) -> impl Iterator<Item = &Attribute> {
        self.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg"))
    }

    /// Returns the method's name as callers know it.
    pub(super) fn name(&self) -> String {
        let name = self.ident.to_string();
        name.strip_prefix("r#").unwrap_or(&name).to_owned()
    }
}

/// Returns `true` if the attribute describes the method, and not its body.
fn is_carried(attribute: &Attribute) -> bool {
    ["doc", "cfg", "deprecated"].iter().any(|name| attribute.path().is_ident(name))
}

/// Returns the lints that the user allows or expects, as allowed ones: they may be about a signature, and the handle has the same.
pub(super) fn allowed(attributes: &[Attribute]) -> impl Iterator<Item = Attribute> {
    attributes.iter().filter_map(|attribute| {
        let Meta::List(list) = &attribute.meta else { return None };
        let lints = &list.tokens;
        let is_level = list.path.is_ident("allow") || list.path.is_ident("expect");
        is_level.then(|| parse_quote!(#[allow(#lints)]))
    })
}

/// Returns the type, as it is called outside of the actor's `impl`.
fn named(ty: &Type, actor: &Type) -> Type {
    struct Named<'a>(&'a Type);

    impl VisitMut for Named<'_> {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            match ty {
                Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self") => {
                    *ty = self.0.clone();
                }
                Type::Path(path)
                    if path.qself.is_none()
                        && path.path.segments.len() > 1
                        && path.path.segments[0].ident == "Self" =>
                {
                    let actor = self.0.to_token_stream();
                    let rest: TokenStream = path
                        .path
                        .segments
                        .iter()
                        .skip(1)
                        .map(|segment| quote::quote!(:: #segment))
                        .collect();
                    *ty = parse_quote!(<#actor> #rest);
                    syn::visit_mut::visit_type_mut(self, ty);
                }
                _ => syn::visit_mut::visit_type_mut(self, ty),
            }
        }
    }

    let mut ty = ty.clone();
    Named(actor).visit_type_mut(&mut ty);
    ty
}
