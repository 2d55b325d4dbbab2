//! Which types implement which traits.

use std::collections::HashMap;

use super::{Def, Found, Function, Id, ModuleId, Owner, Program, Resolved, Scope, Space};
use crate::syntax::{ImplDef, Ty};

/// Impl blocks outside of tests.
#[derive(Debug, Default)]
pub(super) struct Impls<'a> {
    by_trait: HashMap<Id, Vec<(ModuleId, &'a ImplDef)>>,
    by_type: HashMap<Id, Vec<(ModuleId, &'a ImplDef)>>,
}

pub(super) fn collect<'a>(program: &Program<'a>) -> Impls<'a> {
    let mut impls = Impls::default();
    for id in program.module_ids() {
        if program.is_test(id) {
            continue;
        }
        for of in program.module(id).items.impls.iter().filter(|of| !of.test) {
            if let Some(path) = &of.of {
                let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
                if let Found::Def(Def::Trait(known)) =
                    program.resolve(id, &names, path.global, Space::Type)
                {
                    impls.by_trait.entry(known).or_default().push((id, of));
                }
            }
            if let Some(known) = own_type(program, id, &of.for_type) {
                impls.by_type.entry(known).or_default().push((id, of));
            }
        }
    }
    impls
}

fn own_type(program: &Program<'_>, module: ModuleId, ty: &Ty) -> Option<Id> {
    match ty {
        Ty::Ref(inner) => own_type(program, module, inner),
        Ty::Path(path) if path.qself.is_none() => {
            match program.resolve_type(ty, &Scope::new(module)) {
                Resolved::Own(id, _) => Some(id),
                _ => None,
            }
        }
        _ => None,
    }
}

impl<'a> Program<'a> {
    /// Impl blocks of a trait, outside of tests and without stand-ins for tests.
    pub fn impls_of_trait(
        &self,
        id: Id,
    ) -> impl Iterator<Item = (ModuleId, &'a ImplDef)> + use<'_, 'a> {
        let stand_in = |of: &ImplDef| match &of.for_type {
            Ty::Path(path) => ["Mock", "Fake", "Stub"].iter().any(|word| path.last().starts_with(word)),
            _ => false,
        };
        let list = self.impls.by_trait.get(&id).map_or(&[][..], Vec::as_slice);
        list.iter().copied().filter(move |(_, of)| !stand_in(of))
    }

    pub fn impls_of_type(
        &self,
        id: Id,
    ) -> impl Iterator<Item = (ModuleId, &'a ImplDef)> + use<'_, 'a> {
        self.impls.by_type.get(&id).map_or(&[][..], Vec::as_slice).iter().copied()
    }

    /// A method or associated function of a type.
    #[must_use]
    pub fn method(&self, id: Id, name: &str) -> Option<Function<'a>> {
        let find = |(module, of): (ModuleId, &'a ImplDef)| {
            let def = of.fns.iter().find(|def| *def.name == *name)?;
            Some(Function { def, module, owner: Owner::Impl(of) })
        };
        let mut own: Vec<_> = self.impls_of_type(id).collect();
        own.sort_by_key(|(_, of)| of.of.is_some());
        own.into_iter().find_map(find)
    }

    /// A method that a trait declares.
    #[must_use]
    pub fn trait_method(&self, id: Id, name: &str) -> Option<Function<'a>> {
        let def = self.trait_def(id).fns.iter().find(|def| *def.name == *name)?;
        Some(Function { def, module: id.module, owner: Owner::Trait(id) })
    }

    /// The scope of an impl block of a type with these arguments.
    #[must_use]
    pub(super) fn impl_scope(
        &self,
        module: ModuleId,
        of: &ImplDef,
        args: &[Resolved],
        around: &Scope,
    ) -> Scope {
        let mut scope = Scope::new(module);
        scope.depth = around.depth + 1;
        scope.associated = around.associated + 1;
        self.open_params(&of.generics, &mut scope);
        if let Ty::Path(path) = &of.for_type
            && let Some(last) = path.segments.last()
        {
            for (written, value) in last.args.iter().zip(args) {
                let Ty::Path(name) = written else { continue };
                if let Some(name) = name.single()
                    && let Some(slot) = scope.params.get_mut(name)
                {
                    *slot = value.clone();
                }
            }
        }
        scope.itself = Some(self.resolve_type(&of.for_type, &scope));
        scope
    }

    /// The type that an impl block is for.
    #[must_use]
    pub fn impl_type(&self, module: ModuleId, of: &ImplDef) -> Resolved {
        self.impl_scope(module, of, &[], &Scope::new(module)).itself.unwrap_or(Resolved::Unknown)
    }
}
