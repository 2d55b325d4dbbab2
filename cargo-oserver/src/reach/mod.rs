//! Which locks can be reached from a value of a type: through fields, variants, containers, aliases,
//! generic arguments and what implements a trait.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::known::{self, Kind};
use crate::program::{Id, ModuleId, Program, Resolved, TraitRef};
use crate::syntax::Place;

/// At most this many locks of one type are told.
const MANY: usize = 12;
/// Types within each other.
const DEEPEST: usize = 60;

/// One step from a type towards a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Into the files of the sources.
    pub file: u32,
    pub place: Place,
    /// `AppState.users: Arc<Mutex<Vec<User>>>`
    pub what: String,
}

/// A lock that can be reached, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// `std::sync::Mutex`
    pub name: Rc<str>,
    pub chain: Vec<Step>,
}

/// What can be reached from a type.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    pub locks: Vec<Lock>,
    /// Some part of it could not be resolved.
    pub unknown: bool,
}

/// Follows types, and remembers what it found.
pub struct Reach<'p, 'a> {
    program: &'p Program<'a>,
    cache: RefCell<HashMap<Resolved, Rc<Reached>>>,
}

struct Walk<'r> {
    chain: Vec<Step>,
    seen: HashSet<Resolved>,
    traits: HashSet<Id>,
    reached: &'r mut Reached,
}

impl<'p, 'a> Reach<'p, 'a> {
    #[must_use]
    pub fn new(program: &'p Program<'a>) -> Self {
        Self { program, cache: RefCell::default() }
    }

    /// The locks that `ty` leads to, those over the shortest way first.
    #[must_use]
    pub fn locks(&self, ty: &Resolved) -> Rc<Reached> {
        if let Some(known) = self.cache.borrow().get(ty) {
            return Rc::clone(known);
        }
        let mut reached = Reached::default();
        let mut walk = Walk {
            chain: Vec::new(),
            seen: HashSet::new(),
            traits: HashSet::new(),
            reached: &mut reached,
        };
        self.visit(ty, &mut walk);
        reached.locks.sort_by_key(|lock| lock.chain.len());
        let reached = Rc::new(reached);
        self.cache.borrow_mut().insert(ty.clone(), Rc::clone(&reached));
        reached
    }

    fn visit(&self, ty: &Resolved, walk: &mut Walk<'_>) {
        if walk.reached.locks.len() >= MANY || walk.chain.len() >= DEEPEST {
            return;
        }
        match ty {
            Resolved::External(path, args) => self.external(path, args, walk),
            Resolved::Own(id, args) => {
                if walk.seen.insert(ty.clone()) {
                    self.fields(*id, args, walk);
                }
            }
            Resolved::Traits(traits) | Resolved::Param(_, traits) => {
                traits.iter().for_each(|of| self.implementors(of, walk));
            }
            Resolved::All(parts) => parts.iter().for_each(|part| self.visit(part, walk)),
            Resolved::Fn => {}
            Resolved::Unknown => walk.reached.unknown = true,
        }
    }

    fn external(&self, path: &Rc<str>, args: &[Resolved], walk: &mut Walk<'_>) {
        match known::kind(path) {
            Kind::Lock => {
                walk.reached.locks.push(Lock { name: Rc::clone(path), chain: walk.chain.clone() });
            }
            Kind::Closed => {}
            Kind::Open => {
                walk.reached.unknown |=
                    path.strip_prefix('?').is_some_and(|name| !self.program.is_owner_handle(name));
                args.iter().for_each(|arg| self.visit(arg, walk));
            }
        }
    }

    fn fields(&self, id: Id, args: &[Resolved], walk: &mut Walk<'_>) {
        let program = self.program;
        let def = program.type_def(id);
        if &*def.name == "Trusted" && program.package_name(id.module).starts_with("oserver") {
            return;
        }
        for field in def.fields.iter().filter(|field| field.trusted.is_none()) {
            let ty = program.field_type(id, args, &field.ty);
            let (file, place) = program.at(id.module, field.place);
            let what = format!("{}.{}: {}", def.name, field.name, field.ty);
            walk.chain.push(Step { file, place, what });
            self.visit(&ty, walk);
            walk.chain.pop();
        }
    }

    /// What is behind `dyn Trait`, or put in for a parameter: any type that implements the trait.
    fn implementors(&self, of: &TraitRef, walk: &mut Walk<'_>) {
        of.assoc.iter().for_each(|(_, ty)| self.visit(ty, walk));
        let Some(id) = of.id else { return };
        if !walk.traits.insert(id) {
            return;
        }
        let program = self.program;
        let name = &program.trait_def(id).name;
        for &(module, of) in program.impls_of_trait(id).iter() {
            let ty = program.impl_type(module, of);
            if matches!(ty, Resolved::Param(..)) {
                continue;
            }
            let (file, place) = program.at(module, of.place);
            let what = format!("impl {name} for {}", of.for_type);
            walk.chain.push(Step { file, place, what });
            self.visit(&ty, walk);
            walk.chain.pop();
        }
    }

    /// A parameter that carries nothing of the server, but what came with the request.
    #[must_use]
    pub fn is_request_data(ty: &Resolved) -> bool {
        known::is_request_data(ty.path())
    }

    /// An extractor that hands out state.
    #[must_use]
    pub fn is_state_extractor(ty: &Resolved) -> bool {
        known::is_state_extractor(ty.path())
    }

    #[must_use]
    pub fn program(&self) -> &'p Program<'a> {
        self.program
    }

    /// File and place of a definition.
    #[must_use]
    pub fn at(&self, module: ModuleId, place: Place) -> (u32, Place) {
        self.program.at(module, place)
    }
}
