//! `{ let a = b.clone(); move || … }`: a block that clones the captures of a closure.

use std::ops::Range;

use super::range;

/// The block around a closure, if it only clones the closure's captures.
#[derive(Clone, Debug)]
pub(in crate::fix) struct Around {
    pub(in crate::fix) whole: Range<usize>,
    pub(in crate::fix) closure: Range<usize>,
    copies: Vec<Copied>,
}

#[derive(Clone, Debug)]
struct Copied {
    name: String,
    value: Range<usize>,
    /// The variable that it is a copy of.
    of: Option<String>,
}

impl Around {
    /// Returns the block, if nothing is lost when it goes with its closure.
    pub(super) fn read(block: &syn::ExprBlock, text: &str) -> Option<Self> {
        let (last, lets) = block.block.stmts.split_last()?;
        let syn::Stmt::Expr(syn::Expr::Closure(closure), None) = last else { return None };
        if block.label.is_some() || lets.is_empty() {
            return None;
        }
        let copies = lets.iter().map(copied).collect::<Option<_>>()?;
        let (whole, closure) = (range(block), range(closure));
        let outside = [whole.start..closure.start, closure.end..whole.end];
        let is_plain = |part: Range<usize>| {
            text.get(part).is_some_and(|part| !part.contains("//") && !part.contains("/*"))
        };
        outside.into_iter().all(is_plain).then_some(Self { whole, closure, copies })
    }

    /// Returns the value that the block gives this name.
    pub(in crate::fix) fn value(&self, name: &str) -> Option<Range<usize>> {
        self.find(name).map(|copied| copied.value.clone())
    }

    /// Returns the variable outside of the block that this name is a copy of.
    pub(in crate::fix) fn original(&self, name: &str) -> Option<&str> {
        self.find(name)?.of.as_deref()
    }

    fn find(&self, name: &str) -> Option<&Copied> {
        self.copies.iter().rfind(|copied| copied.name == name)
    }
}

fn copied(statement: &syn::Stmt) -> Option<Copied> {
    let syn::Stmt::Local(local) = statement else { return None };
    let syn::Pat::Ident(name) = &local.pat else { return None };
    let init = local.init.as_ref().filter(|init| init.diverge.is_none())?;
    let original = original(&init.expr)?;
    let of = match original {
        syn::Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    };
    Some(Copied { name: name.ident.to_string(), value: range(&*init.expr), of })
}

/// Returns the place that an expression copies: `a.b` for `a.b.clone()`. Nothing else happens in it.
fn original(expr: &syn::Expr) -> Option<&syn::Expr> {
    match expr {
        syn::Expr::MethodCall(call) if call.args.is_empty() => {
            let copies = ["clone", "to_owned", "to_string"];
            copies.iter().any(|name| call.method == name).then(|| place(&call.receiver)).flatten()
        }
        syn::Expr::Call(call) => {
            let syn::Expr::Path(function) = &*call.func else { return None };
            let is_clone = function.path.segments.last().is_some_and(|last| last.ident == "clone");
            match call.args.first() {
                Some(syn::Expr::Reference(arg)) if is_clone && call.args.len() == 1 => {
                    place(&arg.expr)
                }
                _ => None,
            }
        }
        other => place(other),
    }
}

fn place(expr: &syn::Expr) -> Option<&syn::Expr> {
    let mut inner = expr;
    while let syn::Expr::Field(field) = inner {
        inner = &field.base;
    }
    matches!(inner, syn::Expr::Path(_)).then_some(expr)
}
