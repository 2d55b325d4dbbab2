//! Where values of the struct are made.

use std::ops::Range;

use syn::visit::{self, Visit};

use super::methods::Look;
use super::range;

/// `Arc::new(Mutex::new(value))` in a value of the struct.
#[derive(Debug)]
pub(in crate::fix) struct MakerSite {
    /// The whole of it.
    pub(in crate::fix) whole: Range<usize>,
    /// The initial value of an actor; `None` for its default.
    pub(in crate::fix) value: Option<String>,
}

/// Returns all of them in the struct's module.
///
/// # Errors
/// Why one of them cannot be called again after a fault.
pub(super) fn find(items: &[syn::Item], look: &Look<'_>) -> Result<Vec<MakerSite>, String> {
    let mut makers = Makers { look, inside: false, found: Vec::new(), refused: None };
    items.iter().for_each(|item| makers.visit_item(item));
    match makers.refused {
        Some(why) => Err(why),
        None => Ok(makers.found),
    }
}

struct Makers<'l, 't> {
    look: &'l Look<'t>,
    /// In an `impl` of the struct, where `Self` is it.
    inside: bool,
    found: Vec<MakerSite>,
    refused: Option<String>,
}

impl Makers<'_, '_> {
    fn is(&self, path: &syn::Path) -> bool {
        path.segments.last().is_some_and(|last| {
            last.ident == self.look.name || (self.inside && last.ident == "Self")
        })
    }

    fn value(&mut self, expr: &syn::Expr) {
        let whole = range(expr);
        match protected(expr, self.look.shared) {
            Some(None) => self.found.push(MakerSite { whole, value: None }),
            Some(Some(value)) if is_constant(value) => {
                let value = Some(self.look.slice(range(value)));
                self.found.push(MakerSite { whole, value });
            }
            Some(Some(_)) => self.refuse(
                "what it begins with comes from variables: an actor makes it again after a fault",
            ),
            None => self.refuse("the lock comes from elsewhere"),
        }
    }

    fn refuse(&mut self, why: &str) {
        self.refused.get_or_insert_with(|| why.to_owned());
    }
}

/// Returns the value inside `Arc::new(Mutex::new(…))`, or `Mutex::new(…)` of a lock without `Arc`; `Some(None)`: its
/// default.
fn protected(expr: &syn::Expr, shared: bool) -> Option<Option<&syn::Expr>> {
    match call(expr)? {
        ("default", None) => Some(None),
        ("new" | "from", Some(arg)) if shared => protected(arg, false),
        ("new" | "from", Some(value)) => Some(Some(value)),
        _ => None,
    }
}

/// Returns the name of the called function, and its only argument.
fn call(expr: &syn::Expr) -> Option<(&'static str, Option<&syn::Expr>)> {
    let syn::Expr::Call(call) = expr else { return None };
    let syn::Expr::Path(path) = &*call.func else { return None };
    let last = path.path.segments.last()?;
    let name = ["new", "default", "from"].into_iter().find(|name| last.ident == name)?;
    (call.args.len() < 2).then(|| (name, call.args.first()))
}

/// Returns `true` if nothing in it is a variable.
fn is_constant(expr: &syn::Expr) -> bool {
    struct Variables(bool);
    impl<'ast> Visit<'ast> for Variables {
        fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
            call.args.iter().for_each(|arg| self.visit_expr(arg));
        }
        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
            self.0 |= name.starts_with(|letter: char| letter.is_lowercase() || letter == '_');
        }
        fn visit_macro(&mut self, mac: &'ast syn::Macro) {
            self.0 |= mac.tokens.clone().into_iter().any(|token| {
                !matches!(
                    token,
                    proc_macro2::TokenTree::Literal(_) | proc_macro2::TokenTree::Punct(_)
                )
            });
        }
    }
    let mut look = Variables(false);
    look.visit_expr(expr);
    !look.0
}

impl<'ast> Visit<'ast> for Makers<'_, '_> {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = std::mem::replace(&mut self.inside, self.look.is(&item.self_ty));
        visit::visit_item_impl(self, item);
        self.inside = outer;
    }

    fn visit_expr_struct(&mut self, expr: &'ast syn::ExprStruct) {
        if self.is(&expr.path) {
            let field = expr.fields.iter().find(|field| match &field.member {
                syn::Member::Named(name) => *name == self.look.field,
                syn::Member::Unnamed(index) => index.index.to_string() == self.look.field,
            });
            match field {
                Some(field) => self.value(&field.expr),
                None if expr.rest.is_some() => {}
                None => self.refuse("the lock comes from elsewhere"),
            }
        }
        visit::visit_expr_struct(self, expr);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(path) = &*call.func
            && self.is(&path.path)
            && let Ok(index) = self.look.field.parse::<usize>()
            && let Some(arg) = call.args.iter().nth(index)
        {
            self.value(arg);
        }
        visit::visit_expr_call(self, call);
    }
}
