//! Attribute macros of the sources: `#[endpoints::get("/users")]` of a member whose macro registers the annotated item.

use std::collections::HashSet;

use super::{Found, NotRead, Role, signatures};
use crate::program::{Def, Found as Name, Function, Owner, Program, Space};
use crate::reach::Reach;
use crate::syntax::{Attributes, Expr};

/// Adds functions that such an attribute makes handlers, and lists those whose expansion is unknown.
pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    let mut open = Vec::new();
    for function in &program.functions {
        let test = function.def.attributes.test || program.is_test(function.module);
        if test || !program.may_serve(function.module) || matches!(function.owner, Owner::Trait(_))
        {
            continue;
        }
        let Some((name, arguments)) = of_sources(program, function) else { continue };
        let file = program.module(function.module).file;
        if found.by_place.contains_key(&(file, function.def.place, None)) {
            continue;
        }
        let route = arguments.split('"').skip(1).step_by(2).find(|text| text.starts_with('/'));
        if route.is_some() || takes_request(program, function) {
            let mut handler = signatures::handler(program, function, Role::Function);
            handler.routes = route.map(ToOwned::to_owned).into_iter().collect();
            found.add(handler);
        } else if function.def.is_async && !matches!(&*function.def.name, "main" | "run") {
            open.push((*function, name));
        }
    }
    if open.is_empty() {
        return;
    }
    let called = mentioned(program);
    for (function, name) in open {
        if !called.contains(&*function.def.name) {
            let what = format!("the output of `#[{name}]` on `{}`", function.def.name);
            let file = program.module(function.module).file;
            found.not_read.push(NotRead { file, place: function.def.place, what });
        }
    }
}

/// Returns the attribute that a crate of the sources defines, on the function or on its `impl`, with its arguments.
fn of_sources<'a>(program: &Program<'a>, function: &Function<'a>) -> Option<(String, &'a str)> {
    let of_impl = match function.owner {
        Owner::Impl(of) => of.attributes.others.as_slice(),
        _ => &[],
    };
    function.def.attributes.others.iter().chain(of_impl).find_map(|(path, arguments)| {
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        let found = program.resolve(function.module, &names, path.global, Space::Value);
        let Name::Def(Def::Fn(id)) = found else { return None };
        let makes = is_macro(&program.function(id).def.attributes);
        makes.then(|| (path.plain(), &**arguments))
    })
}

fn is_macro(attributes: &Attributes) -> bool {
    attributes.others.iter().any(|(path, _)| path.plain() == "proc_macro_attribute")
}

fn takes_request<'a>(program: &Program<'a>, function: &Function<'a>) -> bool {
    let scope = program.scope_of(function);
    function.def.params.iter().any(|param| {
        let ty = program.resolve_type(&param.ty, &scope);
        Reach::is_request_data(&ty) || Reach::is_state_extractor(&ty)
    })
}

/// Returns names that bodies use: a name that is called or registered there needs no attribute to be a handler.
fn mentioned<'a>(program: &Program<'a>) -> HashSet<&'a str> {
    let mut found = HashSet::new();
    for function in &program.functions {
        for mention in &function.def.mentions {
            found.extend(mention.rsplit(['.', ':', '(']).next());
        }
        for stmt in function.def.body.iter().flat_map(|body| &body.stmts) {
            stmt.walk(&mut |expr: &'a Expr| {
                match expr {
                    Expr::Path(path, _) => {
                        found.insert(path.last());
                    }
                    Expr::Method(call) => {
                        found.insert(&call.name);
                    }
                    _ => {}
                }
                true
            });
        }
    }
    found
}
