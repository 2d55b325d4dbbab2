//! Resolvers of GraphQL: each method of an object is a handler.

use super::{Found, Framework, Role, signatures};
use crate::program::{Function, Owner, Program};

/// Attributes of impl blocks whose methods answer.
const OBJECTS: &[(&str, Framework)] = &[
    ("Object", Framework::AsyncGraphql),
    ("ComplexObject", Framework::AsyncGraphql),
    ("Subscription", Framework::AsyncGraphql),
    ("graphql_object", Framework::Juniper),
    ("graphql_subscription", Framework::Juniper),
    ("graphql_interface", Framework::Juniper),
];

pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    for id in program.module_ids().filter(|id| !program.is_test(*id) && program.may_serve(*id)) {
        for of in program.module(id).items.impls.iter().filter(|of| !of.test) {
            let named = of
                .attributes
                .others
                .iter()
                .find_map(|(path, _)| OBJECTS.iter().find(|(name, _)| *name == path.last()));
            let Some((_, framework)) = named else { continue };
            for def in of.fns.iter().filter(|def| !def.attributes.test) {
                let hidden = def.attributes.others.iter().any(|(path, arguments)| {
                    matches!(path.last(), "graphql") && arguments.contains("skip")
                });
                if hidden {
                    continue;
                }
                let function = Function { def, module: id, owner: Owner::Impl(of) };
                let mut handler = signatures::handler(program, &function, Role::Method);
                handler.framework = *framework;
                found.add(handler);
            }
        }
    }
}
