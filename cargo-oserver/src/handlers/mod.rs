//! Functions, closures and methods that answer requests, and the state that reaches them.

mod captures;
mod delegates;
mod extensions;
mod frameworks;
mod parameters;
mod registered;
mod registration;
mod services;
mod signatures;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::infer::Locals;
use crate::program::{Function, Program, Resolved};
use crate::reach::{Lock, Reach};
use crate::syntax::{Closure, Place};

pub use captures::{Visit, visit};
pub use frameworks::Framework;

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
    pub unknown: bool,
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

/// What a handler consists of.
#[derive(Clone, Debug)]
pub enum Code<'a> {
    Function(Function<'a>),
    /// With the function around it and the names that are bound there.
    Closure(&'a Closure, Function<'a>, Locals<'a>),
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
    pub states: Vec<State>,
}

impl Handler<'_> {
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.states.iter().any(|state| !state.locks.is_empty()) {
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

/// Handlers by where they stand: the same one may be found in several ways.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    by_place: BTreeMap<(u32, Place), Handler<'a>>,
}

impl<'a> Found<'a> {
    /// Adds it, or what is new about it to what is known.
    fn add(&mut self, handler: Handler<'a>) {
        let key = (handler.file, handler.place);
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
    let mut found = Found::default();
    signatures::find(program, &mut found);
    services::find(program, &mut found);
    registered::find(program, &mut found);
    delegates::find(program, &mut found);
    let mut handlers: Vec<Handler<'a>> = found.by_place.into_values().collect();
    for handler in &mut handlers {
        handler.states = parameters::states(handler, reach);
    }
    handlers
}
