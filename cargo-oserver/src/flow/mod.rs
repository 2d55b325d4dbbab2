//! Facts about bodies: their calls, the statics and locks they touch, what they take out of a request, and which
//! calls block. One body at a time; [`Trace`] follows the calls.

mod calls;
mod extractors;
mod facts;
mod given;
mod origin;
mod request_inserts;
mod request_state;
mod touched_fields;
mod trace;
mod visit;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

pub use calls::{function_item, functions_of, methods_of};
pub use extractors::{extractors_of, within};
pub use facts::{Acquire, Blocking, Call, Facts, StaticUse};
pub use origin::{Origin, Origins};
pub use request_state::Get;
pub use trace::{Trace, TraceStep};
pub use visit::{Visit, arguments, captured, parameters, used, visit, walk};

use crate::infer::{Infer, Locals};
use crate::program::{Function, Program, Resolved};
use crate::reach::{Lock, Reach};
use crate::syntax::{Closure, Expr, Place};

/// Code that runs: a function, or a part of a function with the variables in scope there.
#[derive(Clone, Debug)]
pub enum Code<'a> {
    Function(Function<'a>),
    /// With the function around it and the names that are bound there.
    Closure(&'a Closure, Function<'a>, Locals<'a>),
    /// An `async` block or the body of a loop, in the same way.
    Block(&'a Expr, Place, Function<'a>, Locals<'a>),
}

impl<'a> Code<'a> {
    /// Returns the function itself, or the one around it.
    #[must_use]
    pub fn function(&self) -> &Function<'a> {
        let (Self::Function(function)
        | Self::Closure(_, function, _)
        | Self::Block(_, _, function, _)) = self;
        function
    }

    /// Goes through it.
    pub fn visit(&self, program: &Program<'a>, visitor: &mut dyn Visit<'a>) {
        match self {
            Self::Function(function) => visit(program, function, visitor),
            Self::Closure(closure, function, locals) => {
                let infer = Infer::new(program, program.scope_of(function));
                let mut locals = locals.clone();
                arguments(closure, &infer, &mut locals);
                walk(&closure.body, &infer, &mut locals, visitor);
            }
            Self::Block(body, _, function, locals) => {
                let infer = Infer::new(program, program.scope_of(function));
                walk(body, &infer, &mut locals.clone(), visitor);
            }
        }
    }

    /// Returns `true` if it runs on a thread of the runtime.
    #[must_use]
    pub fn is_async(&self) -> bool {
        match self {
            Self::Function(function) => {
                function.def.is_async
                    || function
                        .def
                        .output
                        .as_ref()
                        .is_some_and(|ty| ty.to_string().contains("Future"))
            }
            Self::Closure(closure, _, _) => closure.is_async || ends_async(&closure.body),
            Self::Block(body, _, _, _) => matches!(body, Expr::Async(..)),
        }
    }
}

/// Returns `true` for `{ let x = x.clone(); async move { … } }`
fn ends_async(body: &Expr) -> bool {
    match body.bare() {
        Expr::Async(..) => true,
        Expr::Block(block) if block.tail => block.stmts.last().is_some_and(ends_async),
        Expr::Call(callee, args, _) => {
            matches!(&**callee, Expr::Path(path, _) if path.plain() == "Box::pin")
                && args.first().is_some_and(ends_async)
        }
        _ => false,
    }
}

/// The locks that an extractor takes, and whether what it makes is new for each request.
pub type Extractor = (Rc<[Lock]>, bool);

/// Facts of bodies, each looked at once.
pub struct Flow<'f, 'p, 'a> {
    pub reach: &'f Reach<'p, 'a>,
    unique: HashMap<&'a str, u32>,
    inserted: HashMap<Resolved, Origin>,
    cache: RefCell<HashMap<u32, Rc<Facts>>>,
    extractors: RefCell<HashMap<u32, Extractor>>,
}

impl<'f, 'p, 'a> Flow<'f, 'p, 'a> {
    #[must_use]
    pub fn new(reach: &'f Reach<'p, 'a>) -> Self {
        let unique = calls::unique_methods(reach.program());
        Self {
            reach,
            unique,
            inserted: request_inserts::types(reach),
            cache: RefCell::default(),
            extractors: RefCell::default(),
        }
    }

    /// Returns what `look` finds out about an extractor, which is looked at once.
    pub fn extractor(
        &self,
        function: &Function<'a>,
        look: impl FnOnce() -> Extractor,
    ) -> Extractor {
        let Some(index) = self.program().index_of(function) else { return look() };
        if let Some(known) = self.extractors.borrow().get(&index) {
            return known.clone();
        }
        let found = look();
        self.extractors.borrow_mut().insert(index, found.clone());
        found
    }

    /// Returns `true` if a type that comes out of a request is only ever made for one.
    #[must_use]
    pub fn per_request(&self, ty: &Resolved) -> bool {
        let whole = within(ty);
        self.inserted.get(whole) == Some(&Origin::Fresh)
            && !self.inserted.iter().any(|(other, origin)| {
                *origin != Origin::Fresh && request_inserts::may_be_same(other, whole)
            })
    }

    #[must_use]
    pub fn program(&self) -> &'p Program<'a> {
        self.reach.program()
    }

    /// Returns the facts about a function of the program.
    #[must_use]
    pub fn facts(&self, index: u32) -> Rc<Facts> {
        if let Some(known) = self.cache.borrow().get(&index) {
            return Rc::clone(known);
        }
        let function = self.program().functions[index as usize];
        let facts = Rc::new(self.facts_of(&Code::Function(function)));
        self.cache.borrow_mut().insert(index, Rc::clone(&facts));
        facts
    }

    #[must_use]
    pub fn facts_of(&self, code: &Code<'a>) -> Facts {
        facts::collect(self, code)
    }
}
