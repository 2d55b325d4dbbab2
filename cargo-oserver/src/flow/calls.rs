//! Which functions of the sources a path or a method call means.

use std::collections::{HashMap, HashSet};

use crate::infer::Infer;
use crate::known;
use crate::program::{Def, Found, Function, Owner, Program, Resolved, Space, TraitRef};
use crate::syntax::{Expr, Name, Ty, TyPath};

/// The limit of implementors of one trait that a call is followed into.
const IMPLS: usize = 24;

/// Returns the function that a path names, methods and associated functions included.
#[must_use]
pub fn function_item<'a>(path: &TyPath, infer: &Infer<'_, 'a>) -> Option<Function<'a>> {
    let program = infer.program;
    let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
    if path.qself.is_none()
        && let Found::Def(Def::Fn(id)) =
            program.resolve(infer.scope.module, &names, path.global, Space::Value)
    {
        return Some(program.function(id));
    }
    if names.len() < 2 && path.qself.is_none() {
        return None;
    }
    let (base, name) = base_of(path)?;
    match program.resolve_type(&base, &infer.scope) {
        Resolved::Own(id, _) => program.method(id, &name),
        Resolved::Traits(traits) | Resolved::Param(_, traits) => {
            traits.iter().find_map(|of| program.trait_method(of.id?, &name))
        }
        _ => None,
    }
}

/// Returns the methods that a call may mean: of a type one, of a trait all that implement it.
#[must_use]
pub fn methods_of<'a>(infer: &Infer<'_, 'a>, receiver: &Resolved, name: &str) -> Vec<Function<'a>> {
    let program = infer.program;
    let Some((function, owner)) = infer.method_of(receiver, name) else { return Vec::new() };
    let (Resolved::Traits(traits) | Resolved::Param(_, traits)) = &owner else {
        return vec![function];
    };
    implementors(program, traits, function)
}

/// Returns the functions that a path may mean: of a trait, `Trait::load(…)` or `T::load(…)`, all that implement it.
#[must_use]
pub fn functions_of<'a>(path: &TyPath, infer: &Infer<'_, 'a>) -> Vec<Function<'a>> {
    let Some(function) = function_item(path, infer) else { return Vec::new() };
    if !matches!(function.owner, Owner::Trait(_)) {
        return vec![function];
    }
    let base = base_of(path).map(|(base, _)| infer.program.resolve_type(&base, &infer.scope));
    match base {
        Some(Resolved::Traits(traits) | Resolved::Param(_, traits)) => {
            implementors(infer.program, &traits, function)
        }
        _ => vec![function],
    }
}

/// Returns a method of each type that implements one of the traits, and the one that the trait provides.
fn implementors<'a>(
    program: &Program<'a>,
    traits: &[TraitRef],
    function: Function<'a>,
) -> Vec<Function<'a>> {
    let name = &*function.def.name;
    let mut found = Vec::new();
    for of in traits {
        let Some(id) = of.id else { continue };
        let Some(Owner::Trait(declares)) = program.trait_method(id, name).map(|of| of.owner) else {
            continue;
        };
        // A type that implements a trait implements its supertraits, too.
        let blocks = if declares == id {
            program.impls_fitting(of, id)
        } else {
            program.impls_of_trait(declares).to_vec()
        };
        for (module, block) in blocks.into_iter().take(IMPLS) {
            if let Some(def) = block.fns.iter().find(|def| *def.name == *name) {
                found.push(Function { def, module, owner: Owner::Impl(block) });
            }
        }
    }
    if function.def.body.is_some() {
        found.push(function);
    }
    found
}

/// `Type` and `function` of `Type::function`.
fn base_of(path: &TyPath) -> Option<(Ty, Name)> {
    let mut prefix = path.clone();
    let name = prefix.segments.pop()?.name;
    let base = match prefix.qself.take() {
        Some(qself) => *qself,
        None => Ty::Path(prefix),
    };
    Some((base, name))
}

/// Returns `true` if a function hands the closure that it is given to a thread that may block.
pub(super) fn hands_over(path: &TyPath, infer: &Infer<'_, '_>) -> bool {
    function_item(path, infer).is_some_and(|function| offloads(infer.program, &function))
}

pub(super) fn offloads<'a>(program: &Program<'a>, function: &Function<'a>) -> bool {
    let takes_closure = function.def.generics.params.iter().flat_map(|param| &param.bounds);
    let bounds = function.def.params.iter().filter_map(|param| match &param.ty {
        Ty::Impl(bounds) => Some(bounds),
        _ => None,
    });
    let of_fn = |bound: &TyPath| matches!(bound.last(), "Fn" | "FnMut" | "FnOnce");
    if !takes_closure.chain(bounds.flatten()).any(of_fn) {
        return false;
    }
    let infer = Infer::new(program, program.scope_of(function));
    let by_path = |path: &TyPath| {
        let name = external(path, &infer).unwrap_or_else(|| path.plain());
        known::offloads(&name, "")
    };
    let Some(body) = &function.def.body else {
        return function.def.mentions.iter().any(|mention| {
            let name = mention.rsplit('(').next().unwrap_or_default();
            match name.strip_prefix('.') {
                Some(method) => known::offloads(method, ""),
                None => by_path(&TyPath::of_names(name)),
            }
        }) || names_thread_builder(function, &infer);
    };
    body.stmts.iter().any(|stmt| {
        stmt.any(&|expr| match expr {
            Expr::Call(callee, _, _) => {
                matches!(&**callee, Expr::Path(path, _) if by_path(path))
            }
            Expr::Method(call) => {
                known::offloads(&call.name, "")
                    || (call.name.starts_with("spawn") && is_thread_builder(&call.receiver, &infer))
            }
            _ => false,
        })
    })
}

/// `std::thread::Builder::new().name(…)`
fn is_thread_builder(expr: &Expr, infer: &Infer<'_, '_>) -> bool {
    match expr.bare() {
        Expr::Method(call) => is_thread_builder(&call.receiver, infer),
        Expr::Call(callee, _, _) => matches!(
            &**callee,
            Expr::Path(path, _) if external(path, infer).is_some_and(|name| name == THREAD_BUILDER)
        ),
        _ => false,
    }
}

/// The same in a body that was not kept.
fn names_thread_builder(function: &Function<'_>, infer: &Infer<'_, '_>) -> bool {
    let names = || function.def.mentions.iter().filter_map(|mention| mention.rsplit('(').next());
    names().any(|name| name.starts_with(".spawn"))
        && names().filter(|name| name.ends_with("Builder::new")).any(|name| {
            external(&TyPath::of_names(name), infer).is_some_and(|name| name == THREAD_BUILDER)
        })
}

const THREAD_BUILDER: &str = "std::thread::Builder::new";

/// Returns the whole path of a function of another crate.
pub(super) fn external(path: &TyPath, infer: &Infer<'_, '_>) -> Option<String> {
    let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
    match infer.program.resolve(infer.scope.module, &names, path.global, Space::Value) {
        Found::External(name) => Some(name),
        _ => None,
    }
}

/// Methods of which there is only one in all sources, by name.
pub(super) fn unique_methods<'a>(program: &Program<'a>) -> HashMap<&'a str, u32> {
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
    found.retain(|name, _| !twice.contains(name) && !COMMON.contains(name));
    found
}

/// Names that methods of std have as well: alone they say nothing.
const COMMON: &[&str] = &[
    "add",
    "all",
    "and_then",
    "any",
    "append",
    "as_bytes",
    "as_mut",
    "as_ref",
    "as_str",
    "borrow",
    "bytes",
    "chain",
    "clear",
    "clone",
    "close",
    "cmp",
    "collect",
    "contains",
    "contains_key",
    "count",
    "drain",
    "elapsed",
    "entry",
    "eq",
    "expect",
    "extend",
    "filter",
    "find",
    "finish",
    "first",
    "flush",
    "fold",
    "get",
    "get_mut",
    "insert",
    "into",
    "into_iter",
    "is_empty",
    "is_some",
    "iter",
    "iter_mut",
    "join",
    "keys",
    "last",
    "len",
    "load",
    "lock",
    "map",
    "max",
    "min",
    "new",
    "next",
    "open",
    "or_insert",
    "parse",
    "path",
    "peek",
    "poll",
    "pop",
    "push",
    "read",
    "read_to_end",
    "recv",
    "remove",
    "replace",
    "reserve",
    "retain",
    "run",
    "send",
    "set",
    "shutdown",
    "size",
    "skip",
    "sort",
    "split",
    "start",
    "status",
    "stop",
    "store",
    "sub",
    "swap",
    "take",
    "to_owned",
    "to_string",
    "trim",
    "truncate",
    "try_into",
    "unwrap",
    "update",
    "values",
    "wait",
    "with",
    "write",
    "write_all",
    "zip",
];
