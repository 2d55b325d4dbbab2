//! Methods that take the lock, do something, and return.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::visit::{self, Visit};

use super::guards::Guards;
use super::{place, range, variables};
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
    /// Name and type of each other field that it reads, and the value that the handle gives.
    pub(in crate::fix) fields: Vec<(String, String, String)>,
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
    /// The other fields, with their types.
    pub(super) others: Vec<(String, &'t syn::Type)>,
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
                let named = names(method);
                let name_of = |field: &str| self.called(field, &named);
                let guards = Guards::of(&method.block, &self.field, self.text, &name_of);
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
                let made = self.method(method, &guards, &name_of);
                found.push(made.map_err(|why| format!("`{name}` {why}"))?);
            }
        }
        Ok(found)
    }

    /// Returns what another field is called in the actor; `None` for one that a command cannot take.
    fn called(&self, field: &str, named: &BTreeSet<String>) -> Option<String> {
        let (_, ty) = self.others.iter().find(|(name, _)| name == field)?;
        let ty = self.slice(range(*ty));
        if ["Mutex", "RwLock", "RefCell", "Cell<", "Atomic", "&'a", "Receiver"]
            .iter()
            .any(|part| ty.contains(part))
        {
            return None;
        }
        let is_number = field.starts_with(|letter: char| letter.is_ascii_digit());
        let name = if is_number { format!("field_{field}") } else { field.to_owned() };
        Some(if named.contains(&name) { format!("own_{name}") } else { name })
    }

    fn field(&self, name: &str, called: String) -> Option<(String, String, String)> {
        let (_, ty) = self.others.iter().find(|(known, _)| known == name)?;
        let clone = if variables::is_copy(ty) { "" } else { ".clone()" };
        Some((called, self.slice(range(*ty)), format!("self.{name}{clone}")))
    }

    fn method(
        &self,
        method: &syn::ImplItemFn,
        guards: &Guards,
        name_of: &dyn Fn(&str) -> Option<String>,
    ) -> Result<MethodSite, String> {
        let sig = &method.sig;
        if guards.taken == 0 || guards.returns_guard {
            return Err("passes the lock to other code".to_owned());
        }
        if guards.others > 0 {
            return Err(
                "uses more of `self` than the lock and fields that can be copied".to_owned()
            );
        }
        let reference = sig
            .receiver()
            .is_some_and(|receiver| matches!(receiver.kind, syn::ReceiverKind::Reference(..)));
        if !reference || !sig.generics.params.is_empty() || sig.constness.is_some() {
            return Err("is generic, `const`, or takes `self` by value".to_owned());
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
            return Err(format!("returns `{returns}`, which an actor cannot return"));
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
            fields: guards
                .fields
                .iter()
                .filter_map(|name| self.field(name, name_of(name)?))
                .collect(),
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
            return Err("has a pattern as a parameter".to_owned());
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

/// Returns the names that a method gives to parameters and variables.
fn names(method: &syn::ImplItemFn) -> BTreeSet<String> {
    struct Names(BTreeSet<String>);
    impl Visit<'_> for Names {
        fn visit_pat_ident(&mut self, pattern: &syn::PatIdent) {
            self.0.insert(pattern.ident.to_string());
            visit::visit_pat_ident(self, pattern);
        }
    }
    let mut names = Names(BTreeSet::new());
    names.visit_impl_item_fn(method);
    names.0
}
