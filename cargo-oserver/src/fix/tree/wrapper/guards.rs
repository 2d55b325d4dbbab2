//! The places in a body that take the lock, and the text without them.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::visit::{self, Visit};

use super::range;
use crate::fix::edits::{Edit, apply};
use crate::fix::tree::callers::arguments;

/// The uses of `self` in a body.
#[derive(Debug, Default)]
pub(super) struct Guards {
    edits: Vec<Edit>,
    /// Variables that are guards.
    names: Vec<String>,
    /// How often the lock is taken.
    pub(super) taken: usize,
    pub(super) writes: bool,
    /// `self` where it is neither the lock that is taken nor another field.
    pub(super) others: usize,
    /// The other fields that are read.
    pub(super) fields: BTreeSet<String>,
    pub(super) returns_guard: bool,
}

impl Guards {
    /// `name_of` says what another field is called in the actor.
    pub(super) fn of(
        block: &syn::Block,
        field: &str,
        text: &str,
        name_of: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let mut look = Look { field, text, name_of, guards: Self::default() };
        look.visit_block(block);
        if let Some(syn::Stmt::Expr(last, None)) = block.stmts.last() {
            look.guards.returns_guard = guard(last, field).is_some();
        }
        look.guards
    }

    /// Returns the text of a body, with the actor's own value in the place of the lock's.
    pub(super) fn rewritten(&self, text: &str, body: &Range<usize>) -> String {
        let inside = |edit: &&Edit| body.start <= edit.from && edit.to <= body.end;
        let edits: Vec<Edit> = self
            .edits
            .iter()
            .filter(inside)
            .map(|edit| {
                let range = edit.from - body.start..edit.to - body.start;
                Edit::replace(range, edit.text.clone())
            })
            .collect();
        apply(text.get(body.clone()).unwrap_or_default(), &edits).text
    }
}

/// Returns `true` if an expression is `self.field`.
fn is_field(expr: &syn::Expr, field: &str) -> bool {
    let syn::Expr::Field(found) = expr else { return false };
    let named = match &found.member {
        syn::Member::Named(name) => name == field,
        syn::Member::Unnamed(index) => index.index.to_string() == field,
    };
    named && matches!(&*found.base, syn::Expr::Path(path) if path.path.is_ident("self"))
}

/// Whether an expression is the guard: `self.field.lock().unwrap()`, and whether one that writes.
fn guard(expr: &syn::Expr, field: &str) -> Option<bool> {
    match expr {
        syn::Expr::Await(inner) => guard(&inner.base, field),
        syn::Expr::Paren(inner) => guard(&inner.expr, field),
        syn::Expr::MethodCall(call) => {
            let name = call.method.to_string();
            match &*name {
                "lock" | "write" | "read" | "blocking_lock" if is_field(&call.receiver, field) => {
                    Some(name != "read")
                }
                "unwrap" | "expect" | "unwrap_or_else" => guard(&call.receiver, field),
                _ => None,
            }
        }
        _ => None,
    }
}

struct Look<'f> {
    field: &'f str,
    text: &'f str,
    name_of: &'f dyn Fn(&str) -> Option<String>,
    guards: Guards,
}

impl Look<'_> {
    /// Returns the name of another field of `self`, and what it is called in the actor.
    fn other_field(&self, expr: &syn::Expr) -> Option<(String, String)> {
        let syn::Expr::Field(found) = expr else { return None };
        let name = match &found.member {
            syn::Member::Named(name) => name.to_string(),
            syn::Member::Unnamed(index) => index.index.to_string(),
        };
        if name == self.field || !is_field(expr, &name) {
            return None;
        }
        let called = (self.name_of)(&name)?;
        Some((name, called))
    }

    /// With the line's end, where nothing else is on it.
    fn line(&self, range: Range<usize>) -> Range<usize> {
        let (Some(before), Some(after)) =
            (self.text.get(..range.start), self.text.get(range.end..))
        else {
            return range;
        };
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        match after.find('\n') {
            Some(end) if before[start..].trim().is_empty() && after[..end].trim().is_empty() => {
                start..range.end + end + 1
            }
            _ => range,
        }
    }

    fn take(&mut self, at: Range<usize>, writes: bool, text: &str) {
        self.guards.taken += 1;
        self.guards.writes |= writes;
        self.guards.edits.push(Edit::replace(at, text));
    }
}

impl Visit<'_> for Look<'_> {
    fn visit_local(&mut self, local: &syn::Local) {
        let init = local.init.as_ref().filter(|init| init.diverge.is_none());
        if let Some(init) = init
            && let Some(writes) = guard(&init.expr, self.field)
            && let syn::Pat::Ident(name) = &local.pat
        {
            self.guards.names.push(name.ident.to_string());
            if let Some(token) = &name.mutability {
                let from = token.span.byte_range().start;
                let to = name.ident.span().byte_range().start;
                self.guards.edits.push(Edit::replace(from..to, ""));
            }
            let new = if writes { "&mut self.0" } else { "&self.0" };
            self.take(range(&*init.expr), writes, new);
            return;
        }
        visit::visit_local(self, local);
    }

    fn visit_stmt(&mut self, stmt: &syn::Stmt) {
        // `drop(guard);`
        if let syn::Stmt::Expr(syn::Expr::Call(call), Some(_)) = stmt
            && let syn::Expr::Path(callee) = &*call.func
            && callee.path.segments.last().is_some_and(|last| last.ident == "drop")
            && let Some(syn::Expr::Path(arg)) = call.args.first()
            && arg
                .path
                .get_ident()
                .is_some_and(|name| self.guards.names.iter().any(|known| name == known))
        {
            self.guards.edits.push(Edit::replace(self.line(range(stmt)), ""));
            return;
        }
        visit::visit_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &syn::Expr) {
        if let syn::Expr::Unary(unary) = expr
            && matches!(unary.op, syn::UnOp::Deref(_))
            && let Some(writes) = guard(&unary.expr, self.field)
        {
            self.take(range(expr), writes, "self.0");
        } else if let Some(writes) = guard(expr, self.field) {
            self.take(range(expr), writes, "self.0");
        } else if let Some((name, called)) = self.other_field(expr) {
            self.guards.fields.insert(name);
            self.guards.edits.push(Edit::replace(range(expr), called));
        } else {
            visit::visit_expr(self, expr);
        }
    }

    fn visit_expr_path(&mut self, path: &syn::ExprPath) {
        if path.path.is_ident("self") {
            self.guards.others += 1;
        }
    }

    fn visit_macro(&mut self, mac: &syn::Macro) {
        let args = arguments(mac);
        let words = mac.tokens.to_string();
        let mut words = words.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        // The use of `self` among other tokens cannot be seen.
        if args.is_empty() && words.any(|word| word == "self") {
            self.guards.others += 1;
        }
        args.iter().for_each(|arg| self.visit_expr(arg));
    }

    fn visit_item(&mut self, _: &syn::Item) {}
}
