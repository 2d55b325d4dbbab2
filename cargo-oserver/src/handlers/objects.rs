//! Objects whose methods answer, by the attribute of the `impl`: resolvers of GraphQL, tools and prompts of MCP servers.

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
    ("Tools", Framework::Mcp),
    ("Prompts", Framework::Mcp),
    ("tool_router", Framework::Mcp),
    ("prompt_router", Framework::Mcp),
    ("tool_box", Framework::Mcp),
];

/// Attributes that a method needs in the `impl` blocks of these attributes.
const MARKED: &[(&str, &str)] =
    &[("tool_router", "tool"), ("prompt_router", "prompt"), ("tool_box", "tool")];

pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    for id in program.module_ids().filter(|id| !program.is_test(*id) && program.may_serve(*id)) {
        for of in program.module(id).items.impls.iter().filter(|of| !of.test) {
            let named = of
                .attributes
                .others
                .iter()
                .find_map(|(path, _)| OBJECTS.iter().find(|(name, _)| *name == path.last()));
            let Some((object, framework)) = named else { continue };
            let mark = MARKED.iter().find(|(name, _)| name == object).map(|(_, mark)| *mark);
            for def in of.fns.iter().filter(|def| !def.attributes.test) {
                let has = |mark| def.attributes.others.iter().any(|(path, _)| path.last() == mark);
                if mark.is_some_and(|mark| !has(mark)) {
                    continue;
                }
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
