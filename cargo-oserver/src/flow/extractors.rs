//! Extractors of the sources: the functions that make a handler's parameter out of a request.

use crate::program::{Def, Found, Function, Owner, Program, Resolved, Space};
use crate::syntax::attribute_string;

const METHODS: &[&str] = &[
    "from_request_parts",
    "from_request",
    "from_request_without_body",
    "extract",
    "from_request_sync",
];
const TRAITS: &[&str] = &[
    "FromRequestParts",
    "FromRequest",
    "OptionalFromRequestParts",
    "OptionalFromRequest",
    "Extractible",
    "FromRequestRef",
];

/// Returns the functions that make a value of a type out of a request: one for each framework that the type is for.
#[must_use]
pub fn extractors_of<'a>(program: &Program<'a>, ty: &Resolved) -> Vec<Function<'a>> {
    let Resolved::Own(id, _) = within(ty) else { return Vec::new() };
    let mut found: Vec<Function<'a>> = Vec::new();
    for (module, of) in program.impls_of_type(*id).iter() {
        let named = of.of.as_ref().is_some_and(|path| TRAITS.contains(&path.last()));
        let defs = of.fns.iter().filter(|def| named && METHODS.contains(&&*def.name));
        found.extend(defs.map(|def| Function { def, module: *module, owner: Owner::Impl(of) }));
    }
    // `#[derive(SecurityScheme)] #[oai(checker = "check")]`
    let arguments = program.type_def(*id).attributes.arguments("oai").unwrap_or_default();
    if let Some(checker) = attribute_string(arguments, "checker") {
        let names: Vec<&str> = checker.split("::").collect();
        if let Found::Def(Def::Fn(id)) = program.resolve(id.module, &names, false, Space::Value) {
            found.push(program.function(id));
        }
    }
    found
}

/// Returns the type within `Option<…>` or `Result<…, _>`.
#[must_use]
pub fn within(ty: &Resolved) -> &Resolved {
    match ty {
        Resolved::External(path, args) if path.ends_with("Option") || path.ends_with("Result") => {
            args.first().map_or(ty, within)
        }
        _ => ty,
    }
}
