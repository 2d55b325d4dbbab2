//! Which paths may name a static.

use std::collections::HashSet;

use syn::visit::{self, Visit};
use syn::{Expr, ExprPath, FnArg, Item, Pat, PatIdent, Path, PathArguments, Signature, Stmt};

/// The path, if an expression is one that may name a static.
pub(super) fn named(expression: &Expr) -> Option<&Path> {
    match expression {
        Expr::Path(ExprPath { qself: None, path, .. }) if may_be_static(path) => Some(path),
        Expr::Paren(inner) => named(&inner.expr),
        Expr::Group(inner) => named(&inner.expr),
        _ => None,
    }
}

/// `NAME`, `module::NAME`; but not `Type::NAME`, which is a constant.
fn may_be_static(path: &Path) -> bool {
    let is_bare =
        path.segments.iter().all(|segment| matches!(segment.arguments, PathArguments::None));
    let mut names = path.segments.iter().map(|segment| segment.ident.to_string());
    let Some(last) = names.next_back() else { return false };
    is_bare && is_in_capitals(&last) && names.all(|name| is_module(&name))
}

pub(super) fn is_in_capitals(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

fn is_module(name: &str) -> bool {
    name.starts_with(|first: char| first.is_lowercase() || first == '_')
}

/// Names that a signature's patterns bind: they are no statics, which no pattern can shadow.
pub(super) fn bound_by_parameters(signature: &Signature) -> HashSet<String> {
    let mut bound = Bound::default();
    for input in &signature.inputs {
        if let FnArg::Typed(parameter) = input {
            bound.visit_pat(&parameter.pat);
        }
    }
    bound.0
}

/// Names that the patterns in a body bind.
pub(super) fn bound_by_statements(statements: &[Stmt]) -> HashSet<String> {
    let mut bound = Bound::default();
    statements.iter().for_each(|statement| bound.visit_stmt(statement));
    bound.0
}

#[derive(Default)]
struct Bound(HashSet<String>);

impl<'ast> Visit<'ast> for Bound {
    fn visit_pat(&mut self, pattern: &'ast Pat) {
        if let Pat::Ident(PatIdent { ident, .. }) = pattern {
            let name = ident.to_string();
            if is_in_capitals(&name) {
                self.0.insert(name);
            }
        }
        visit::visit_pat(self, pattern);
    }
}

/// Constants that a block declares; and whatever else of its items may have a name in capitals.
pub(super) fn declared_in(statements: &[Stmt]) -> HashSet<String> {
    let constants = statements.iter().filter_map(|statement| match statement {
        Stmt::Item(Item::Const(constant)) => Some(constant.ident.to_string()),
        _ => None,
    });
    constants.collect()
}
