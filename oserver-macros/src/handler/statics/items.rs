//! Functions inside of a body, which run when the body calls them: each has its own checks.

use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprBlock, ExprClosure, ImplItem, Item, Signature, Stmt, TraitItem,
    parse_quote,
};

use super::assertion::{Assertion, Use};
use super::scope::Scopes;
use super::walk::Walk;

pub(super) fn look_into(walk: &mut Walk<'_>, item: &mut Item) {
    match item {
        Item::Fn(item) => function(walk, &item.attrs, &item.sig, &mut item.block),
        Item::Impl(item) => {
            for item in &mut item.items {
                if let ImplItem::Fn(item) = item {
                    function(walk, &item.attrs, &item.sig, &mut item.block);
                }
            }
        }
        Item::Trait(item) => {
            for item in &mut item.items {
                if let TraitItem::Fn(item) = item
                    && let Some(block) = &mut item.default
                {
                    function(walk, &item.attrs, &item.sig, block);
                }
            }
        }
        Item::Mod(item) => {
            let Some((_, items)) = &mut item.content else { return };
            // Its names are its own.
            let mut inside = Walk::new(walk.context, Scopes::default());
            let statements: Vec<Stmt> = items.iter().cloned().map(Stmt::Item).collect();
            inside.scopes.enter_block(&statements, false);
            items.iter_mut().for_each(|item| look_into(&mut inside, item));
            walk.take_over(inside);
        }
        Item::Const(item) => Initializer(walk).visit_expr_mut(&mut item.expr),
        Item::Static(item) => Initializer(walk).visit_expr_mut(&mut item.expr),
        _ => {}
    }
}

/// The value of a constant or a static: its blocks can have items, and its closures run when the body calls them.
struct Initializer<'i, 'a>(&'i mut Walk<'a>);

impl VisitMut for Initializer<'_, '_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        of_constant(self.0, &mut block.stmts);
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        let body = &closure.body;
        let mut block: Block = match &**body {
            Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
                block.block.clone()
            }
            body => parse_quote!({ #body }),
        };
        let mut inside = Walk::new(self.0.context, self.0.scopes.inside_closure(&closure.inputs));
        inside.block(&mut block.stmts);
        if inside.has_changed {
            *closure.body = Expr::Block(ExprBlock { attrs: Vec::new(), label: None, block });
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

fn function(
    walk: &mut Walk<'_>,
    attributes: &[Attribute],
    signature: &Signature,
    block: &mut Block,
) {
    let is_annotated = attributes.iter().any(|attribute| {
        attribute.path().segments.last().is_some_and(|last| last.ident == "handler")
    });
    // A handler has its own checks.
    if is_annotated {
        return;
    }
    let mut inside = Walk::new(walk.context, walk.scopes.inside(signature));
    // A constant function cannot contain a check: the check stands beside it.
    inside.is_frozen = signature.constness.is_some();
    if inside.is_frozen {
        of_constant(&mut inside, &mut block.stmts);
    }
    inside.block(&mut block.stmts);
    walk.take_over(inside);
}

/// The items of a block of a constant or constant function. No check of the block's statics can stand among its
/// statements, or outside of it: each check stands in its own function, which is never called.
pub(super) fn of_constant(walk: &mut Walk<'_>, statements: &mut Vec<Stmt>) {
    let mut assertions = Vec::new();
    for statement in statements.iter_mut() {
        match statement {
            Stmt::Item(Item::Static(item)) => {
                let name = &item.ident;
                let conditions =
                    item.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg"));
                let assertion = Assertion {
                    place: parse_quote!(#name),
                    // This may be the only use that is allowed with a `static mut`.
                    how: Use::Raw,
                    conditions: conditions.cloned().collect(),
                };
                let assertion = assertion.statement(walk.context);
                assertions.push(parse_quote!(const _: fn() = || { #assertion };));
            }
            Stmt::Item(item) => look_into(walk, item),
            _ => {}
        }
    }
    statements.splice(0..0, assertions);
}
