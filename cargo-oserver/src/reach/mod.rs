//! Which locks can be reached from a value of a type: through fields, variants, containers, aliases,
//! generic arguments and what implements a trait.

mod reached;
mod replies;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use crate::known::{self, Kind};
use crate::program::{Id, ModuleId, Program, Resolved, TraitRef};
use crate::syntax::{INPUT, Place};

pub use self::reached::{Answer, Foreign, Lock, Reached, Read, Step, Unresolved};

/// At most this many locks of one type are reported.
const MANY: usize = 200;
/// The limit of types that one type is followed into.
const TYPES: usize = 4_000;
/// The limit of nested types.
const DEEPEST: usize = 60;

/// Follows types, and keeps the results.
pub struct Reach<'p, 'a> {
    program: &'p Program<'a>,
    foreign: Option<&'p dyn Foreign>,
    cache: RefCell<HashMap<Resolved, Rc<Reached>>>,
}

/// The path to a type, its last step first.
type Way = Option<Rc<Link>>;

struct Link {
    step: Step,
    before: Way,
    length: usize,
}

fn chain(way: &Way) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = way;
    while let Some(link) = at {
        steps.push(link.step.clone());
        at = &link.before;
    }
    steps.reverse();
    steps
}

/// Types in the order of their distance, so that the first way to a lock is the nearest.
struct Walk {
    open: VecDeque<(Resolved, Way)>,
    seen: HashSet<Resolved>,
    traits: HashSet<TraitRef>,
    reached: Reached,
}

impl<'p, 'a> Reach<'p, 'a> {
    #[must_use]
    pub fn new(program: &'p Program<'a>) -> Self {
        Self { program, foreign: None, cache: RefCell::default() }
    }

    /// Asks `foreign` for each type of another crate that the table does not have.
    #[must_use]
    pub fn with(program: &'p Program<'a>, foreign: &'p dyn Foreign) -> Self {
        Self { foreign: Some(foreign), ..Self::new(program) }
    }

    /// Returns the locks that `ty` leads to, those over the shortest way first.
    #[must_use]
    pub fn locks(&self, ty: &Resolved) -> Rc<Reached> {
        if let Some(known) = self.cache.borrow().get(ty) {
            return Rc::clone(known);
        }
        let mut walk = Walk {
            open: VecDeque::from([(ty.clone(), None)]),
            seen: HashSet::new(),
            traits: HashSet::new(),
            reached: Reached::default(),
        };
        while let Some((ty, way)) = walk.open.pop_front() {
            if walk.reached.locks.len() >= MANY || walk.seen.len() >= TYPES {
                break;
            }
            if way.as_ref().is_none_or(|link| link.length < DEEPEST) {
                self.visit(&ty, &way, &mut walk);
            }
        }
        let reached = Rc::new(walk.reached);
        self.cache.borrow_mut().insert(ty.clone(), Rc::clone(&reached));
        reached
    }

    /// Returns the lock that a value brings to other code without giving it out: in a reply, or as the argument of a closure
    /// or function in it.
    #[must_use]
    pub fn passed_on(&self, ty: &Resolved) -> Option<Rc<str>> {
        replies::lock_of(self.program, std::slice::from_ref(ty))
    }

    fn visit(&self, ty: &Resolved, way: &Way, walk: &mut Walk) {
        match ty {
            Resolved::External(path, args) => self.external(path, args, way, walk),
            // A framework's own type, in its checkout, is as closed as that of any other crate.
            Resolved::Own(id, args) if self.program.of_framework(id.module) => {
                args.iter().for_each(|arg| self.visit(arg, way, walk));
            }
            Resolved::Own(id, args) => {
                if walk.seen.insert(ty.clone()) {
                    self.fields(*id, args, way, walk);
                }
            }
            Resolved::Traits(traits) | Resolved::Param(_, traits) => {
                for of in traits.iter() {
                    // The captures of a closure cannot be seen.
                    if matches!(of.path.rsplit("::").next(), Some("Fn" | "FnMut" | "FnOnce")) {
                        walk.reached.unresolved(&of.path, None);
                    }
                    self.implementors(of, way, walk);
                }
            }
            Resolved::All(parts) => parts.iter().for_each(|part| self.visit(part, way, walk)),
            Resolved::Fn(_) => {}
            Resolved::Unknown => walk.reached.unknown = true,
        }
    }

    fn external(&self, path: &Rc<str>, args: &[Resolved], way: &Way, walk: &mut Walk) {
        let found = || Lock { name: Rc::clone(path), chain: chain(way), source: None };
        match known::kind(path) {
            Kind::Lock => walk.reached.locks.push(found()),
            // A sender gives nothing out, but a message may bring a sender for the reply, which does.
            Kind::Closed if path.ends_with("Sender") => {
                if let Some(name) = replies::lock_of(self.program, args) {
                    walk.reached.locks.push(Lock { name, ..found() });
                }
            }
            Kind::Closed => {}
            Kind::Semaphore => walk.reached.gates.push(found()),
            kind @ (Kind::Open | Kind::Unvouched) => {
                let nameless =
                    path.strip_prefix('?').is_some_and(|name| !self.program.is_owner_handle(name));
                if nameless {
                    walk.reached.unresolved(path, None);
                } else if kind == Kind::Unvouched {
                    self.foreign(path, way, walk);
                }
                args.iter().for_each(|arg| self.visit(arg, way, walk));
            }
        }
    }

    /// Follows a type that the table does not have, in the sources of its crate.
    fn foreign(&self, path: &Rc<str>, way: &Way, walk: &mut Walk) {
        let Some(foreign) = self.foreign else { return walk.reached.unresolved(path, None) };
        let answer = foreign.ask(path);
        match &answer {
            Answer::Clean(_) => {}
            Answer::Lock(words) => walk.reached.locks.push(Lock {
                name: Rc::clone(path),
                chain: chain(way),
                source: Some(Rc::clone(words)),
            }),
            Answer::Unknown(words) => walk.reached.unresolved(path, Some(Rc::clone(words))),
        }
        if !walk.reached.read.iter().any(|read| read.path == *path) {
            walk.reached.read.push(Read { path: Rc::clone(path), answer });
        }
    }

    fn fields(&self, id: Id, args: &[Resolved], way: &Way, walk: &mut Walk) {
        let program = self.program;
        let def = program.type_def(id);
        if &*def.name == "Trusted" && program.package_name(id.module).starts_with("oserver") {
            return;
        }
        for field in def.fields.iter().filter(|field| field.trusted.is_none()) {
            let ty = program.field_type(id, args, &field.ty);
            let (file, place) = program.at(id.module, field.place);
            let what = format!("{}.{}: {}", def.name, field.name, field.ty);
            walk.later(ty, Step { file, place, what }, way);
        }
    }

    /// Visits every type that implements the trait: it can be behind `dyn Trait`, or put in for a parameter.
    fn implementors(&self, of: &TraitRef, way: &Way, walk: &mut Walk) {
        let given_out = of.assoc.iter().filter(|(name, _)| **name != *INPUT);
        given_out.for_each(|(_, ty)| self.visit(ty, way, walk));
        let Some(id) = of.id.filter(|id| !self.program.of_framework(id.module)) else { return };
        if !walk.traits.insert(of.clone()) {
            return;
        }
        let program = self.program;
        let name = &program.trait_def(id).name;
        for (module, of) in program.impls_fitting(of, id) {
            let ty = program.impl_type(module, of);
            let (file, place) = program.at(module, of.place);
            let what = format!("impl {name} for {}", of.for_type);
            let step = Step { file, place, what };
            match ty {
                // `impl<S: Store> DynStore for S`: the types are those of the bound.
                Resolved::Param(_, bounds) => {
                    let bounds = bounds.iter().filter(|bound| self.impls_of(bound).is_some());
                    let rarest = bounds.min_by_key(|bound| self.impls_of(bound));
                    if let Some(bound) = rarest {
                        walk.later(Resolved::Traits([bound.clone()].into()), step, way);
                    }
                }
                ty => walk.later(ty, step, way),
            }
        }
    }

    /// Returns the number of impl blocks of a trait of the sources.
    fn impls_of(&self, bound: &TraitRef) -> Option<usize> {
        let id = bound.id.filter(|id| !self.program.of_framework(id.module))?;
        Some(self.program.impls_of_trait(id).len())
    }

    /// Returns `true` for a parameter that carries only data of the request, and nothing of the server.
    #[must_use]
    pub fn is_request_data(ty: &Resolved) -> bool {
        known::is_request_data(ty.path())
    }

    /// Returns `true` for an extractor that hands out state.
    #[must_use]
    pub fn is_state_extractor(ty: &Resolved) -> bool {
        known::is_state_extractor(ty.path())
    }

    #[must_use]
    pub fn program(&self) -> &'p Program<'a> {
        self.program
    }

    /// Returns file and place of a definition.
    #[must_use]
    pub fn at(&self, module: ModuleId, place: Place) -> (u32, Place) {
        self.program.at(module, place)
    }
}

impl Walk {
    fn later(&mut self, ty: Resolved, step: Step, way: &Way) {
        let length = way.as_ref().map_or(1, |link| link.length + 1);
        self.open.push_back((ty, Some(Rc::new(Link { step, before: way.clone(), length }))));
    }
}
