//! What can be added without a person: the attribute on handlers, the derive on their state. What it would
//! change beyond that, or cannot see through, is told instead.

mod edits;
mod safety;

use std::collections::BTreeMap;

use crate::graph::called_by;
use crate::handlers::{Code, Handler};
use crate::program::{Id, Program};
use crate::reach::Reach;
use crate::syntax::Place;

pub use edits::apply;

/// One line to put in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The offset of what it goes before.
    pub at: usize,
    pub text: String,
}

/// Something that was done or must be decided, and where.
#[derive(Clone, Debug)]
pub struct Told {
    pub file: u32,
    pub place: Place,
    pub words: String,
}

/// What to write into which file, and what to say.
#[derive(Debug, Default)]
pub struct Plan {
    pub edits: BTreeMap<u32, Vec<Edit>>,
    pub done: Vec<Told>,
    pub left: Vec<Told>,
}

/// Decides about each handler, then about the types that those which are annotated need.
#[must_use]
pub fn plan<'a>(program: &Program<'a>, reach: &Reach<'_, 'a>, handlers: &[Handler<'a>]) -> Plan {
    let mut plan = Plan::default();
    let mut derived: Vec<Id> = Vec::new();
    let called = called_by(program);
    for handler in handlers {
        if handler.guard().is_some() || !program.sources.files[handler.file as usize].asked {
            continue;
        }
        match safety::judge(program, reach, handler, &called) {
            Ok(types) => {
                let Code::Function(function) = &handler.code else { continue };
                plan.annotate(handler, function.def.item_at);
                derived.extend(types);
            }
            Err(Some(why)) => plan.left.push(Told {
                file: handler.file,
                place: handler.place,
                words: format!("`{}` stays as it is: {why}", handler.name),
            }),
            // Of a framework that the attribute is not for.
            Err(None) => {}
        }
    }
    derived.sort_unstable();
    derived.dedup();
    for id in derived {
        plan.derive(program, id);
    }
    plan
}

impl Plan {
    fn annotate(&mut self, handler: &Handler<'_>, at: usize) {
        let text = "#[oserver::handler]".to_owned();
        if self.add(handler.file, Edit { at, text }) {
            let words = format!("`{}`: `#[oserver::handler]`", handler.name);
            self.done.push(Told { file: handler.file, place: handler.place, words });
        }
    }

    fn derive(&mut self, program: &Program<'_>, id: Id) {
        let def = program.type_def(id);
        let (file, place) = program.at(id.module, def.place);
        let text = "#[derive(oserver::HandlerState)]".to_owned();
        if self.add(file, Edit { at: def.item_at, text }) {
            let words = format!("`{}`: `#[derive(oserver::HandlerState)]`", def.name);
            self.done.push(Told { file, place, words });
        }
    }

    /// Once, also where a file is a module of two crates.
    fn add(&mut self, file: u32, edit: Edit) -> bool {
        let edits = self.edits.entry(file).or_default();
        let new = !edits.contains(&edit);
        if new {
            edits.push(edit);
        }
        new
    }
}
