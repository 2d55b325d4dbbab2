//! All functions of a program, and the handles that its actors have.

use super::{Function, Id, ModuleId, Owner, Program};
use crate::syntax::{FnDef, Items};

impl<'a> Program<'a> {
    pub(super) fn collect_functions(&mut self) {
        let mut functions = Vec::new();
        for id in self.module_ids() {
            let items = self.module(id).items;
            let mut add =
                |def: &'a FnDef, owner| functions.push(Function { def, module: id, owner });
            items.fns.iter().for_each(|def| add(def, Owner::Module));
            for of in &items.impls {
                of.fns.iter().for_each(|def| add(def, Owner::Impl(of)));
            }
            for (index, of) in items.traits.iter().enumerate() {
                let id = Id { module: id, index: u32::try_from(index).unwrap_or(u32::MAX) };
                of.fns.iter().for_each(|def| add(def, Owner::Trait(id)));
            }
        }
        for (index, function) in functions.iter().enumerate() {
            self.functions_by_def.insert(
                block_key(function.def, function.module),
                u32::try_from(index).unwrap_or(0),
            );
        }
        self.functions = functions;
    }
}

/// Returns names of the handles that `#[oserver::actor]` makes.
pub(super) fn owners(items: &Items) -> impl Iterator<Item = String> {
    let actors = items.impls.iter().filter(|of| of.attributes.arguments("actor").is_some());
    actors.filter_map(|of| match &of.for_type {
        crate::syntax::Ty::Path(path) => Some(format!("{}Handle", path.last())),
        _ => None,
    })
}

/// A file can be in several crates: the same definition in different modules.
pub(super) fn block_key(def: &FnDef, module: ModuleId) -> usize {
    std::ptr::from_ref(def).addr().wrapping_mul(31).wrapping_add(module.0 as usize)
}
