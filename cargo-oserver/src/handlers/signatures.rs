//! Handlers by what they declare: a parameter that hands out state, or the attribute of a framework.

use super::{Code, Found, Framework, Handler, Role};
use crate::program::{Function, Owner, Program, Resolved};
use crate::reach::Reach;
use crate::syntax::{Attributes, Ty};

/// Attributes that take a route or make an endpoint, and of which crates.
const ROUTES: &[&str] =
    &["get", "post", "put", "delete", "patch", "head", "options", "trace", "connect", "route"];
const ENDPOINTS: &[&str] =
    &["handler", "debug_handler", "debug_middleware", "endpoint", "craft", "oai", "middleware_fn"];

pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    for function in &program.functions {
        if program.is_test(function.module)
            || !program.may_serve(function.module)
            || function.def.attributes.test
        {
            continue;
        }
        if matches!(function.owner, Owner::Impl(of) if of.test || of.of.is_some()) {
            continue;
        }
        if matches!(function.owner, Owner::Trait(_)) {
            continue;
        }
        let routes = routes(&function.def.attributes).or_else(|| answers_for(function));
        let state = state_extractor(program, function);
        if routes.is_some() || state.is_some() {
            let mut handler = handler(program, function, Role::Function);
            handler.routes = routes.unwrap_or_default();
            if let Some(framework) = state {
                handler.framework = framework;
            }
            found.add(handler);
        }
    }
}

/// Returns the method that answers for a value: `#[handler] impl Counter { async fn handle(&self) … }`.
fn answers_for(function: &Function<'_>) -> Option<Vec<String>> {
    let Owner::Impl(of) = function.owner else { return None };
    let marked = of.attributes.others.iter().any(|(path, _)| ENDPOINTS.contains(&path.last()));
    (marked && &*function.def.name == "handle").then(Vec::new)
}

/// Returns a handler that is a function.
pub(super) fn handler<'a>(
    program: &Program<'a>,
    function: &Function<'a>,
    role: Role,
) -> Handler<'a> {
    let def = function.def;
    let role = match role {
        Role::Function if next(program, function) => Role::Middleware,
        Role::Function if def.receiver.is_some() => Role::Method,
        role => role,
    };
    let oserver = def.attributes.others.iter().any(|(path, _)| path.plain() == "oserver::handler");
    let framework =
        if oserver { Framework::Oserver } else { Framework::of_module(program, function.module) };
    let made = Handler::new(program, def.name.to_string(), def.place, Code::Function(*function));
    Handler { framework, role, ..made }
}

/// Returns `true` if it takes the rest of the chain.
fn next<'a>(program: &Program<'a>, function: &Function<'a>) -> bool {
    let scope = program.scope_of(function);
    function.def.params.iter().any(|param| program.resolve_type(&param.ty, &scope).last() == "Next")
}

/// `Some` for the attribute of a route, with the route.
fn routes(attributes: &Attributes) -> Option<Vec<String>> {
    let mut found = None;
    for (path, arguments) in &attributes.others {
        let name = path.last();
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        let quoted = arguments.split('"').nth(1).map(ToOwned::to_owned);
        let is = match names.as_slice() {
            ["utoipa", "path"] => true,
            [] => false,
            _ if ROUTES.contains(&name) => arguments.contains('"'),
            _ => ENDPOINTS.contains(&name),
        };
        if is {
            let list: &mut Vec<String> = found.get_or_insert_with(Vec::new);
            let route = quoted.filter(|text| text.starts_with('/'));
            if let Some(route) = route {
                let verb = if ROUTES.contains(&name) { name } else { "" };
                list.push(format!("{} {route}", verb.to_uppercase()).trim().to_owned());
            }
        }
    }
    found
}

fn state_extractor<'a>(program: &Program<'a>, function: &Function<'a>) -> Option<Framework> {
    // A function that only sets a router up takes state as well, but answers nothing.
    let answers = function.def.is_async || function.def.output.as_ref().is_some_and(is_future);
    if !answers {
        return None;
    }
    let scope = program.scope_of(function);
    let by_value = function.def.params.iter().filter(|param| !matches!(param.ty, Ty::Ref(_)));
    by_value.into_iter().find_map(|param| {
        let ty = program.resolve_type(&param.ty, &scope);
        carries_state(&ty).then(|| Framework::of_path(outer(&ty).path()))
    })
}

/// Returns `true` for `impl Future`, `BoxFuture`, `Pin<Box<dyn Future>>`
fn is_future(ty: &Ty) -> bool {
    ty.to_string().contains("Future")
}

/// Returns the type within `Option<…>` or `Result<…, _>`.
fn outer(ty: &Resolved) -> &Resolved {
    match ty {
        Resolved::External(path, args)
            if path.ends_with("::Option") || path.ends_with("::Result") =>
        {
            args.first().map_or(ty, outer)
        }
        _ => ty,
    }
}

fn carries_state(ty: &Resolved) -> bool {
    Reach::is_state_extractor(outer(ty))
}
