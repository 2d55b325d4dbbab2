//! Functions inside of a body, which run when the body calls them: each has questions of its own.

use syn::{Attribute, Block, ImplItem, Item, Signature, Stmt, TraitItem};

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
        _ => {}
    }
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
    // A handler asks for itself.
    if is_annotated {
        return;
    }
    let mut inside = Walk::new(walk.context, walk.scopes.inside(signature));
    // No question can stand in a constant's function: it stands beside it.
    inside.is_frozen = signature.constness.is_some();
    inside.block(&mut block.stmts);
    walk.take_over(inside);
}
