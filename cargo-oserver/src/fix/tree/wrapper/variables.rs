//! Variables in the value that a lock begins with: an actor makes it again after a fault.

use std::ops::Range;

use syn::visit::{self, Visit};

use super::range;

/// A variable in an expression.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) place: Range<usize>,
    /// Whether it is used up there.
    pub(super) by_value: bool,
    /// `size` of `Config { size }`
    pub(super) is_shorthand: bool,
}

/// Returns the variables of an expression.
///
/// # Errors
/// Why the expression cannot be made again.
pub(super) fn of(expr: &syn::Expr) -> Result<Vec<Variable>, String> {
    let mut look = Look { found: Vec::new(), borrowed: false, refused: false };
    look.visit_expr(expr);
    match look.refused {
        true => Err(
            "an actor makes its first value again after a fault, and this expression may fail, wait or come from a macro"
                .to_owned(),
        ),
        false => Ok(look.found),
    }
}

/// Returns how often a body names a variable behind a place.
pub(super) fn count(name: &str, body: &syn::Block, behind: usize) -> usize {
    struct Count<'n> {
        name: &'n str,
        behind: usize,
        number: usize,
    }
    impl Visit<'_> for Count<'_> {
        fn visit_expr_path(&mut self, path: &syn::ExprPath) {
            let is = path.path.is_ident(self.name) && range(path).start >= self.behind;
            self.number += usize::from(is);
        }
        fn visit_macro(&mut self, mac: &syn::Macro) {
            let words = mac.tokens.to_string();
            let words = words.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            if range(mac).start >= self.behind {
                self.number += words.filter(|word| *word == self.name).count();
            }
        }
    }
    let mut count = Count { name, behind, number: 0 };
    count.visit_block(body);
    count.number
}

/// Returns the type of a parameter.
pub(super) fn param<'s>(sig: &'s syn::Signature, name: &str) -> Option<&'s syn::Type> {
    sig.inputs.iter().find_map(|input| match input {
        syn::FnArg::Typed(typed) => match &*typed.pat {
            syn::Pat::Ident(pattern) if pattern.ident == name => Some(&*typed.ty),
            _ => None,
        },
        syn::FnArg::Receiver(_) => None,
    })
}

/// Returns `true` for numbers and the like, which need no clone.
pub(super) fn is_copy(ty: &syn::Type) -> bool {
    const COPY: &[&str] = &[
        "bool",
        "char",
        "f32",
        "f64",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "Duration",
        "Instant",
        "SystemTime",
        "SocketAddr",
        "IpAddr",
    ];
    match ty {
        syn::Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            COPY.contains(&&*name) || name.starts_with("NonZero")
        }),
        syn::Type::Reference(reference) => {
            reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static")
        }
        _ => false,
    }
}

struct Look {
    found: Vec<Variable>,
    /// Whether the expression is only looked at: behind `&`, before a method or a field.
    borrowed: bool,
    refused: bool,
}

impl Look {
    fn borrow(&mut self, look: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.borrowed, true);
        look(self);
        self.borrowed = outer;
    }
}

impl<'ast> Visit<'ast> for Look {
    fn visit_expr(&mut self, expr: &'ast syn::Expr) {
        match expr {
            syn::Expr::Try(_)
            | syn::Expr::Await(_)
            | syn::Expr::Async(_)
            | syn::Expr::Return(_)
            | syn::Expr::Break(_)
            | syn::Expr::Continue(_) => self.refused = true,
            syn::Expr::Reference(_) | syn::Expr::Field(_) => {
                self.borrow(|look| visit::visit_expr(look, expr));
            }
            syn::Expr::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
                self.refused |= name == "self";
                if name.starts_with(|letter: char| letter.is_lowercase() || letter == '_') {
                    let by_value = !self.borrowed;
                    let place = range(path);
                    self.found.push(Variable { name, place, by_value, is_shorthand: false });
                }
            }
            _ => {
                let outer = std::mem::replace(&mut self.borrowed, false);
                visit::visit_expr(self, expr);
                self.borrowed = outer;
            }
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        // The name of a function is no variable.
        if !matches!(&*call.func, syn::Expr::Path(_)) {
            self.visit_expr(&call.func);
        }
        call.args.iter().for_each(|arg| self.visit_expr(arg));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.borrow(|look| look.visit_expr(&call.receiver));
        call.args.iter().for_each(|arg| self.visit_expr(arg));
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        let before = self.found.len();
        self.visit_expr(&field.expr);
        for variable in &mut self.found[before..] {
            variable.is_shorthand = field.colon_token.is_none();
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.refused |= mac.tokens.clone().into_iter().any(|token| {
            !matches!(token, proc_macro2::TokenTree::Literal(_) | proc_macro2::TokenTree::Punct(_))
        });
    }
}
