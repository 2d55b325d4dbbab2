//! Layers that answer for a handler which panics.

use super::Tree;
use super::collect::Collect;
use super::place;
use crate::syntax::Place;

/// A layer that answers for a handler which panics, with a response of the service's own.
#[derive(Clone, Debug)]
pub(in crate::fix) struct PanicLayer {
    pub(in crate::fix) place: Place,
    /// The call as a reader knows it.
    pub(in crate::fix) call: &'static str,
    /// The function around it.
    pub(in crate::fix) function: Option<Place>,
}

impl Collect<'_> {
    /// `CatchPanicLayer::custom(…)` of tower-http.
    pub(super) fn panic_layer(&mut self, path: &syn::ExprPath) {
        let names: Vec<String> =
            path.path.segments.iter().map(|part| part.ident.to_string()).collect();
        let [.., of, _] = names.as_slice() else { return };
        if path.qself.is_some() || !is_panic_layer(&self.tree, &names, of) {
            return;
        }
        let call = match names.last().map(String::as_str) {
            Some("custom") => "CatchPanicLayer::custom",
            _ => return,
        };
        let start = path.path.segments[0].ident.span();
        self.push_panic_layer(start, call);
    }

    /// `AssertUnwindSafe(next.run(request)).catch_unwind()`: the middleware of the service does it itself.
    pub(super) fn catches(&mut self, call: &syn::ExprMethodCall) {
        if call.method != "catch_unwind" {
            return;
        }
        let mut runs = Runs(false);
        syn::visit::Visit::visit_expr(&mut runs, &call.receiver);
        if runs.0 {
            self.push_panic_layer(call.method.span(), "catch_unwind");
        }
    }

    fn push_panic_layer(&mut self, span: proc_macro2::Span, call: &'static str) {
        let function = self.functions.last().copied();
        self.tree.panic_layers.push(PanicLayer { place: place(span), call, function });
    }
}

/// Looks for `next.run(request)`.
struct Runs(bool);

impl<'ast> syn::visit::Visit<'ast> for Runs {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.0 |= call.method == "run" && call.args.len() == 1;
        syn::visit::visit_expr_method_call(self, call);
    }
}

/// Returns `true` if a path's type is tower-http's, also under another name. A glob may bring it.
fn is_panic_layer(tree: &Tree, names: &[String], of: &str) -> bool {
    const NAME: &str = "CatchPanicLayer";
    if names.len() > 2 {
        return of == NAME;
    }
    let mut uses = tree.uses.iter().filter(|site| site.name == of).peekable();
    match uses.peek() {
        Some(_) => uses.any(|site| {
            site.path.starts_with("tower_http::") && site.path.ends_with(&format!("::{NAME}"))
        }),
        None => of == NAME,
    }
}
