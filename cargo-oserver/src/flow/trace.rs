//! The code that runs for a handler: its own body, and the functions that it calls.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use super::{Code, Facts, Flow};

/// The limit of nested calls from a handler.
const DEEPEST: u32 = 12;
/// The limit of functions that one handler is followed into.
const MANY: usize = 3_000;

/// A body that runs for a handler.
#[derive(Clone, Debug)]
pub struct TraceStep {
    /// Into the functions of the program; `None` for the handler's own code.
    pub function: Option<u32>,
    /// The step that calls it.
    pub from: usize,
    pub depth: u32,
    /// `true` if types prove each call on the path.
    pub sure: bool,
    /// Where blocking is allowed.
    pub offloaded: bool,
    pub facts: Rc<Facts>,
}

/// Bodies in the order of their distance; the first is the handler's own.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub steps: Vec<TraceStep>,
}

impl Trace {
    #[must_use]
    pub fn of<'a>(flow: &Flow<'_, '_, 'a>, code: &Code<'a>) -> Self {
        let own = match code {
            Code::Function(function) => flow.program().index_of(function),
            _ => None,
        };
        let facts = own.map_or_else(|| Rc::new(flow.facts_of(code)), |index| flow.facts(index));
        let first =
            TraceStep { function: None, from: 0, depth: 0, sure: true, offloaded: false, facts };
        let mut trace = Self { steps: vec![first] };
        let mut known: HashMap<(u32, bool), usize> =
            own.map(|index| ((index, false), 0)).into_iter().collect();
        let mut open = VecDeque::from([0]);
        while let Some(at) = open.pop_front() {
            let (depth, sure, offloaded) = {
                let step = &trace.steps[at];
                (step.depth + 1, step.sure, step.offloaded)
            };
            if depth > DEEPEST {
                continue;
            }
            for call in &Rc::clone(&trace.steps[at].facts).calls {
                let program = flow.program();
                if program.of_framework(program.functions[call.to as usize].module) {
                    continue;
                }
                let step = TraceStep {
                    function: Some(call.to),
                    from: at,
                    depth,
                    sure: sure && call.sure,
                    offloaded: offloaded || call.offloaded,
                    facts: Rc::default(),
                };
                match known.get(&(call.to, step.offloaded)) {
                    Some(index) if trace.steps[*index].sure || !step.sure => {}
                    _ if trace.steps.len() >= MANY => {}
                    _ => {
                        known.insert((call.to, step.offloaded), trace.steps.len());
                        open.push_back(trace.steps.len());
                        trace.steps.push(TraceStep { facts: flow.facts(call.to), ..step });
                    }
                }
            }
        }
        trace
    }

    /// Returns the functions from the handler's code to a step, without the handler itself.
    #[must_use]
    pub fn way(&self, mut step: usize) -> Vec<u32> {
        let mut way = Vec::new();
        while let Some(function) = self.steps[step].function {
            way.push(function);
            step = self.steps[step].from;
        }
        way.reverse();
        way
    }
}
