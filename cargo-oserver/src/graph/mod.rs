//! Callers of each function in all sources, tests included.

use std::collections::HashMap;

use crate::flow::Flow;
use crate::program::Function;
use crate::syntax::FnDef;

/// Functions that are called by name, tests included, with one that calls them.
#[derive(Debug, Default)]
pub struct CalledBy<'a> {
    /// By the callee's definition: names alone are those of several functions.
    callers: HashMap<*const FnDef, &'a str>,
}

impl CalledBy<'_> {
    /// Returns the name of a function that calls this one.
    #[must_use]
    pub fn caller(&self, function: &Function<'_>) -> Option<&str> {
        self.callers.get(&std::ptr::from_ref(function.def)).copied()
    }
}

/// Returns the call graph of all sources. Code that only hands a function on, as a router does, calls nothing.
#[must_use]
pub fn called_by<'a>(flow: &Flow<'_, '_, 'a>) -> CalledBy<'a> {
    let program = flow.program();
    let mut called = CalledBy::default();
    for (function, index) in program.functions.iter().zip(0u32..) {
        for call in flow.facts(index).calls.iter().filter(|call| call.sure && !call.passed) {
            let callee = &program.functions[call.to as usize];
            called.callers.insert(std::ptr::from_ref(callee.def), &function.def.name);
        }
    }
    called
}
