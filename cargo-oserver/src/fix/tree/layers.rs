//! Layers whose work the guard of a handler does first.

use super::Tree;
use super::collect::Collect;
use super::place;
use crate::syntax::Place;

/// A layer whose work the guard does first.
#[derive(Clone, Debug)]
pub(in crate::fix) struct LayerSite {
    pub(in crate::fix) place: Place,
    pub(in crate::fix) work: Work,
    /// The function around it.
    pub(in crate::fix) function: Option<Place>,
}

#[derive(Clone, Copy, Debug)]
pub(in crate::fix) enum Work {
    /// Makes a response of the service's own after a panic: the call, as a reader knows it.
    Panics(&'static str),
    /// Ends a request after so many milliseconds.
    Timeout(u64),
}

impl Collect<'_> {
    /// `CatchPanicLayer::custom(…)` and `TimeoutLayer::new(Duration::from_secs(60))` of tower-http.
    pub(super) fn layer(&mut self, call: &syn::ExprCall) {
        let syn::Expr::Path(path) = &*call.func else { return };
        let names: Vec<String> =
            path.path.segments.iter().map(|part| part.ident.to_string()).collect();
        let [.., _, method] = names.as_slice() else { return };
        if path.qself.is_some() {
            return;
        }
        let is = |name: &str| is_of_tower(&self.tree, &names, name);
        let work = match &**method {
            "custom" if is("CatchPanicLayer") => Some(Work::Panics("CatchPanicLayer::custom")),
            "new" | "with_status_code" if is("TimeoutLayer") => {
                call.args.last().and_then(milliseconds).map(Work::Timeout)
            }
            _ => None,
        };
        if let Some(work) = work {
            self.push_layer(path.path.segments[0].ident.span(), work);
        }
    }

    /// `AssertUnwindSafe(next.run(request)).catch_unwind()`: the middleware of the service does it itself.
    pub(super) fn catches(&mut self, call: &syn::ExprMethodCall) {
        if call.method != "catch_unwind" {
            return;
        }
        let mut runs = Runs(false);
        syn::visit::Visit::visit_expr(&mut runs, &call.receiver);
        if runs.0 {
            self.push_layer(call.method.span(), Work::Panics("catch_unwind"));
        }
    }

    fn push_layer(&mut self, span: proc_macro2::Span, work: Work) {
        let function = self.functions.last().copied();
        self.tree.layers.push(LayerSite { place: place(span), work, function });
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

/// `Duration::from_secs(60)`, with a number.
fn milliseconds(expr: &syn::Expr) -> Option<u64> {
    let syn::Expr::Call(call) = expr else { return None };
    let syn::Expr::Path(path) = &*call.func else { return None };
    let unit = match &*path.path.segments.last()?.ident.to_string() {
        "from_millis" => 1,
        "from_secs" => 1000,
        "from_mins" => 60_000,
        "from_hours" => 3_600_000,
        _ => return None,
    };
    let Some(syn::Expr::Lit(literal)) = call.args.first() else { return None };
    let syn::Lit::Int(number) = &literal.lit else { return None };
    number.base10_parse::<u64>().ok()?.checked_mul(unit)
}

/// Returns `true` if a path's type is this one of tower-http, also under another name. A glob may bring it.
fn is_of_tower(tree: &Tree, names: &[String], wanted: &str) -> bool {
    let of = &names[names.len() - 2];
    if names.len() > 2 {
        return of == wanted;
    }
    let mut uses = tree.uses.iter().filter(|site| site.name == *of).peekable();
    match uses.peek() {
        Some(_) => uses.any(|site| {
            site.path.starts_with("tower_http::") && site.path.ends_with(&format!("::{wanted}"))
        }),
        None => of == wanted,
    }
}
