//! Which types implement which traits.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::{Def, Found, Function, Id, ModuleId, Owner, Program, Resolved, Scope, Space, TraitRef};
use crate::syntax::{ImplDef, Ty};

type Block<'a> = (ModuleId, &'a ImplDef);

/// Traits above each other.
const SUPERTRAITS: u32 = 4;

/// Impl blocks outside of tests, by the last names of their traits and types; what those names mean is found out
/// when it is asked for.
#[derive(Debug, Default)]
pub(super) struct Impls<'a> {
    trait_names: HashMap<&'a str, Vec<Block<'a>>>,
    type_names: HashMap<&'a str, Vec<Block<'a>>>,
    by_trait: RefCell<HashMap<Id, Rc<[Block<'a>]>>>,
    by_type: RefCell<HashMap<Id, Rc<[Block<'a>]>>>,
}

pub(super) fn collect<'a>(program: &Program<'a>) -> Impls<'a> {
    let mut impls = Impls::default();
    for id in program.module_ids().filter(|id| !program.is_test(*id)) {
        let items = program.module(id).items;
        // `use Repository as Store; impl Store for …`
        let original = |name: &'a str| -> &'a str {
            let renamed = items.imports.iter().find(|import| import.name.as_deref() == Some(name));
            renamed.and_then(|import| import.path.last()).map_or(name, |last| &**last)
        };
        for of in items.impls.iter().filter(|of| !of.test) {
            if let Some(path) = &of.of {
                impls.trait_names.entry(original(path.last())).or_default().push((id, of));
            }
            if let Some(name) = last_name(&of.for_type) {
                impls.type_names.entry(original(name)).or_default().push((id, of));
            }
        }
    }
    impls
}

fn last_name(ty: &Ty) -> Option<&str> {
    match ty {
        Ty::Ref(inner) => last_name(inner),
        Ty::Path(path) => Some(path.last()),
        _ => None,
    }
}

/// Returns `true` if two types can be the same one.
fn may_be(a: &Resolved, b: &Resolved) -> bool {
    let open = |ty: &Resolved| {
        matches!(ty, Resolved::Unknown | Resolved::Param(..) | Resolved::Traits(_))
            || ty.path().starts_with('?')
    };
    if open(a) || open(b) {
        return true;
    }
    let same = match (a, b) {
        (Resolved::Own(a, _), Resolved::Own(b, _)) => a == b,
        (Resolved::External(a, _), Resolved::External(b, _)) => a == b,
        (Resolved::All(a), Resolved::All(b)) => a.len() == b.len(),
        (Resolved::Fn(_), Resolved::Fn(_)) => true,
        _ => false,
    };
    same && a.args().iter().zip(b.args()).all(|(a, b)| may_be(a, b))
}

fn is_of_trait(program: &Program<'_>, (module, of): Block<'_>, id: Id) -> bool {
    let Some(path) = &of.of else { return false };
    let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
    program.resolve(module, &names, path.global, Space::Type) == Found::Def(Def::Trait(id))
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
    /// Returns impl blocks of a trait, outside of tests and without stand-ins for tests.
    #[must_use]
    pub fn impls_of_trait(&self, id: Id) -> Rc<[(ModuleId, &'a ImplDef)]> {
        if let Some(known) = self.impls.by_trait.borrow().get(&id) {
            return Rc::clone(known);
        }
        let stand_in = |of: &ImplDef| match &of.for_type {
            Ty::Path(path) => {
                ["Mock", "Fake", "Stub"].iter().any(|word| path.last().starts_with(word))
            }
            _ => false,
        };
        let named = self.impls.trait_names.get(&*self.trait_def(id).name);
        let found = named.into_iter().flatten().copied();
        let found: Rc<[Block<'a>]> =
            found.filter(|block| !stand_in(block.1) && is_of_trait(self, *block, id)).collect();
        self.impls.by_trait.borrow_mut().insert(id, Rc::clone(&found));
        found
    }

    /// Returns impl blocks of a trait with these arguments, as far as those are known.
    #[must_use]
    pub fn impls_fitting(&self, of: &TraitRef, id: Id) -> Vec<(ModuleId, &'a ImplDef)> {
        let fits = |(module, block): &Block<'a>| {
            let Some(last) = block.of.as_ref().and_then(|path| path.segments.last()) else {
                return false;
            };
            let scope = self.impl_scope(*module, block, &[], &Scope::new(*module));
            // `impl<S: Store> DynStore<S::Item> for S`: each type has its own item.
            let of_itself = |ty: &Ty| matches!(ty, Ty::Path(path) if path.qself.is_some() || path.segments.len() > 1 && block.generics.params.iter().any(|param| param.name == path.segments[0].name));
            last.args.iter().zip(of.args.iter()).all(|(written, wanted)| {
                of_itself(written) || may_be(&self.resolve_type(written, &scope), wanted)
            })
        };
        self.impls_of_trait(id).iter().copied().filter(fits).collect()
    }

    /// Returns impl blocks of a type, outside of tests.
    #[must_use]
    pub fn impls_of_type(&self, id: Id) -> Rc<[(ModuleId, &'a ImplDef)]> {
        if let Some(known) = self.impls.by_type.borrow().get(&id) {
            return Rc::clone(known);
        }
        let named = self.impls.type_names.get(&*self.type_def(id).name);
        let found = named.into_iter().flatten().copied();
        let found: Rc<[Block<'a>]> = found
            .filter(|(module, of)| own_type(self, *module, &of.for_type) == Some(id))
            .collect();
        self.impls.by_type.borrow_mut().insert(id, Rc::clone(&found));
        found
    }

    /// Returns a method or associated function of a type.
    #[must_use]
    pub fn method(&self, id: Id, name: &str) -> Option<Function<'a>> {
        let find = |(module, of): (ModuleId, &'a ImplDef)| {
            let def = of.fns.iter().find(|def| *def.name == *name)?;
            Some(Function { def, module, owner: Owner::Impl(of) })
        };
        let mut own: Vec<_> = self.impls_of_type(id).to_vec();
        own.sort_by_key(|(_, of)| of.of.is_some());
        own.iter().copied().find_map(find).or_else(|| self.provided(id, &own, name))
    }

    /// Returns a method that one of a type's traits has a body for.
    fn provided(&self, id: Id, impls: &[Block<'a>], name: &str) -> Option<Function<'a>> {
        impls.iter().find_map(|(module, of)| {
            let path = of.of.as_ref()?;
            let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
            let found = self.resolve(*module, &names, path.global, Space::Type);
            let Found::Def(Def::Trait(of)) = found else { return None };
            let method = self.trait_method(of, name)?;
            let owner = Owner::Provided(of, id);
            method.def.body.is_some().then_some(Function { owner, ..method })
        })
    }

    /// Returns a method that a trait declares, or one of those above it.
    #[must_use]
    pub fn trait_method(&self, id: Id, name: &str) -> Option<Function<'a>> {
        self.declared(id, name, SUPERTRAITS)
    }

    fn declared(&self, id: Id, name: &str, deepest: u32) -> Option<Function<'a>> {
        let def = self.trait_def(id);
        if let Some(def) = def.fns.iter().find(|def| *def.name == *name) {
            return Some(Function { def, module: id.module, owner: Owner::Trait(id) });
        }
        let deeper = deepest.checked_sub(1)?;
        def.supertraits.iter().find_map(|path| {
            let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
            match self.resolve(id.module, &names, path.global, Space::Type) {
                Found::Def(Def::Trait(above)) => self.declared(above, name, deeper),
                _ => None,
            }
        })
    }

    /// Returns the scope of an impl block of a type with these arguments.
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
                    && let Some(slot) = Rc::make_mut(&mut scope.params).get_mut(name)
                {
                    *slot = value.clone();
                }
            }
        }
        scope.itself = Some(self.resolve_type(&of.for_type, &scope));
        scope
    }

    /// Returns the type that an impl block is for.
    #[must_use]
    pub fn impl_type(&self, module: ModuleId, of: &ImplDef) -> Resolved {
        self.impl_scope(module, of, &[], &Scope::new(module)).itself.unwrap_or(Resolved::Unknown)
    }
}
