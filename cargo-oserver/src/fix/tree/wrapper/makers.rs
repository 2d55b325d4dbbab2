//! Where values of the struct are made.

use std::ops::Range;

use syn::visit::{self, Visit};

use super::methods::Look;
use super::{range, variables};
use crate::fix::edits::{Edit, apply};

/// `Arc::new(Mutex::new(value))` in a value of the struct, or in a variable that becomes part of one.
#[derive(Debug)]
pub(in crate::fix) struct MakerSite {
    /// The range of the whole expression.
    pub(in crate::fix) whole: Range<usize>,
    /// The initial value of an actor; `None` for its default.
    pub(in crate::fix) value: Option<String>,
    /// Whether the value is made of variables.
    pub(in crate::fix) moves: bool,
    /// Statements that copy those variables that are borrowed, or that the function uses later.
    pub(in crate::fix) copies: Vec<String>,
}

/// Returns all such expressions in the struct's module.
///
/// # Errors
/// Why one of them cannot be called again after a fault.
pub(super) fn find(items: &[syn::Item], look: &Look<'_>) -> Result<Vec<MakerSite>, String> {
    let mut makers = Makers {
        look,
        inside: false,
        function: None,
        lets: Vec::new(),
        found: Vec::new(),
        refused: None,
    };
    items.iter().for_each(|item| makers.visit_item(item));
    match makers.refused {
        Some(why) => Err(why),
        None => Ok(makers.found),
    }
}

struct Makers<'l, 't, 'ast> {
    look: &'l Look<'t>,
    /// In an `impl` of the struct, where `Self` is it.
    inside: bool,
    /// The function that is visited.
    function: Option<(&'ast syn::Signature, &'ast syn::Block)>,
    /// The variables of that function, with their values.
    lets: Vec<(String, &'ast syn::Expr)>,
    found: Vec<MakerSite>,
    refused: Option<String>,
}

impl<'ast> Makers<'_, '_, 'ast> {
    fn is(&self, path: &syn::Path) -> bool {
        path.segments.last().is_some_and(|last| {
            last.ident == self.look.name || (self.inside && last.ident == "Self")
        })
    }

    fn value(&mut self, expr: &'ast syn::Expr) {
        let expr = self.variable(expr).unwrap_or(expr);
        let whole = range(expr);
        let site = match protected(expr, self.look.shared) {
            Some(None) => MakerSite { whole, value: None, moves: false, copies: Vec::new() },
            Some(Some(value)) => match self.made_of(value, whole) {
                Ok(site) => site,
                Err(why) => return self.refuse(&why),
            },
            None => return self.refuse("the lock is made elsewhere"),
        };
        self.found.push(site);
    }

    /// Returns the value of a variable that is named nowhere else.
    fn variable(&self, expr: &syn::Expr) -> Option<&'ast syn::Expr> {
        let syn::Expr::Path(path) = expr else { return None };
        let name = path.path.get_ident()?.to_string();
        let mut lets = self.lets.iter().filter(|(known, _)| *known == name);
        let (Some((_, value)), None) = (lets.next(), lets.next()) else { return None };
        (variables::count(&name, self.function?.1, 0) == 1).then_some(*value)
    }

    /// Returns the site of a value that can be made again.
    fn made_of(&self, value: &syn::Expr, whole: Range<usize>) -> Result<MakerSite, String> {
        let found = variables::of(value)?;
        let moves = !found.is_empty();
        let (mut copies, mut edits) = (Vec::new(), Vec::new());
        let from = range(value).start;
        for variable in &found {
            let name = &variable.name;
            let (sig, body) = self.function.ok_or("its first value is made elsewhere")?;
            let local = self.lets.iter().any(|(known, _)| known == name);
            let param = variables::param(sig, name);
            if !local && param.is_none() {
                return Err(format!(
                    "its first value comes from `{name}`, which is not a variable of the function"
                ));
            }
            if param.is_some_and(variables::is_copy) {
                continue;
            }
            let is_borrowed = matches!(param, Some(syn::Type::Reference(_)));
            if is_borrowed || variables::count(name, body, range(value).end) > 0 {
                let make = if is_borrowed { "to_owned" } else { "clone" };
                let copy = format!("let {name} = {name}.{make}(); ");
                if !copies.contains(&copy) {
                    copies.push(copy);
                }
            }
            let field = if variable.is_shorthand { format!(": {name}") } else { String::new() };
            let place = variable.place.start - from..variable.place.end - from;
            match (variable.by_value, is_borrowed) {
                (true, true) if variable.is_shorthand => {
                    edits.push(Edit::insert(place.end, format!(": &{name}")));
                }
                (true, true) => edits.push(Edit::insert(place.start, "&")),
                (true, false) => edits.push(Edit::insert(place.end, format!("{field}.clone()"))),
                (false, _) => {}
            }
        }
        let text = apply(&self.look.slice(range(value)), &edits).text;
        Ok(MakerSite { whole, value: Some(text), moves, copies })
    }

    fn refuse(&mut self, why: &str) {
        self.refused.get_or_insert_with(|| why.to_owned());
    }

    fn of_function(
        &mut self,
        function: (&'ast syn::Signature, &'ast syn::Block),
        visit: impl FnOnce(&mut Self),
    ) {
        let outer = (self.function.replace(function), std::mem::take(&mut self.lets));
        visit(self);
        (self.function, self.lets) = outer;
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

impl<'ast> Visit<'ast> for Makers<'_, '_, 'ast> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.of_function((&item.sig, &item.block), |makers| visit::visit_item_fn(makers, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let function = (&item.sig, &item.block);
        self.of_function(function, |makers| visit::visit_impl_item_fn(makers, item));
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        visit::visit_local(self, local);
        if let (syn::Pat::Ident(name), Some(init)) = (&local.pat, &local.init) {
            self.lets.push((name.ident.to_string(), &init.expr));
        }
    }

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
                None => self.refuse("the lock is made elsewhere"),
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
