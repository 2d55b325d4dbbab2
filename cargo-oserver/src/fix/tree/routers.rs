//! The routers of a file: paths, imports item by item, the methods that are called, and the handlers that a router gets.

use std::ops::Range;

use syn::visit::{self, Visit};

use super::imports::{UseItem, items};
use super::{place, range, visit_text};
use crate::syntax::Place;

/// The functions that oserver's routing and axum's have in common.
pub(in crate::fix) const METHODS: &[&str] =
    &["get", "post", "put", "delete", "patch", "head", "options", "trace", "connect", "any", "on"];

/// A path in an expression or a type, with two names or more.
#[derive(Clone, Debug)]
pub(in crate::fix) struct NamePath {
    pub(in crate::fix) names: Vec<String>,
    pub(in crate::fix) first: Range<usize>,
    pub(in crate::fix) modules: Vec<String>,
    pub(in crate::fix) place: Place,
}

/// The argument of a routing function.
#[derive(Clone, Debug)]
pub(in crate::fix) enum Given {
    Path(Vec<String>),
    Closure(Place),
    Other,
}

#[derive(Clone, Debug)]
pub(in crate::fix) struct GivenSite {
    pub(in crate::fix) given: Given,
    /// The function that the chain begins with; empty for anything else.
    pub(in crate::fix) root: Vec<String>,
    pub(in crate::fix) text: String,
    pub(in crate::fix) range: Range<usize>,
    pub(in crate::fix) place: Place,
    pub(in crate::fix) modules: Vec<String>,
}

/// A function that has a router among its parameters, or returns one.
#[derive(Clone, Debug)]
pub(in crate::fix) struct PassedBy {
    pub(in crate::fix) name: String,
    pub(in crate::fix) method: bool,
}

#[derive(Debug, Default)]
pub(in crate::fix) struct Routers {
    pub(in crate::fix) paths: Vec<NamePath>,
    pub(in crate::fix) items: Vec<UseItem>,
    pub(in crate::fix) given: Vec<GivenSite>,
    /// All methods that are called anywhere, and where.
    pub(in crate::fix) methods: Vec<(String, Range<usize>, Place)>,
    pub(in crate::fix) passed: Vec<PassedBy>,
    /// Functions with their bodies, whole.
    pub(in crate::fix) functions: Vec<Range<usize>>,
}

pub(in crate::fix) fn routers(text: &str) -> Routers {
    let found = Routers { items: items(text), ..Routers::default() };
    let mut look = Look { text, modules: Vec::new(), in_impl: false, found };
    visit_text(text, &mut look);
    look.found
}

struct Look<'t> {
    text: &'t str,
    modules: Vec<String>,
    in_impl: bool,
    found: Routers,
}

fn names(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|part| part.ident.to_string()).collect()
}

/// Returns the function that a chain of methods begins with.
fn root(expr: &syn::Expr) -> Vec<String> {
    match expr {
        syn::Expr::MethodCall(call) => root(&call.receiver),
        syn::Expr::Call(call) => match &*call.func {
            syn::Expr::Path(path) => names(&path.path),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

impl Look<'_> {
    fn given(&mut self, arg: &syn::Expr, root: Vec<String>) {
        let given = match arg {
            syn::Expr::Path(path) if path.qself.is_none() => Given::Path(names(&path.path)),
            syn::Expr::Closure(closure) => {
                let first = closure.asyncness.as_ref().map(|token| token.span);
                let first = first.or(closure.capture.as_ref().map(|token| token.span));
                Given::Closure(place(first.unwrap_or(closure.inputs_begin.spans[0])))
            }
            _ => Given::Other,
        };
        let range = range(arg);
        let text = self.text.get(range.clone()).unwrap_or_default();
        let text = text.lines().next().unwrap_or_default().to_owned();
        self.found.given.push(GivenSite {
            given,
            root,
            text,
            range,
            place: place(syn::spanned::Spanned::span(arg)),
            modules: self.modules.clone(),
        });
    }

    fn function(&mut self, sig: &syn::Signature, whole: Range<usize>) {
        self.found.functions.push(whole);
        let head = self.text.get(range(sig)).unwrap_or_default();
        let mut words = head.split(|letter: char| !letter.is_alphanumeric());
        if words.any(|word| word == "Router" || word == "MethodRouter") {
            let name = sig.ident.to_string();
            self.found.passed.push(PassedBy { name, method: self.in_impl });
        }
    }
}

impl<'ast> Visit<'ast> for Look<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.modules.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.modules.pop();
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = std::mem::replace(&mut self.in_impl, true);
        visit::visit_item_impl(self, item);
        self.in_impl = outer;
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, range(item));
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, range(item));
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first() {
            self.found.paths.push(NamePath {
                names: names(path),
                first: first.ident.span().byte_range(),
                modules: self.modules.clone(),
                place: place(first.ident.span()),
            });
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(path) = &*call.func
            && let names = names(&path.path)
            && METHODS.contains(&names.last().map_or("", String::as_str))
            && let Some(arg) = call.args.last()
        {
            self.given(arg, names);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        let root = root(&call.receiver);
        if ((METHODS.contains(&&*name) && !root.is_empty())
            || matches!(&*name, "fallback" | "method_not_allowed_fallback"))
            && let Some(arg) = call.args.last()
        {
            self.given(arg, root);
        }
        let at = call.method.span();
        self.found.methods.push((name, at.byte_range(), place(at)));
        visit::visit_expr_method_call(self, call);
    }
}
