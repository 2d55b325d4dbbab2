//! Functions, closures and methods that answer requests, and the state that reaches them.

mod connections;
mod delegates;
mod extractors;
mod filters;
mod frameworks;
mod graphql;
mod parameters;
mod registered;
mod registration;
mod rpc;
mod services;
mod signatures;
mod statics;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::flow::{Flow, Trace};
use crate::program::{Id, Owner, Program, Resolved};
use crate::reach::{Lock, Reach, Read, Unresolved};
use crate::syntax::Place;

pub use crate::flow::Code;
pub use connections::AcceptLoop;
pub use frameworks::Framework;
pub use statics::{StaticLock, shared};

/// How a handler is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Function,
    Closure,
    Method,
    Middleware,
    Service,
}

impl Role {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Closure => "closure",
            Self::Method => "method",
            Self::Middleware => "middleware",
            Self::Service => "service",
        }
    }
}

/// The way on which state comes to a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Its index, without `self`.
    Parameter(usize),
    Itself,
    Capture(Box<str>),
    /// `req.extensions().get::<T>()` and the like.
    Extensions(Place),
}

/// One value that outlives the request.
#[derive(Clone, Debug)]
pub struct State {
    pub way: Way,
    /// As it is written.
    pub text: String,
    pub ty: Resolved,
    pub locks: Rc<[Lock]>,
    /// Semaphores in it.
    pub gates: Rc<[Lock]>,
    pub unknown: bool,
    /// What nobody vouches for, as far as it has a name.
    pub unresolved: Rc<[Unresolved]>,
    /// Types of other crates in it whose sources answered.
    pub read: Rc<[Read]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    Forbidden,
    Unknown,
}

impl Verdict {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Forbidden => "forbidden",
            Self::Unknown => "unknown",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Handler<'a> {
    pub name: String,
    /// Into the files of the sources.
    pub file: u32,
    pub place: Place,
    pub framework: Framework,
    pub role: Role,
    pub routes: Vec<String>,
    pub code: Code<'a>,
    /// Values that no other request has, although their types could be shared.
    pub own: Vec<Way>,
    /// Types of a closure's parameters that are not written there, by their index.
    pub inferred: Vec<(usize, Resolved)>,
    pub states: Vec<State>,
    /// Statics that its code reaches and that lead to a lock.
    pub statics: Vec<StaticLock>,
    /// What runs for it.
    pub trace: Rc<Trace>,
}

impl<'a> Handler<'a> {
    /// A handler of which nothing but its code is known yet.
    fn new(program: &Program<'a>, name: String, place: Place, code: Code<'a>) -> Self {
        let file = program.module(code.function().module).file;
        let framework = Framework::of_module(program, code.function().module);
        Self {
            name,
            file,
            place,
            framework,
            role: Role::Function,
            routes: Vec::new(),
            code,
            own: Vec::new(),
            inferred: Vec::new(),
            states: Vec::new(),
            statics: Vec::new(),
            trace: Rc::default(),
        }
    }
}

impl Handler<'_> {
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.states.iter().any(|state| !state.locks.is_empty()) || !self.statics.is_empty() {
            Verdict::Forbidden
        } else if self.states.iter().any(|state| state.unknown) {
            Verdict::Unknown
        } else {
            Verdict::Clean
        }
    }

    /// The arguments of `#[oserver::handler]`, if it has it.
    #[must_use]
    pub fn guard(&self) -> Option<&str> {
        let Code::Function(function) = &self.code else { return None };
        let others = &function.def.attributes.others;
        let found = others.iter().find(|(path, _)| {
            let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
            matches!(names.as_slice(), ["oserver", "handler"])
                || (names == ["handler"] && self.framework == Framework::Oserver)
        });
        found.map(|(_, arguments)| &**arguments)
    }

    /// The deadline that its attribute sets, as it is written.
    #[must_use]
    pub fn timeout(&self) -> Option<String> {
        let (_, rest) = self.guard()?.split_once("timeout")?;
        let mut parts = rest.trim_start().strip_prefix('=')?.split('"');
        parts.nth(1).map(ToOwned::to_owned)
    }
}

/// A route or a server whose handlers could not be found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotRead {
    pub file: u32,
    pub place: Place,
    pub what: String,
}

/// Handlers by where they stand: the same one may be found in several ways.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    by_place: BTreeMap<(u32, Place, Option<Id>), Handler<'a>>,
    not_read: Vec<NotRead>,
}

impl<'a> Found<'a> {
    /// Adds it, or what is new about it to what is known.
    fn add(&mut self, handler: Handler<'a>) {
        let provided = match handler.code.function().owner {
            Owner::Provided(_, by) => Some(by),
            _ => None,
        };
        let key = (handler.file, handler.place, provided);
        match self.by_place.get_mut(&key) {
            Some(known) => {
                for route in handler.routes {
                    if !known.routes.contains(&route) {
                        known.routes.push(route);
                    }
                }
                if handler.role > known.role && known.role != Role::Closure {
                    known.role = handler.role;
                }
                if known.framework == Framework::Unknown {
                    known.framework = handler.framework;
                }
                for (index, ty) in handler.inferred {
                    if !known.inferred.iter().any(|(other, _)| *other == index) {
                        known.inferred.push((index, ty));
                    }
                }
                // Its own only where every registration says so.
                known.own.retain(|way| handler.own.contains(way));
            }
            None => {
                self.by_place.insert(key, handler);
            }
        }
    }
}

/// All handlers outside of tests, by file and line.
#[must_use]
pub fn find<'a>(program: &Program<'a>, reach: &Reach<'_, 'a>) -> Vec<Handler<'a>> {
    read(&Flow::new(reach), program).handlers
}

/// What there is of servers.
#[derive(Debug, Default)]
pub struct Servers<'a> {
    pub handlers: Vec<Handler<'a>>,
    /// What registers handlers that could not be followed.
    pub not_read: Vec<NotRead>,
    /// Accept loops, by their functions.
    pub loops: BTreeMap<u32, Vec<AcceptLoop>>,
}

/// All handlers and accept loops, and what could not be followed.
#[must_use]
pub fn read<'a>(flow: &Flow<'_, '_, 'a>, program: &Program<'a>) -> Servers<'a> {
    let mut found = Found::default();
    signatures::find(program, &mut found);
    services::find(program, &mut found);
    rpc::find(program, &mut found);
    graphql::find(program, &mut found);
    registered::find(program, &mut found);
    let loops = connections::find(flow, &mut found);
    delegates::find(program, &mut found);
    let Found { by_place, not_read } = found;
    let mut handlers: Vec<Handler<'a>> = by_place.into_values().collect();
    for handler in &mut handlers {
        handler.trace = Rc::new(Trace::of(flow, &handler.code));
        handler.states = parameters::states(handler, flow);
        handler.statics = statics::find(handler, flow);
    }
    Servers { handlers, not_read, loops }
}
