//! Calls of methods by their places, with the code around them.

use std::ops::Range;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};

use super::{place, range, visit_text};
use crate::syntax::Place;

/// One call.
#[derive(Debug)]
pub(in crate::fix) struct CallSite {
    /// The place of the method's name.
    pub(in crate::fix) place: Place,
    /// The end of the call, and of the `.await` behind it.
    pub(in crate::fix) end: usize,
    pub(in crate::fix) awaited: bool,
    /// The function around it.
    pub(in crate::fix) function: Place,
    /// `true` if the call is in an `async` function outside of closures, so that it can use `.await` and `?`.
    pub(in crate::fix) direct: bool,
    /// Whether an `async` block in that function can do so.
    pub(in crate::fix) in_block: bool,
}

/// How a function ends.
#[derive(Debug)]
pub(in crate::fix) struct EndSite {
    pub(in crate::fix) function: Place,
    /// Its last expression, if it has a value.
    pub(in crate::fix) value: Option<Range<usize>>,
    /// `true` if it has a `return` or a `?`.
    pub(in crate::fix) leaves: bool,
}

/// Returns the calls at these places, and how the functions around them end.
pub(in crate::fix) fn callers(text: &str, places: &[Place]) -> (Vec<CallSite>, Vec<EndSite>) {
    let mut look = Look { places, functions: Vec::new(), calls: Vec::new(), ends: Vec::new() };
    visit_text(text, &mut look);
    (look.calls, look.ends)
}

struct Look<'p> {
    places: &'p [Place],
    /// The functions around, innermost last, with the closures (`false`) and `async` blocks (`true`) between.
    functions: Vec<(Place, Vec<bool>)>,
    calls: Vec<CallSite>,
    ends: Vec<EndSite>,
}

impl Look<'_> {
    fn function(&mut self, sig: &syn::Signature, block: &syn::Block) {
        let function = place(sig.fn_token.span);
        self.functions.push((function, Vec::new()));
        let value = match block.stmts.last() {
            Some(syn::Stmt::Expr(last, None)) => Some(range(last)),
            Some(syn::Stmt::Macro(last)) if last.semi_token.is_none() => Some(range(last)),
            _ => None,
        };
        self.ends.push(EndSite { function, value, leaves: false });
        self.visit_block(block);
        self.functions.pop();
    }

    fn call(&mut self, call: &syn::ExprMethodCall, end: usize, awaited: bool) {
        let at = place(call.method.span());
        if let Some((function, around)) = self.functions.last()
            && self.places.contains(&at)
            && !self.calls.iter().any(|known| known.place == at)
        {
            let direct = around.is_empty();
            let in_block = around.last() == Some(&true);
            let function = *function;
            self.calls.push(CallSite { place: at, end, awaited, function, direct, in_block });
        }
    }

    fn leaves(&mut self) {
        let Some((function, around)) = self.functions.last() else { return };
        if !around.is_empty() {
            return;
        }
        if let Some(end) = self.ends.iter_mut().find(|end| end.function == *function) {
            end.leaves = true;
        }
    }

    fn within(&mut self, is_async: bool, look: impl FnOnce(&mut Self)) {
        if let Some((_, around)) = self.functions.last_mut() {
            around.push(is_async);
        }
        look(self);
        if let Some((_, around)) = self.functions.last_mut() {
            around.pop();
        }
    }
}

/// Returns the arguments of a macro that takes expressions; empty for any other.
pub(super) fn arguments(mac: &syn::Macro) -> Vec<syn::Expr> {
    let parse = Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
    mac.parse_body_with(parse).map(|args| args.into_iter().collect()).unwrap_or_default()
}

impl Visit<'_> for Look<'_> {
    fn visit_item_fn(&mut self, item: &syn::ItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
    }

    fn visit_expr_closure(&mut self, closure: &syn::ExprClosure) {
        let is_async = closure.asyncness.is_some();
        self.within(is_async, |look| visit::visit_expr_closure(look, closure));
    }

    fn visit_expr_async(&mut self, block: &syn::ExprAsync) {
        self.within(true, |look| visit::visit_expr_async(look, block));
    }

    fn visit_expr_await(&mut self, expr: &syn::ExprAwait) {
        if let syn::Expr::MethodCall(call) = &*expr.base {
            self.call(call, range(expr).end, true);
        }
        visit::visit_expr_await(self, expr);
    }

    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        self.call(call, range(call).end, false);
        visit::visit_expr_method_call(self, call);
    }

    // `format!` and the like: what parses as arguments is visited as such.
    fn visit_macro(&mut self, mac: &syn::Macro) {
        arguments(mac).iter().for_each(|arg| self.visit_expr(arg));
    }

    fn visit_expr_try(&mut self, expr: &syn::ExprTry) {
        self.leaves();
        visit::visit_expr_try(self, expr);
    }

    fn visit_expr_return(&mut self, expr: &syn::ExprReturn) {
        self.leaves();
        visit::visit_expr_return(self, expr);
    }
}
