//! Methods that take the lock, do something, and return.

use std::ops::Range;

use super::guards::Guards;
use super::{place, range};
use crate::syntax::Place;

/// A method, as it becomes one of the actor and one of the handle.
#[derive(Debug)]
pub(in crate::fix) struct MethodSite {
    pub(in crate::fix) name: String,
    /// The place of `fn`.
    pub(in crate::fix) place: Place,
    /// Where `fn`, or the `async` before it, begins.
    pub(in crate::fix) keyword: usize,
    pub(in crate::fix) is_async: bool,
    /// Name and type of each parameter, and what an owned value of it is, where it is borrowed.
    pub(in crate::fix) params: Vec<(String, String, Option<Owned>)>,
    /// With `->`; empty where there is none.
    pub(in crate::fix) output: Range<usize>,
    /// The type that is returned.
    pub(in crate::fix) returns: String,
    /// With braces.
    pub(in crate::fix) body: Range<usize>,
    /// The actor's body, with braces.
    pub(in crate::fix) rewritten: String,
    pub(in crate::fix) writes: bool,
}

/// The owned form of a borrowed parameter.
#[derive(Clone, Debug)]
pub(in crate::fix) struct Owned {
    pub(in crate::fix) ty: String,
    /// `to_owned`
    pub(in crate::fix) make: &'static str,
}

pub(super) struct Look<'t> {
    pub(super) name: String,
    pub(super) field: String,
    /// Whether an `Arc` is around the lock.
    pub(super) shared: bool,
    pub(super) text: &'t str,
}

impl Look<'_> {
    pub(super) fn slice(&self, range: Range<usize>) -> String {
        self.text.get(range).unwrap_or_default().to_owned()
    }

    /// Returns `true` if a type is the struct.
    pub(super) fn is(&self, ty: &syn::Type) -> bool {
        matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == self.name))
    }

    pub(super) fn methods(&self, items: &[syn::Item]) -> Result<Vec<MethodSite>, String> {
        let mut found = Vec::new();
        for item in items {
            let syn::Item::Impl(block) = item else { continue };
            if !self.is(&block.self_ty) {
                continue;
            }
            for item in &block.items {
                let syn::ImplItem::Fn(method) = item else { continue };
                let guards = Guards::of(&method.block, &self.field, self.text);
                let field = format!("self.{}", self.field);
                let compact: String = self.slice(range(&method.block)).split_whitespace().collect();
                // A method that leaves the lock alone stays as it is.
                if guards.taken == 0 && !compact.contains(&field) {
                    continue;
                }
                let name = &method.sig.ident;
                if block.trait_.is_some() {
                    return Err(format!("`{name}` is a method of a trait and takes the lock"));
                }
                found.push(self.method(method, &guards).map_err(|why| format!("`{name}` {why}"))?);
            }
        }
        Ok(found)
    }

    fn method(&self, method: &syn::ImplItemFn, guards: &Guards) -> Result<MethodSite, String> {
        let sig = &method.sig;
        if guards.taken == 0 || guards.returns_guard {
            return Err("hands the lock on".to_owned());
        }
        if guards.others > 0 {
            return Err("uses more of `self` than the lock".to_owned());
        }
        let reference = sig
            .receiver()
            .is_some_and(|receiver| matches!(receiver.kind, syn::ReceiverKind::Reference(..)));
        if !reference || !sig.generics.params.is_empty() || sig.constness.is_some() {
            return Err("is generic, `const`, or takes `self` itself".to_owned());
        }
        let mut params = Vec::new();
        for input in &sig.inputs {
            let syn::FnArg::Typed(typed) = input else { continue };
            params.push(self.param(typed)?);
        }
        let returns = match &sig.output {
            syn::ReturnType::Default => "()".to_owned(),
            syn::ReturnType::Type(_, ty) => self.slice(range(&**ty)),
        };
        let borrowed = returns.contains('&') && !returns.contains("&'static");
        if borrowed
            || returns.contains("Guard")
            || returns.contains("impl ")
            || returns.contains("'_")
        {
            return Err(format!("returns `{returns}`, which an actor cannot give away"));
        }
        let body = range(&method.block);
        let close = sig.paren_token.span.close().byte_range().end;
        let keyword = sig.asyncness.as_ref().map_or(sig.fn_token.span, |token| token.span);
        Ok(MethodSite {
            name: sig.ident.to_string(),
            place: place(sig.fn_token.span),
            keyword: keyword.byte_range().start,
            is_async: sig.asyncness.is_some(),
            params,
            output: match &sig.output {
                syn::ReturnType::Default => close..close,
                output => range(output),
            },
            returns,
            rewritten: guards.rewritten(self.text, &body),
            body,
            writes: guards.writes,
        })
    }

    fn param(&self, typed: &syn::PatType) -> Result<(String, String, Option<Owned>), String> {
        let syn::Pat::Ident(name) = &*typed.pat else {
            return Err("has a parameter that is taken apart".to_owned());
        };
        let ty = self.slice(range(&*typed.ty));
        let name = name.ident.to_string();
        let owned = |ty: String, make| {
            Ok((name.clone(), self.slice(range(&*typed.ty)), Some(Owned { ty, make })))
        };
        match &*typed.ty {
            syn::Type::Reference(reference) if reference.mutability.is_none() => {
                match &*reference.elem {
                    syn::Type::Path(path) if path.path.is_ident("str") => {
                        owned("String".to_owned(), "to_owned")
                    }
                    syn::Type::Slice(slice) => {
                        owned(format!("Vec<{}>", self.slice(range(&*slice.elem))), "to_vec")
                    }
                    elem => {
                        let elem = self.slice(range(elem));
                        owned(elem, "clone")
                    }
                }
            }
            _ if ty.contains('&') || ty.contains("impl ") || ty.contains("'_") => {
                Err(format!("takes `{ty}`, which cannot wait in a mailbox"))
            }
            _ => Ok((name, ty, None)),
        }
    }
}
