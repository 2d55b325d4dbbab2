//! Who calls whom, by the names that bodies mention: from handlers to what they reach.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::handlers::{Code, Handler};
use crate::program::{Def, Found, Function, Id, ModuleId, Owner, Program, Resolved, Space};
use crate::syntax::{Expr, Ty, TyPath};

/// Calls from a handler on.
const DEEPEST: u32 = 10;

/// What handlers reach.
#[derive(Debug, Default)]
pub struct Graph {
    /// From a function to the one that calls it and how far it is from a handler; handlers to themselves.
    callers: HashMap<u32, (u32, u32)>,
    statics: HashMap<Id, u32>,
    /// Functions that are reached without taking a method for the only one of its name.
    sure: HashSet<u32>,
}

impl Graph {
    #[must_use]
    pub fn new<'a>(program: &Program<'a>, handlers: &[Handler<'a>]) -> Self {
        let mut graph = Self::follow(program, handlers, &unique_methods(program));
        graph.sure = Self::follow(program, handlers, &HashMap::new()).callers.into_keys().collect();
        graph
    }

    fn follow<'a>(
        program: &Program<'a>,
        handlers: &[Handler<'a>],
        methods: &HashMap<&'a str, u32>,
    ) -> Self {
        let mut graph = Self::default();
        let mut open: VecDeque<u32> = VecDeque::new();
        for handler in handlers {
            for index in starts(program, handler, methods, &mut graph.statics) {
                if graph.callers.insert(index, (index, 0)).is_none() {
                    open.push_back(index);
                }
            }
        }
        while let Some(index) = open.pop_front() {
            let depth = graph.callers[&index].1;
            for mention in &program.functions[index as usize].def.mentions {
                match mentioned(program, &program.functions[index as usize], mention, methods) {
                    Some(Mention::Static(id)) => {
                        graph.statics.entry(id).or_insert(index);
                    }
                    Some(Mention::Function(next)) if depth < DEEPEST => {
                        graph.callers.entry(next).or_insert_with(|| {
                            open.push_back(next);
                            (index, depth + 1)
                        });
                    }
                    _ => {}
                }
            }
        }
        graph
    }

    /// Whether a handler surely reaches a function.
    #[must_use]
    pub fn reaches(&self, function: u32) -> bool {
        self.sure.contains(&function)
    }

    /// The functions from a handler to the one that names a static.
    #[must_use]
    pub fn way_to_static(&self, id: Id) -> Option<Vec<u32>> {
        let mut way = vec![*self.statics.get(&id)?];
        loop {
            let last = *way.last()?;
            let (caller, depth) = self.callers[&last];
            if depth == 0 || way.len() > DEEPEST as usize {
                break;
            }
            way.push(caller);
        }
        way.reverse();
        Some(way)
    }
}

/// The handler itself; for a closure, whose names are mixed with those of the function around it, what it
/// calls.
fn starts<'a>(
    program: &Program<'a>,
    handler: &Handler<'a>,
    methods: &HashMap<&'a str, u32>,
    statics: &mut HashMap<Id, u32>,
) -> Vec<u32> {
    let (closure, function) = match &handler.code {
        Code::Function(function) => return program.index_of(function).into_iter().collect(),
        Code::Closure(closure, function, _) => (closure, function),
    };
    let mut found = Vec::new();
    closure.body.walk(&mut |expr| {
        let name = match expr {
            Expr::Path(path, _) => path.plain(),
            Expr::Method(call) => format!(".{}", call.name),
            _ => return true,
        };
        match mentioned(program, function, &name, methods) {
            Some(Mention::Function(index)) => found.push(index),
            Some(Mention::Static(id)) => {
                statics.extend(program.index_of(function).map(|index| (id, index)));
                found.extend(program.index_of(function));
            }
            None => {}
        }
        true
    });
    found
}

enum Mention {
    Static(Id),
    Function(u32),
}

/// Methods of which there is only one in all sources, by name.
fn unique_methods<'a>(program: &Program<'a>) -> HashMap<&'a str, u32> {
    let mut found: HashMap<&'a str, u32> = HashMap::new();
    let mut twice: HashSet<&'a str> = HashSet::new();
    for (function, index) in program.functions.iter().zip(0u32..) {
        let own = matches!(function.owner, Owner::Impl(of) if of.of.is_none());
        if function.def.receiver.is_none() || program.is_test(function.module) || !own {
            continue;
        }
        let name = &*function.def.name;
        // The same file in two crates is one definition.
        let other = found.insert(name, index).map(|other| &program.functions[other as usize]);
        if other.is_some_and(|other| !std::ptr::eq(other.def, function.def)) {
            twice.insert(name);
        }
    }
    found.retain(|name, _| !twice.contains(name));
    found
}

fn mentioned<'a>(
    program: &Program<'a>,
    function: &Function<'a>,
    mention: &str,
    methods: &HashMap<&str, u32>,
) -> Option<Mention> {
    if let Some(name) = mention.strip_prefix('.') {
        if let Owner::Impl(of) = function.owner
            && let Some(own) = of.fns.iter().find(|def| *def.name == *name)
        {
            let own = Function { def: own, module: function.module, owner: function.owner };
            return program.index_of(&own).map(Mention::Function);
        }
        return methods.get(name).copied().map(Mention::Function);
    }
    let names: Vec<&str> = mention.split("::").collect();
    let module = program.body_module(function);
    match program.resolve(module, &names, false, Space::Value) {
        Found::Def(Def::Static(id)) => Some(Mention::Static(id)),
        Found::Def(Def::Fn(id)) => program.index_of(&program.function(id)).map(Mention::Function),
        Found::Unknown if names.len() > 1 => {
            let called = associated(program, function, module, &names)?;
            program.index_of(&called).map(Mention::Function)
        }
        _ => None,
    }
}

/// `Type::function`
fn associated<'a>(
    program: &Program<'a>,
    function: &Function<'a>,
    module: ModuleId,
    names: &[&str],
) -> Option<Function<'a>> {
    let (name, prefix) = names.split_last()?;
    let segment = |name: &&str| crate::syntax::Segment {
        name: (*name).into(),
        args: Vec::new(),
        assoc: Vec::new(),
    };
    let path = TyPath { segments: prefix.iter().map(segment).collect(), ..TyPath::default() };
    let mut scope = program.scope_of(function);
    scope.module = module;
    match program.resolve_type(&Ty::Path(path), &scope) {
        Resolved::Own(id, _) => program.method(id, name),
        _ => None,
    }
}

/// Functions that are called by name, tests included, with one that calls them.
#[derive(Debug, Default)]
pub struct CalledBy<'a> {
    callers: HashMap<(ModuleId, &'a str), &'a str>,
}

impl CalledBy<'_> {
    /// The name of a function that calls this one.
    #[must_use]
    pub fn caller(&self, function: &Function<'_>) -> Option<&str> {
        self.callers.get(&(function.module, &*function.def.name)).copied()
    }
}

/// Who is called by whom in all sources. What only hands a function on, as a router does, calls nothing.
#[must_use]
pub fn called_by<'a>(program: &Program<'a>) -> CalledBy<'a> {
    let none = HashMap::new();
    let mut called = CalledBy::default();
    for function in &program.functions {
        for mention in &function.def.mentions {
            if let Some(Mention::Function(index)) = mentioned(program, function, mention, &none) {
                let callee = &program.functions[index as usize];
                called.callers.insert((callee.module, &callee.def.name), &function.def.name);
            }
        }
    }
    called
}
