//! Handlers by where they are given to a router, a middleware or a service.

mod add;
mod follow;
mod made;

use super::registration::{self, Registration};
use super::{Found, Framework, Role, filters};
use crate::flow::{Visit, function_item, methods_of, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Function, Owner, Program, Resolved};
use crate::syntax::{Expr, MethodCall, Place};

/// The limit of nested functions that register their arguments.
const ROUNDS: usize = 4;
/// The limit of nested expressions on the way to a handler.
const DEEPEST: u32 = 10;

pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    let mut helpers: Vec<Helper> = Vec::new();
    let mut known = 0;
    for round in 0..ROUNDS {
        let fresh = helpers[known..].to_vec();
        if round > 0 && fresh.is_empty() {
            break;
        }
        known = helpers.len();
        for function in &program.functions {
            let test = function.def.attributes.test
                || matches!(function.owner, Owner::Impl(of) if of.test);
            if program.is_test(function.module)
                || !program.may_serve(function.module)
                || test
                || function.def.body.is_none()
            {
                continue;
            }
            let module = Framework::of_module(program, function.module);
            let mut look = Look {
                program,
                function: *function,
                module,
                route: None,
                found,
                first: round == 0,
                known: &fresh,
                helpers: Vec::new(),
                connectors: Vec::new(),
            };
            visit(program, function, &mut look);
            for helper in look.helpers {
                if !helpers.contains(&helper) {
                    helpers.push(helper);
                }
            }
        }
    }
}

/// A function of the sources that registers one of its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Helper {
    function: u32,
    param: usize,
    registration: Registration,
}

struct Look<'f, 'p, 'a> {
    program: &'p Program<'a>,
    function: Function<'a>,
    module: Framework,
    /// The path of the `.route(…)` call that was last entered.
    route: Option<String>,
    found: &'f mut Found<'a>,
    /// Whether the calls of frameworks are looked at, and not only those of helpers.
    first: bool,
    known: &'f [Helper],
    helpers: Vec<Helper>,
    /// Calls that make the connector of a client.
    connectors: Vec<Place>,
}

impl<'a> Visit<'a> for Look<'_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        match expr {
            Expr::Call(callee, args, place) => {
                let Expr::Path(path, _) = &**callee else { return };
                if !self.known.is_empty()
                    && let Some(function) = function_item(path, infer)
                {
                    self.helped(&function, args, infer, locals);
                }
                if let Some(registration) =
                    registration::function(self.program, infer.scope.module, path)
                    && self.first
                    && !self.connectors.contains(place)
                {
                    let call = Call {
                        name: path.last(),
                        place: *place,
                        registration,
                        inferred: Vec::new(),
                    };
                    self.register_all(args, &call, infer, locals);
                }
            }
            Expr::Method(method) => self.method(method, infer, locals),
            Expr::Macro(path, parts, place)
                if matches!(path.last(), "routes" | "catchers") && self.first =>
            {
                let role = Role::Function;
                // They name nothing but handlers.
                let closures = self.module != Framework::Unknown;
                let registration =
                    Registration { role, framework: self.module, closures, errors: false };
                let call = Call { name: "", place: *place, registration, inferred: Vec::new() };
                self.register_all(parts, &call, infer, locals);
            }
            _ => {}
        }
    }
}

/// A call that registers.
struct Call<'n> {
    name: &'n str,
    place: Place,
    registration: Registration,
    inferred: Vec<(usize, Resolved)>,
}

impl<'a> Look<'_, '_, 'a> {
    fn method(&mut self, method: &'a MethodCall, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        if matches!(&*method.name, "route" | "at" | "api_route" | "route_service" | "nest") {
            self.route = method.args.first().and_then(text);
        }
        // `endpoint.connect_with_connector(service_fn(…))` answers no request.
        if method.name.starts_with("connect_with_connector") {
            self.connectors.extend(method.args.iter().filter_map(|arg| match arg.bare() {
                Expr::Call(_, _, place) => Some(*place),
                _ => None,
            }));
        }
        if &*method.name == "any" && iterates(&method.receiver) {
            return;
        }
        let receiver = infer.expr(&method.receiver, locals);
        if !self.known.is_empty() {
            for function in methods_of(infer, &receiver, &method.name) {
                self.helped(&function, &method.args, infer, locals);
            }
        }
        if self.first && self.becomes_service(&method.name, &method.receiver, infer, locals) {
            let registration = Registration {
                role: Role::Function,
                framework: self.module,
                closures: true,
                errors: false,
            };
            let call = Call { name: "", place: method.place, registration, inferred: Vec::new() };
            self.register(&method.receiver, &call, infer, locals, 0);
            return;
        }
        let chain = chain(&receiver);
        let Some(registration) = registration::method(&method.name, chain, self.module, &receiver)
            .filter(|_| self.first)
        else {
            return;
        };
        let inferred = match registration.framework {
            Framework::Warp => {
                let count = method.args.last().map_or(0, |last| match last.bare() {
                    Expr::Closure(closure) => closure.args.len(),
                    _ => 0,
                });
                filters::extracts(&method.receiver, infer, locals, 0).of_parameters(count)
            }
            // The context that the module was made with.
            Framework::Jsonrpsee => {
                let index = if method.name.contains("subscription") { 2 } else { 1 };
                receiver.args().first().map(|ty| (index, ty.clone())).into_iter().collect()
            }
            _ => Vec::new(),
        };
        // The closure is the last argument, after names and routes.
        let call = Call { name: &method.name, place: method.place, registration, inferred };
        self.register_all(&method.args, &call, infer, locals);
    }

    /// A call of a function that registers its argument.
    fn helped(
        &mut self,
        function: &Function<'a>,
        args: &'a [Expr],
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        let Some(index) = self.program.index_of(function) else { return };
        for helper in self.known.iter().filter(|helper| helper.function == index) {
            let Some(arg) = args.get(helper.param) else { continue };
            let registration = helper.registration;
            let call =
                Call { name: "", place: Place::default(), registration, inferred: Vec::new() };
            self.register(arg, &call, infer, locals, 0);
        }
    }
}

/// Returns `true` if a value is an iterator, by the name of the method that makes it.
fn iterates(expr: &Expr) -> bool {
    const MAKERS: &[&str] = &[
        "iter",
        "iter_mut",
        "into_iter",
        "keys",
        "values",
        "values_mut",
        "into_values",
        "chars",
        "bytes",
        "lines",
        "split",
        "split_whitespace",
        "filter",
        "filter_map",
        "map",
        "flat_map",
        "flatten",
        "skip",
        "take",
        "rev",
        "enumerate",
        "zip",
        "chain",
        "cloned",
        "copied",
        "windows",
        "chunks",
        "drain",
        "peekable",
        "get_all",
        "ancestors",
        "components",
    ];
    matches!(expr.bare(), Expr::Method(call) if MAKERS.contains(&&*call.name))
}

fn text(expr: &Expr) -> Option<String> {
    match expr.bare() {
        Expr::Literal(text) if text.starts_with('/') => Some(text.to_string()),
        _ => None,
    }
}

/// Returns the framework that a chain of method calls starts from.
fn chain(ty: &Resolved) -> Framework {
    let known = Framework::of_path(ty.path());
    if known != Framework::Unknown {
        return known;
    }
    match ty {
        Resolved::Traits(traits) | Resolved::Param(_, traits) => traits
            .iter()
            .map(|of| Framework::of_path(&of.path))
            .find(|known| *known != Framework::Unknown)
            .unwrap_or(Framework::Unknown),
        _ => Framework::Unknown,
    }
}
