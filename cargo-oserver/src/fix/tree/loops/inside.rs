//! Check of an accept loop: that it only spawns and serves.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};

use super::{Look, Served};

/// Calls that do not change the served app.
const PLAIN: &[&str] = &[
    "spawn",
    "clone",
    "serve_connection",
    "serve_connection_with_upgrades",
    "with_upgrades",
    "service_fn",
    "unwrap",
    "expect",
    "call",
    "map_err",
    "http1",
    "http2",
    "timer",
    "keep_alive",
    "half_close",
    "title_case_headers",
    "preserve_header_case",
    "set_nodelay",
    "from",
    "into",
];

/// Types that can be made from any value, and do not change the bytes of a client.
const MADE: &[&str] =
    &["TokioIo", "TokioExecutor", "TokioTimer", "Builder", "TowerToHyperService", "Arc"];

const MACROS: &[&str] =
    &["println", "eprintln", "error", "warn", "info", "debug", "trace", "print", "eprint"];

/// The facts about the body of the loop.
pub(super) struct Inside<'l, 't> {
    look: &'l Look<'t>,
    pub(super) accepts: BTreeSet<String>,
    pub(super) spawns: usize,
    pub(super) served: Option<Served>,
    /// Variables that are services: what stands behind each.
    pub(super) lets: Vec<(String, Served)>,
    /// Whether there is anything that is not known.
    pub(super) other: bool,
}

impl<'l, 't> Inside<'l, 't> {
    pub(super) fn new(look: &'l Look<'t>) -> Self {
        Self {
            look,
            accepts: BTreeSet::new(),
            spawns: 0,
            served: None,
            lets: Vec::new(),
            other: false,
        }
    }

    /// Returns the service that an expression is.
    fn service(&self, expr: &syn::Expr) -> Option<Served> {
        match expr {
            syn::Expr::Path(path) => {
                path.path.get_ident().map(|name| Served::Service(name.to_string()))
            }
            syn::Expr::MethodCall(call) if call.method == "clone" && call.args.is_empty() => {
                self.service(&call.receiver)
            }
            syn::Expr::Call(call) if call.args.len() == 1 => {
                let syn::Expr::Path(path) = &*call.func else { return None };
                let names: Vec<String> =
                    path.path.segments.iter().map(|part| part.ident.to_string()).collect();
                match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    [.., "service_fn"] => self.of_service_fn(&call.args[0]),
                    [.., "TowerToHyperService", "new"] => self.service(&call.args[0]),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `hello`, or `move |request| app.clone().call(request)`.
    fn of_service_fn(&self, arg: &syn::Expr) -> Option<Served> {
        match arg {
            syn::Expr::Path(_) => Some(Served::Function(self.look.slice(arg).to_owned())),
            syn::Expr::Closure(closure) => {
                let body = match &*closure.body {
                    syn::Expr::Block(block) => match block.block.stmts.as_slice() {
                        [syn::Stmt::Expr(only, None)] => only,
                        _ => return None,
                    },
                    other => other,
                };
                let syn::Expr::MethodCall(call) = body else { return None };
                let same = closure.inputs.len() == 1
                    && call.args.len() == 1
                    && name(&closure.inputs[0])
                        .is_some_and(|name| name == self.look.slice(&call.args[0]));
                if call.method != "call" || !same {
                    return None;
                }
                self.service(&call.receiver)
            }
            _ => None,
        }
    }
}

/// Returns the name of a parameter, also of one with a type.
fn name(pat: &syn::Pat) -> Option<&syn::Ident> {
    match pat {
        syn::Pat::Type(typed) => name(&typed.pat),
        syn::Pat::Ident(ident) => Some(&ident.ident),
        _ => None,
    }
}

impl Visit<'_> for Inside<'_, '_> {
    fn visit_local(&mut self, local: &syn::Local) {
        if let syn::Pat::Ident(name) = &local.pat
            && let Some(init) = &local.init
            && let Some(service) = self.service(&init.expr)
        {
            // `app` of `let service = app.clone();` may itself be such a name.
            let service = match &service {
                Served::Service(other) => {
                    let known = self.lets.iter().find(|(name, _)| name == other);
                    known.map_or(service.clone(), |(_, known)| known.clone())
                }
                Served::Function(_) => service,
            };
            self.lets.push((name.ident.to_string(), service));
            return;
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        let name = call.method.to_string();
        match &*name {
            "accept" if call.args.is_empty() => {
                let of = self.look.slice(&*call.receiver).to_owned();
                self.accepts.insert(of);
                return;
            }
            "serve_connection" | "serve_connection_with_upgrades" if call.args.len() == 2 => {
                self.served = self.service(&call.args[1]);
                self.other |= self.served.is_none();
                self.visit_expr(&call.receiver);
                self.visit_expr(&call.args[0]);
                return;
            }
            _ => self.other |= !PLAIN.contains(&&*name),
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &syn::ExprCall) {
        let syn::Expr::Path(path) = &*call.func else {
            self.other = true;
            return;
        };
        let last = path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        if last == "spawn" {
            self.spawns += 1;
        }
        let made = path.path.segments.iter().rev().nth(1).map(|of| of.ident.to_string());
        // `acceptor.accept(stream)` and `Counted::new(stream)` make another connection of it.
        let known = match &*last {
            "new" => made.is_some_and(|made| MADE.contains(&&*made)),
            "Ok" | "Err" | "Some" => true,
            _ => PLAIN.contains(&&*last),
        };
        self.other |= !known;
        call.args.iter().for_each(|arg| self.visit_expr(arg));
    }

    fn visit_macro(&mut self, mac: &syn::Macro) {
        let last = mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        self.other |= !MACROS.contains(&&*last);
    }

    fn visit_expr_break(&mut self, _: &syn::ExprBreak) {
        self.other = true;
    }

    fn visit_expr_return(&mut self, _: &syn::ExprReturn) {
        self.other = true;
    }
}
