//! Functions, closures and methods that answer requests, and the state that reaches them.

mod accept_loops;
mod attributes;
mod connections;
mod delegates;
mod extractors;
mod filters;
mod forwarding;
mod frameworks;
mod handler;
mod objects;
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
use crate::program::{Id, Owner, Program};
use crate::reach::Reach;
use crate::syntax::Place;

pub use crate::flow::Code;
pub use accept_loops::AcceptLoop;
pub use frameworks::Framework;
pub use handler::{Handler, Role, State, Verdict, Way};
pub use statics::{StaticLock, named, shared};

/// A route or a server whose handlers could not be found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotRead {
    pub file: u32,
    pub place: Place,
    pub what: String,
}

/// Handlers by their places: the same handler can be found in several ways.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    by_place: BTreeMap<(u32, Place, Option<Id>), Handler<'a>>,
    not_read: Vec<NotRead>,
}

impl<'a> Found<'a> {
    /// Adds it, or merges new facts about it.
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
                known.errors &= handler.errors;
                known.open |= handler.open;
                for types in handler.instances {
                    if !known.instances.contains(&types) {
                        known.instances.push(types);
                    }
                }
                // A value is private to a request only if every registration makes it so.
                known.own.retain(|way| handler.own.contains(way));
            }
            None => {
                self.by_place.insert(key, handler);
            }
        }
    }
}

/// Returns all handlers outside of tests, by file and line.
#[must_use]
pub fn find<'a>(program: &Program<'a>, reach: &Reach<'_, 'a>) -> Vec<Handler<'a>> {
    read(&Flow::new(reach), program).handlers
}

/// The handlers and accept loops of servers.
#[derive(Debug, Default)]
pub struct Servers<'a> {
    pub handlers: Vec<Handler<'a>>,
    /// Routes and servers whose handlers could not be found.
    pub not_read: Vec<NotRead>,
    /// Accept loops, by their functions.
    pub loops: BTreeMap<u32, Vec<AcceptLoop>>,
}

/// Returns all handlers and accept loops, and what could not be followed.
#[must_use]
pub fn read<'a>(flow: &Flow<'_, '_, 'a>, program: &Program<'a>) -> Servers<'a> {
    let mut found = Found::default();
    signatures::find(program, &mut found);
    services::find(program, &mut found);
    rpc::find(program, &mut found);
    objects::find(program, &mut found);
    registered::find(program, &mut found);
    attributes::find(program, &mut found);
    let loops = accept_loops::find(flow, &mut found);
    for handler in found.by_place.values_mut() {
        let own = connections::own(flow, handler);
        handler.own.extend(own);
    }
    delegates::find(program, &mut found);
    let Found { by_place, not_read } = found;
    let mut handlers: Vec<Handler<'a>> = by_place.into_values().collect();
    for handler in &mut handlers {
        handler.trace = Rc::new(Trace::of(flow, &handler.code));
        handler.states = parameters::states(handler, flow);
        handler.statics = statics::find(handler, flow);
    }
    // A function that turns errors into responses can carry no guard: only its locks matter.
    handlers.retain(|handler| !handler.errors || handler.verdict() != Verdict::Clean);
    Servers { handlers, not_read, loops }
}
