//! The calls that register a handler, by name.

use super::{Framework, Role};
use crate::program::{Def, Found, Function, ModuleId, Program, Resolved, Space};
use crate::reach::Reach;
use crate::syntax::TyPath;

/// The role and the framework of the handlers that a call registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Registration {
    pub(super) role: Role,
    pub(super) framework: Framework,
    /// Whether a closure among the arguments is a handler, or only functions are.
    pub(super) closures: bool,
    /// The registered function makes responses of the errors of a layer.
    pub(super) errors: bool,
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

/// Functions of types that have middleware made of a function: the type, their names, and whether it is given an error or
/// a response instead of a request.
const OF_TYPES: &[(&str, &[&str], bool)] = &[
    ("HandleErrorLayer", &["new"], true),
    ("HttpAuthentication", &["basic", "bearer", "with_fn"], false),
    ("AdHoc", &["on_request", "on_response"], false),
    ("InterceptedService", &["new"], false),
    ("InterceptorLayer", &["new"], false),
];

/// Methods of other types than routers that have middleware made of a function, likewise.
const METHODS_OF_TYPES: &[(&str, &[&str], bool)] = &[
    (
        "ErrorHandlers",
        &["handler", "default_handler", "default_handler_client", "default_handler_server"],
        true,
    ),
    ("Config", &["error_handler"], true),
];

/// Methods of poem's endpoints whose function is given an error.
const OF_ERRORS: &[&str] = &["catch_all_error", "catch_error", "inspect_all_err", "inspect_err"];

/// The row for a name of a type whose own name ends with the row's.
fn of_type(table: &[(&str, &[&str], bool)], ty: impl Fn(&str) -> bool, name: &str) -> Option<bool> {
    let row = table.iter().find(|(known, names, _)| names.contains(&name) && ty(known))?;
    Some(row.2)
}

fn verb(name: &str) -> bool {
    let name = name.strip_suffix("_with").or_else(|| name.strip_suffix("_service")).unwrap_or(name);
    VERBS.contains(&name)
}

fn of_own_type(program: &Program<'_>, module: ModuleId, names: &[&str], global: bool) -> bool {
    names.split_last().is_some_and(|(_, of)| {
        let found = program.resolve(module, of, global, Space::Type);
        !of.is_empty() && matches!(found, Found::Def(Def::Type(_)))
    })
}

/// Finds the registration in a call of a function, by its path.
pub(super) fn function(
    program: &Program<'_>,
    module: ModuleId,
    path: &TyPath,
) -> Option<Registration> {
    let name = path.last();
    let has = |known: &str| path.segments.iter().any(|segment| &*segment.name == known);
    let has_end = |known: &str| path.segments.iter().any(|segment| segment.name.ends_with(known));
    let made = of_type(OF_TYPES, has, name);
    let role = match name {
        _ if made.is_some() => Role::Middleware,
        "service_fn" | "handler_fn" | "to" | "serve" | "make" | "make_sync" | "catch" => {
            Role::Function
        }
        "start_server" | "start_server_with_pool" => Role::Function,
        "new_ssl" if path.segments.iter().any(|segment| &*segment.name == "Server") => {
            Role::Function
        }
        _ if verb(name) => Role::Function,
        _ if MIDDLEWARE.contains(&name) => Role::Middleware,
        // `GreeterServer::with_interceptor(service, check)`; a client has the same function.
        "with_interceptor" if has_end("Client") => return None,
        "with_interceptor" | "interceptor" => Role::Middleware,
        // `rouille::Server::new(address, handler)`
        "new" if path.segments.iter().any(|segment| &*segment.name == "Server") => Role::Function,
        // `guard::fn_guard(|context| …)`
        "fn_guard" => Role::Middleware,
        _ => return None,
    };
    let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
    let (framework, sure) = match program.resolve(module, &names, path.global, Space::Value) {
        Found::External(path) => (Framework::of_path(&path), true),
        // `Assets::get(name)` of a type of the sources.
        Found::Unknown if of_own_type(program, module, &names, path.global) => return None,
        Found::Unknown => (Framework::of_module(program, module), false),
        // The framework's own checkout; else a function of the same name, which is told by what it calls.
        Found::Def(Def::Fn(id)) => (Framework::of_path(&program.package_name(id.module)), true),
        Found::Def(_) => return None,
    };
    // Servers that are made of protocol files belong to any crate.
    let intercepts = name == "with_interceptor" && has_end("Server")
        || made.is_some() && (has("InterceptedService") || has("InterceptorLayer"));
    let framework = if intercepts { Framework::Tonic } else { framework };
    let known = framework != Framework::Unknown;
    if role == Role::Middleware && name.ends_with("interceptor") && framework != Framework::Tonic {
        return None;
    }
    let rouille = matches!(name, "start_server" | "start_server_with_pool" | "new_ssl")
        || (name == "new" && role == Role::Function);
    if (name == "serve" && framework != Framework::Oserver)
        || (rouille && (framework != Framework::Rouille || !sure))
    {
        return None;
    }
    let errors = made == Some(true);
    (known && (sure || name != "to")).then_some(Registration {
        role,
        framework,
        closures: true,
        errors,
    })
}

/// Finds the registration in a method call, by its name. `chain` is the framework that its receiver comes from.
pub(super) fn method(
    name: &str,
    chain: Framework,
    module: Framework,
    receiver: &Resolved,
) -> Option<Registration> {
    let registration = |role, closures| {
        let framework = if chain == Framework::Unknown { module } else { chain };
        Some(Registration { role, framework, closures, errors: false })
    };
    if module == Framework::Unknown && chain == Framework::Unknown {
        return None;
    }
    let routed = chain != Framework::Unknown;
    // An iterator, a map, a string: `iter().any(is_busy)` registers nothing.
    let of_std =
        |path: &str| ["std", "core", "alloc"].contains(&path.split("::").next().unwrap_or(path));
    let values = match receiver {
        Resolved::All(_) | Resolved::Fn(_) => true,
        Resolved::External(path, _) => of_std(path) || !path.contains("::"),
        _ => false,
    };
    if !routed && values {
        return None;
    }
    let last = receiver.path().rsplit("::").next().unwrap_or_default();
    if let Some(errors) = of_type(METHODS_OF_TYPES, |known| last.ends_with(known), name) {
        let made = registration(Role::Middleware, routed).filter(|_| routed);
        return made.map(|registration| Registration { errors, ..registration });
    }
    match name {
        "and_then" | "then" | "map" | "recover" | "map_async" => {
            (chain == Framework::Warp).then(|| registration(Role::Function, true)).flatten()
        }
        "fallback" | "method_not_allowed_fallback" | "default_service" | "goal" | "api_route" => {
            registration(Role::Function, true)
        }
        "register_method"
        | "register_async_method"
        | "register_blocking_method"
        | "register_subscription" => {
            (chain == Framework::Jsonrpsee).then(|| registration(Role::Function, true)).flatten()
        }
        "ns" | "dyn_ns" | "on_disconnect" | "on_fallback" => {
            (chain == Framework::Socketioxide).then(|| registration(Role::Function, true)).flatten()
        }
        "to" | "to_async" => registration(Role::Function, routed),
        // The error of a service, and no request.
        "handle_error" => registration(Role::Middleware, routed)
            .map(|registration| Registration { errors: true, ..registration }),
        _ if OF_ERRORS.contains(&name) && chain == Framework::Poem => {
            registration(Role::Middleware, true)
                .map(|registration| Registration { errors: true, ..registration })
        }
        "hoop" | "wrap_fn" | "catcher" | "around" | "before" | "after" => {
            registration(Role::Middleware, routed)
        }
        _ if verb(name) => registration(Role::Function, routed),
        _ => None,
    }
}

impl Registration {
    /// Returns `true` if only the name of a method says that it registers.
    pub(super) fn unsure(self) -> bool {
        !self.closures
    }
}

/// Returns `true` if a function may answer a request: what only looks at something is handed to other methods of the same name.
pub(super) fn may_answer<'a>(program: &Program<'a>, function: &Function<'a>) -> bool {
    const ANSWERS: &[&str] = &[
        "Response",
        "Responder",
        "Future",
        "Html",
        "Json",
        "Reply",
        "Redirect",
        "Template",
        "StatusCode",
        "Result",
        "Sse",
        "Stream",
        "Body",
        "String",
        "str",
        "Route",
        "Handler",
    ];
    let output = function.def.output.as_ref().map(ToString::to_string).unwrap_or_default();
    let scope = program.scope_of(function);
    function.def.is_async
        || ANSWERS.iter().any(|word| output.contains(word))
        || function.def.params.iter().any(|param| {
            let ty = program.resolve_type(&param.ty, &scope);
            Reach::is_request_data(&ty) || Reach::is_state_extractor(&ty)
        })
}
