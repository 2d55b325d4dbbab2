//! Handlers that are the method of a trait: tower's `Service::call`, poem's `Endpoint`, salvo's
//! `Handler` and the like.

use super::{Found, Framework, Role, signatures};
use crate::program::{Function, Owner, Program};
use crate::syntax::Ty;

/// Traits with the method that answers, and the crates that have them.
const TRAITS: &[(&str, &str)] = &[
    ("Service", "call"),
    ("Endpoint", "call"),
    ("Handler", "handle"),
    ("Handler", "call"),
    ("Fairing", "on_request"),
    ("Fairing", "on_response"),
    ("Interceptor", "call"),
    ("Middleware", "handle"),
];

pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    for id in program.module_ids() {
        if program.is_test(id) || !program.may_serve(id) {
            continue;
        }
        for of in program.module(id).items.impls.iter().filter(|of| !of.test) {
            let Some(path) = &of.of else { continue };
            if !TRAITS.iter().any(|(name, _)| *name == path.last()) {
                continue;
            }
            let answers = |name: &str| {
                TRAITS.iter().any(|(of, method)| *of == path.last() && *method == name)
            };
            for def in of.fns.iter().filter(|def| answers(&def.name)) {
                let function = Function { def, module: id, owner: Owner::Impl(of) };
                let Some(framework) = framework(program, &function) else { continue };
                let mut handler = signatures::handler(program, &function, Role::Service);
                handler.framework = framework;
                found.add(handler);
            }
        }
    }
}

/// By the trait; `None` if it is no trait of a framework, or its requests are not those of HTTP.
fn framework<'a>(program: &Program<'a>, function: &Function<'a>) -> Option<Framework> {
    let Owner::Impl(of) = function.owner else { return None };
    let scope = program.scope_of(function);
    let traits = program.bounds(of.of.as_slice(), &scope);
    let of = traits.first()?;
    let known = match of.id {
        Some(id) => Framework::of_path(&program.package_name(id.module)),
        None => Framework::of_path(&of.path),
    };
    if known == Framework::Unknown {
        return None;
    }
    let http = function.def.params.iter().any(|param| {
        matches!(program.resolve_type(&param.ty, &scope).last(), "Request" | "ServiceRequest")
            || matches!(&param.ty, Ty::Path(path) if path.last() == "Request")
    });
    http.then_some(known)
}
