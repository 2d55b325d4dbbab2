//! One handler, with the state that reaches it.

use std::rc::Rc;

use super::forwarding::forwards;
use super::{Code, Framework, StaticLock};
use crate::flow::Trace;
use crate::program::{Program, Resolved};
use crate::reach::{Lock, Read, Unresolved};
use crate::syntax::{Name, Place};

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

/// How state reaches a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Its index, without `self`.
    Parameter(usize),
    Itself,
    Capture(Name),
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
    /// The unknown types in it, as far as they have a name.
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
    /// It makes responses of the errors of a layer, and gets no request.
    pub errors: bool,
    /// Another handler calls it with the request, and no server or router has it itself.
    pub delegate: bool,
    /// The types that routers give for its parameters, `handler::<Disk>`.
    pub instances: Vec<Vec<Resolved>>,
    /// Whether a router leaves its type parameters to be inferred.
    pub open: bool,
    /// Types of a closure's parameters that are not written there, by their index.
    pub inferred: Vec<(usize, Resolved)>,
    pub states: Vec<State>,
    /// Statics that its code reaches and that lead to a lock.
    pub statics: Vec<StaticLock>,
    /// The trace of the code that runs for it.
    pub trace: Rc<Trace>,
}

impl<'a> Handler<'a> {
    /// A handler of which nothing but its code is known yet.
    pub(super) fn new(program: &Program<'a>, name: String, place: Place, code: Code<'a>) -> Self {
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
            errors: false,
            delegate: false,
            instances: Vec::new(),
            open: false,
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

    /// Returns the arguments of `#[oserver::handler]`, if it has it.
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

    /// Returns `true` if it only passes its request to another service: then the handlers of that service need guards.
    #[must_use]
    pub fn forwards(&self) -> bool {
        forwards(&self.code)
    }

    /// Returns the deadline that its attribute sets, as it is written.
    #[must_use]
    pub fn timeout(&self) -> Option<String> {
        let (_, rest) = self.guard()?.split_once("timeout")?;
        let mut parts = rest.trim_start().strip_prefix('=')?.split('"');
        parts.nth(1).map(ToOwned::to_owned)
    }
}
