//! The calls that register a handler, by name.

use super::{Framework, Role};
use crate::program::{Def, Found, ModuleId, Program, Space};
use crate::syntax::TyPath;

/// What a call registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Registration {
    pub(super) role: Role,
    pub(super) framework: Framework,
    /// Whether a closure among the arguments is a handler, or only functions are.
    pub(super) closures: bool,
}

const VERBS: &[&str] =
    &["get", "post", "put", "delete", "patch", "head", "options", "trace", "connect", "any", "on"];
const MIDDLEWARE: &[&str] = &[
    "from_fn",
    "from_fn_with_state",
    "map_request",
    "map_request_with_state",
    "map_response",
    "map_response_with_state",
    "from_fn_with_state_arc",
];

fn verb(name: &str) -> bool {
    let name = name.strip_suffix("_with").or_else(|| name.strip_suffix("_service")).unwrap_or(name);
    VERBS.contains(&name)
}

/// A call of a function by its path.
pub(super) fn function(
    program: &Program<'_>,
    module: ModuleId,
    path: &TyPath,
) -> Option<Registration> {
    let name = path.last();
    let role = match name {
        "service_fn" | "handler_fn" | "to" | "serve" | "make" | "make_sync" | "catch" => {
            Role::Function
        }
        _ if verb(name) => Role::Function,
        _ if MIDDLEWARE.contains(&name) => Role::Middleware,
        "new" if path.segments.iter().any(|segment| &*segment.name == "HandleErrorLayer") => {
            Role::Middleware
        }
        _ => return None,
    };
    let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
    let (framework, sure) = match program.resolve(module, &names, path.global, Space::Value) {
        Found::External(path) => (Framework::of_path(&path), true),
        Found::Unknown => (Framework::of_module(program, module), false),
        // The framework's own checkout; else a function of the same name, which is told by what it calls.
        Found::Def(Def::Fn(id)) => (Framework::of_path(&program.package_name(id.module)), true),
        Found::Def(_) => return None,
    };
    let known = framework != Framework::Unknown;
    if name == "serve" && framework != Framework::Oserver {
        return None;
    }
    (known && (sure || name != "to")).then_some(Registration { role, framework, closures: true })
}

/// A method call by its name. `chain` is the framework that what it is called on comes from.
pub(super) fn method(name: &str, chain: Framework, module: Framework) -> Option<Registration> {
    let registration = |role, closures| {
        let framework = if chain == Framework::Unknown { module } else { chain };
        Some(Registration { role, framework, closures })
    };
    if module == Framework::Unknown && chain == Framework::Unknown {
        return None;
    }
    let routed = chain != Framework::Unknown;
    match name {
        "and_then" | "then" | "map" | "recover" | "map_async" => {
            (chain == Framework::Warp).then(|| registration(Role::Function, true)).flatten()
        }
        "fallback" | "method_not_allowed_fallback" | "default_service" | "goal" | "api_route" => {
            registration(Role::Function, true)
        }
        "to" | "to_async" => registration(Role::Function, routed),
        "hoop" | "wrap_fn" | "handle_error" | "catcher" | "around" | "before" | "after" => {
            registration(Role::Middleware, routed)
        }
        _ if verb(name) => registration(Role::Function, routed),
        _ => None,
    }
}
