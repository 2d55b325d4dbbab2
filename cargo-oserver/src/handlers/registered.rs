//! Handlers by where they are given to a router, a middleware or a service.

use super::registration::{self, Registration};
use super::{Code, Found, Framework, Handler, Role, Visit, signatures, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Def, Found as Name, Function, Owner, Program, Resolved, Space};
use crate::syntax::{Closure, Expr, Ty, TyPath};

pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    for function in &program.functions {
        let test =
            function.def.attributes.test || matches!(function.owner, Owner::Impl(of) if of.test);
        if program.is_test(function.module)
            || !program.may_serve(function.module)
            || test
            || function.def.body.is_none()
        {
            continue;
        }
        let module = Framework::of_module(program, function.module);
        let mut look = Look { program, function: *function, module, route: None, found };
        visit(program, function, &mut look);
    }
}

struct Look<'f, 'p, 'a> {
    program: &'p Program<'a>,
    function: Function<'a>,
    module: Framework,
    /// The path of the `.route(…)` call that was last entered.
    route: Option<String>,
    found: &'f mut Found<'a>,
}

impl<'a> Visit<'a> for Look<'_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        match expr {
            Expr::Call(callee, args, _) => {
                let Expr::Path(path, _) = &**callee else { return };
                if let Some(registration) =
                    registration::function(self.program, infer.scope.module, path)
                {
                    self.register_all(args, path.last(), registration, infer, locals);
                }
            }
            Expr::Method(call) => {
                if matches!(&*call.name, "route" | "at" | "api_route" | "route_service" | "nest") {
                    self.route = call.args.first().and_then(text);
                }
                let chain = chain(&call.receiver, infer, locals);
                if let Some(registration) = registration::method(&call.name, chain, self.module) {
                    self.register_all(&call.args, &call.name, registration, infer, locals);
                }
            }
            Expr::Macro(path, parts, _) if matches!(path.last(), "routes" | "catchers") => {
                let role = Role::Function;
                let registration = Registration { role, framework: self.module, closures: false };
                self.register_all(parts, "", registration, infer, locals);
            }
            _ => {}
        }
    }
}

fn text(expr: &Expr) -> Option<String> {
    match expr.bare() {
        Expr::Literal(text) if text.starts_with('/') => Some(text.to_string()),
        _ => None,
    }
}

/// The framework that a chain of method calls starts from.
fn chain<'a>(expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> Framework {
    let ty = infer.expr(expr, locals);
    let known = Framework::of_path(ty.path());
    if known != Framework::Unknown {
        return known;
    }
    match &ty {
        Resolved::Traits(traits) => traits
            .iter()
            .map(|of| Framework::of_path(&of.path))
            .find(|known| *known != Framework::Unknown)
            .unwrap_or(Framework::Unknown),
        _ => Framework::Unknown,
    }
}

impl<'a> Look<'_, '_, 'a> {
    fn register_all(
        &mut self,
        args: &'a [Expr],
        call: &str,
        registration: Registration,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        for arg in args {
            self.register(arg, call, registration, infer, locals, 0);
        }
    }

    fn register(
        &mut self,
        arg: &'a Expr,
        call: &str,
        registration: Registration,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        depth: u32,
    ) {
        if depth > 8 {
            return;
        }
        match arg.bare() {
            Expr::Path(path, _) => {
                let local = path.single().and_then(|name| locals.get(name));
                if let Some(init) = local.and_then(|local| local.init) {
                    if depth == 0 {
                        self.register(init, call, registration, infer, locals, depth + 1);
                    }
                } else if local.is_none()
                    && let Some(function) = function_item(path, infer)
                {
                    self.add_function(&function, call, registration);
                }
            }
            // `warp::any().map(move || db.clone())` hands state on, and answers nothing.
            Expr::Closure(closure) if closure.args.is_empty() && clones(&closure.body) => {}
            Expr::Closure(closure) if registration.closures => {
                self.add_closure(closure, self.function, call, registration, locals);
            }
            // `handler.layer(…)`, `handler.into_service()`, `handler.clone()`
            Expr::Method(inner) => {
                self.register(&inner.receiver, call, registration, infer, locals, depth + 1);
            }
            Expr::Call(callee, args, _) => {
                let Expr::Path(path, _) = &**callee else { return };
                if let Some(function) = function_item(path, infer) {
                    self.returned_closure(&function, call, registration);
                }
                // A wrapper around the handler.
                for inner in args.iter().filter(|inner| matches!(inner.bare(), Expr::Path(..))) {
                    self.register(inner, call, registration, infer, locals, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// `service_fn(make_handler(registry))`: the closure that the function ends with.
    fn returned_closure(
        &mut self,
        function: &Function<'a>,
        call: &str,
        registration: Registration,
    ) {
        let returns_fn = matches!(&function.def.output, Some(Ty::Impl(bounds))
            if bounds.iter().any(|bound| bound.last().starts_with("Fn")));
        let Some(body) = function.def.body.as_ref().filter(|body| returns_fn && body.tail) else {
            return;
        };
        let Some(Expr::Closure(closure)) = body.stmts.last().map(Expr::bare) else { return };
        let infer = Infer::new(self.program, self.program.scope_of(function));
        let mut locals = super::captures::parameters(&infer, function);
        body.stmts.iter().for_each(|stmt| infer.bind(stmt, &mut locals));
        self.add_closure(closure, *function, call, registration, &locals);
    }

    fn route(&self, call: &str) -> Vec<String> {
        let verb = call.to_uppercase();
        let known = matches!(
            &*verb,
            "GET"
                | "POST"
                | "PUT"
                | "DELETE"
                | "PATCH"
                | "HEAD"
                | "OPTIONS"
                | "TRACE"
                | "CONNECT"
                | "ANY"
        );
        match &self.route {
            Some(route) if known => vec![format!("{verb} {route}")],
            _ => Vec::new(),
        }
    }

    fn add_function(&mut self, function: &Function<'a>, call: &str, registration: Registration) {
        if self.program.is_test(function.module) || matches!(function.owner, Owner::Trait(_)) {
            return;
        }
        let mut handler = signatures::handler(self.program, function, registration.role);
        if handler.framework == Framework::Unknown || registration.framework == Framework::Hyper {
            handler.framework = registration.framework;
        }
        handler.routes = self.route(call);
        self.found.add(handler);
    }

    fn add_closure(
        &mut self,
        closure: &'a Closure,
        function: Function<'a>,
        call: &str,
        registration: Registration,
        locals: &Locals<'a>,
    ) {
        self.found.add(Handler {
            name: format!("{{closure in {}}}", function.def.name),
            file: self.program.module(function.module).file,
            place: closure.place,
            framework: registration.framework,
            role: Role::Closure,
            routes: self.route(call),
            code: Code::Closure(closure, function, locals.clone()),
            states: Vec::new(),
        });
    }
}

/// `value.clone()`, `Arc::clone(&value)`
fn clones(body: &Expr) -> bool {
    match body.bare() {
        Expr::Method(call) => &*call.name == "clone" && call.args.is_empty(),
        Expr::Call(callee, _, _) => {
            matches!(&**callee, Expr::Path(path, _) if path.last() == "clone")
        }
        _ => false,
    }
}

/// The function that a path names, methods and associated functions included.
pub(super) fn function_item<'a>(path: &TyPath, infer: &Infer<'_, 'a>) -> Option<Function<'a>> {
    let program = infer.program;
    let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
    if path.qself.is_none()
        && let Name::Def(Def::Fn(id)) =
            program.resolve(infer.scope.module, &names, path.global, Space::Value)
    {
        return Some(program.function(id));
    }
    if names.len() < 2 && path.qself.is_none() {
        return None;
    }
    let mut prefix = path.clone();
    let name = prefix.segments.pop()?.name;
    let base = match prefix.qself.take() {
        Some(qself) => *qself,
        None => Ty::Path(prefix),
    };
    match program.resolve_type(&base, &infer.scope) {
        Resolved::Own(id, _) => program.method(id, &name),
        _ => None,
    }
}
