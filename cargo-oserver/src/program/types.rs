//! From types as they are written to resolved ones.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Def, Found, Function, Id, ModuleId, Owner, Program, Resolved, Space, TraitRef};
use crate::syntax::{Generics, Name, Segment, Ty, TyPath};

/// The limit of nested aliases and generic arguments.
pub(super) const DEEPEST: u32 = 40;

/// The scope of a type: the meaning of names, generic parameters and `Self`.
#[derive(Clone, Debug)]
pub struct Scope {
    pub module: ModuleId,
    pub params: Rc<HashMap<Name, Resolved>>,
    pub itself: Option<Resolved>,
    pub(super) depth: u32,
    pub(super) associated: u32,
}

impl Scope {
    #[must_use]
    pub fn new(module: ModuleId) -> Self {
        Self { module, params: Rc::default(), itself: None, depth: 0, associated: 0 }
    }

    fn deeper(&self, module: ModuleId) -> Self {
        Self { depth: self.depth + 1, associated: self.associated, ..Self::new(module) }
    }
}

impl<'a> Program<'a> {
    /// Parameters that stand for themselves, with their bounds.
    pub fn open_params(&self, generics: &Generics, scope: &mut Scope) {
        for param in &generics.params {
            let unbound = Resolved::Param((*param.name).into(), Rc::new([]));
            Rc::make_mut(&mut scope.params).insert(param.name, unbound);
        }
        for param in &generics.params {
            let bounds = self.bounds(&param.bounds, scope);
            let bound = Resolved::Param((*param.name).into(), bounds);
            Rc::make_mut(&mut scope.params).insert(param.name, bound);
        }
    }

    /// Returns the scope of a function's signature and body.
    #[must_use]
    pub fn scope_of(&self, function: &Function<'a>) -> Scope {
        let by = match function.owner {
            Owner::Provided(_, by) => Some(by),
            _ => None,
        };
        let key = (super::functions::block_key(function.def, function.module), by);
        if let Some(known) = self.scopes.borrow().get(&key) {
            return known.clone();
        }
        let scope = self.new_scope(function);
        self.scopes.borrow_mut().insert(key, scope.clone());
        scope
    }

    fn new_scope(&self, function: &Function<'a>) -> Scope {
        let mut scope = Scope::new(self.body_module(function));
        match function.owner {
            Owner::Impl(of) => {
                self.open_params(&of.generics, &mut scope);
                scope.itself = Some(self.resolve_type(&of.for_type, &scope));
            }
            Owner::Trait(id) => {
                let itself = TraitRef {
                    id: Some(id),
                    path: (*self.trait_def(id).name).into(),
                    args: Rc::new([]),
                    assoc: Rc::new([]),
                };
                scope.itself = Some(Resolved::Traits(Rc::new([itself])));
            }
            Owner::Provided(_, by) => scope.itself = Some(Resolved::Own(by, Rc::new([]))),
            Owner::Module => {}
        }
        self.open_params(&function.def.generics, &mut scope);
        scope
    }

    /// Returns a definition's scope with types for its parameters; defaults for those that are missing.
    #[must_use]
    pub fn instance(&self, generics: &Generics, args: &[Resolved], scope: Scope) -> Scope {
        let mut scope = scope;
        self.open_params(generics, &mut scope);
        for (index, param) in generics.params.iter().enumerate() {
            let value = match (args.get(index), &param.default) {
                (Some(value), _) => value.clone(),
                (None, Some(default)) => self.resolve_type(default, &scope),
                (None, None) => continue,
            };
            Rc::make_mut(&mut scope.params).insert(param.name, value);
        }
        scope
    }

    /// Returns the type of a field of a type that was read.
    #[must_use]
    pub fn field_type(&self, id: Id, args: &[Resolved], ty: &Ty) -> Resolved {
        let def = self.type_def(id);
        let mut scope = self.instance(&def.generics, args, Scope::new(id.module));
        scope.itself = Some(Resolved::Own(id, args.into()));
        self.resolve_type(ty, &scope)
    }

    #[must_use]
    pub fn resolve_type(&self, ty: &Ty, scope: &Scope) -> Resolved {
        if scope.depth > DEEPEST {
            return Resolved::Unknown;
        }
        match ty {
            Ty::Path(path) => self.resolve_path(path, scope),
            Ty::Ref(inner) => self.resolve_type(inner, scope),
            Ty::Slice(inner) => Resolved::All(Rc::new([self.resolve_type(inner, scope)])),
            Ty::Tuple(inner) => {
                Resolved::All(inner.iter().map(|ty| self.resolve_type(ty, scope)).collect())
            }
            Ty::Dyn(bounds) | Ty::Impl(bounds) => Resolved::Traits(self.bounds(bounds, scope)),
            Ty::Fn(inputs) => {
                Resolved::Fn(inputs.iter().map(|ty| self.resolve_type(ty, scope)).collect())
            }
            Ty::Unknown => Resolved::Unknown,
        }
    }

    fn resolve_args(&self, segment: &Segment, scope: &Scope) -> Rc<[Resolved]> {
        segment.args.iter().map(|ty| self.resolve_type(ty, scope)).collect()
    }

    fn resolve_path(&self, path: &TyPath, scope: &Scope) -> Resolved {
        let Some(last) = path.segments.last() else { return Resolved::Unknown };
        if let Some(qself) = &path.qself {
            let base = self.resolve_type(qself, scope);
            return self.associated(&base, &last.name, scope);
        }
        if let Some(base) =
            path.segments.first().filter(|_| !path.global).and_then(|first| match &*first.name {
                "Self" => scope.itself.clone(),
                name => scope.params.get(name).cloned(),
            })
        {
            return path.segments[1..]
                .iter()
                .fold(base, |base, segment| self.associated(&base, &segment.name, scope));
        }
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        match self.resolve(scope.module, &names, path.global, Space::Type) {
            Found::Def(Def::Type(id)) => {
                let args = self.resolve_args(last, scope);
                let def = self.type_def(id);
                let inner = self.instance(&def.generics, &args, scope.deeper(id.module));
                let all = def.generics.params.iter().map(|param| inner.params[&param.name].clone());
                Resolved::Own(id, all.collect())
            }
            Found::Def(Def::Variant(id)) => Resolved::Own(id, Rc::new([])),
            Found::Def(Def::Alias(id)) => {
                let args = self.resolve_args(last, scope);
                let def = self.alias_def(id);
                let inner = self.instance(&def.generics, &args, scope.deeper(id.module));
                self.resolve_type(&def.ty, &inner)
            }
            Found::Def(Def::Trait(_)) => {
                Resolved::Traits(self.bounds(std::slice::from_ref(path), scope))
            }
            Found::External(name) => {
                Resolved::External(name.into(), self.resolve_args(last, scope))
            }
            _ => {
                // `Type::Associated`
                if let [first @ .., name] = names.as_slice()
                    && !first.is_empty()
                    && let Found::Def(Def::Type(id)) =
                        self.resolve(scope.module, first, path.global, Space::Type)
                {
                    let args = self.resolve_args(&path.segments[first.len() - 1], scope);
                    return self.associated(&Resolved::Own(id, args), name, scope);
                }
                let name = format!("?{}", names.join("::"));
                Resolved::External(name.into(), self.resolve_args(last, scope))
            }
        }
    }

    /// Traits as bounds name them.
    #[must_use]
    pub fn bounds(&self, bounds: &[TyPath], scope: &Scope) -> Rc<[TraitRef]> {
        bounds.iter().filter_map(|path| self.bound(path, scope)).collect()
    }

    fn bound(&self, path: &TyPath, scope: &Scope) -> Option<TraitRef> {
        if scope.depth > DEEPEST {
            return None;
        }
        let last = path.segments.last()?;
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        let found = self.resolve(scope.module, &names, path.global, Space::Type);
        let (id, name) = match found {
            Found::Def(Def::Trait(id)) => (Some(id), (*self.trait_def(id).name).into()),
            Found::External(name) => (None, name.into()),
            _ => (None, (*last.name).into()),
        };
        let inner = Scope { depth: scope.depth + 1, ..scope.clone() };
        let assoc = last
            .assoc
            .iter()
            .map(|(name, ty)| ((**name).into(), self.resolve_type(ty, &inner)))
            .collect();
        Some(TraitRef { id, path: name, args: self.resolve_args(last, &inner), assoc })
    }
}
