//! Handlers by where they are given to a router, a middleware or a service.

use super::registration::{self, Registration};
use super::{Code, Found, Framework, Handler, NotRead, Role, filters, signatures};
use crate::flow::{self, Visit, function_item, methods_of, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Found as Name, Function, Owner, Program, Resolved, Space};
use crate::syntax::{Block, Closure, Expr, MethodCall, Place, Ty, TyPath};

/// Rounds of functions that register what they are given.
const ROUNDS: usize = 4;
/// Expressions within each other, on the way to a handler.
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
                let registration = Registration { role, framework: self.module, closures: false };
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
        let receiver = infer.expr(&method.receiver, locals);
        if !self.known.is_empty() {
            for function in methods_of(infer, &receiver, &method.name) {
                self.helped(&function, &method.args, infer, locals);
            }
        }
        let chain = chain(&receiver);
        let Some(registration) = registration::method(&method.name, chain, self.module, &receiver)
            .filter(|_| self.first)
        else {
            return;
        };
        let inferred = match registration.framework {
            Framework::Warp => filters::extracts(&method.receiver, infer, locals, 0)
                .map(|list| list.into_iter().enumerate().collect())
                .unwrap_or_default(),
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

    /// A call of a function that registers what it is given.
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

fn text(expr: &Expr) -> Option<String> {
    match expr.bare() {
        Expr::Literal(text) if text.starts_with('/') => Some(text.to_string()),
        _ => None,
    }
}

/// The framework that a chain of method calls starts from.
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

impl<'a> Look<'_, '_, 'a> {
    fn register_all(
        &mut self,
        args: &'a [Expr],
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        for arg in args {
            let clear = self.register(arg, call, infer, locals, 0);
            if !clear && !call.registration.unsure() {
                let file = self.program.module(self.function.module).file;
                let what = format!("what `{}` is given in `{}`", call.name, self.function.def.name);
                self.found.not_read.push(NotRead { file, place: call.place, what });
            }
        }
    }

    /// Whether it is clear what the argument is, be it a handler or not.
    fn register(
        &mut self,
        arg: &'a Expr,
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        depth: u32,
    ) -> bool {
        if depth > DEEPEST {
            return true;
        }
        match arg.bare() {
            Expr::Path(path, _) => self.path(path, call, infer, locals, depth),
            // `warp::any().map(move || db.clone())` hands state on, and answers nothing.
            Expr::Closure(closure) if closure.args.is_empty() && clones(&closure.body) => true,
            Expr::Closure(closure) if call.registration.closures => {
                self.add_closure(closure, self.function, call, locals);
                true
            }
            // `get({ let hits = hits.clone(); move || … })`
            Expr::Block(block) => self.block(block, call, infer, locals, depth),
            Expr::Branches(_, _, arms) => {
                let mut clear = true;
                for arm in arms {
                    clear &= self.register(arm, call, infer, locals, depth + 1);
                }
                clear
            }
            // `handler.layer(…)`, `handler.into_service()`, `handler.clone()`
            Expr::Method(inner) => {
                let receiver = infer.expr(&inner.receiver, locals);
                for function in methods_of(infer, &receiver, &inner.name) {
                    self.returned_closure(&function, call);
                }
                self.register(&inner.receiver, call, infer, locals, depth + 1)
            }
            Expr::Call(callee, args, _) => {
                let Expr::Path(path, _) = &**callee else { return true };
                let function = function_item(path, infer);
                if let Some(function) = &function {
                    self.returned_closure(function, call);
                }
                // A wrapper around the handler.
                for inner in args {
                    let handler = matches!(inner.bare(), Expr::Path(..))
                        || (function.is_some() && matches!(inner.bare(), Expr::Closure(_)));
                    if handler {
                        self.register(inner, call, infer, locals, depth + 1);
                    }
                }
                true
            }
            Expr::Macro(path, ..) => {
                matches!(path.last(), "format" | "concat" | "vec" | "path" | "include_str" | "env")
            }
            _ => true,
        }
    }

    fn block(
        &mut self,
        block: &'a Block,
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        depth: u32,
    ) -> bool {
        let Some((last, before)) = block.stmts.split_last().filter(|_| block.tail) else {
            return true;
        };
        let mut inner = locals.clone();
        before.iter().for_each(|stmt| infer.bind(stmt, &mut inner));
        self.register(last, call, infer, &inner, depth + 1)
    }

    fn path(
        &mut self,
        path: &TyPath,
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
        depth: u32,
    ) -> bool {
        let local = path.single().and_then(|name| locals.get(name));
        if let Some(local) = local {
            return match local.init {
                Some(init) => {
                    let before = locals.before(&local.name);
                    self.register(init, call, infer, &before, depth + 1)
                }
                None => self.parameter(&local.name, &local.ty, call, infer),
            };
        }
        if let Some(function) = function_item(path, infer) {
            let answers = registration::may_answer(self.program, &function);
            if call.registration.framework != Framework::Unknown
                && (answers || !call.registration.unsure())
            {
                self.add_function(&function, call);
            }
            return true;
        }
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        // A constant route, a service of another crate, a generic's function.
        let module = infer.scope.module;
        path.single() == Some("self")
            || self.program.resolve(module, &names, path.global, Space::Value) != Name::Unknown
            || names.last().is_some_and(|name| name.chars().all(|c| !c.is_lowercase()))
            || names.len() > 1
    }

    /// A parameter that is registered: what calls the function around it registers.
    fn parameter(
        &mut self,
        name: &str,
        ty: &Resolved,
        call: &Call<'_>,
        infer: &Infer<'_, 'a>,
    ) -> bool {
        if !matches!(ty, Resolved::Param(..) | Resolved::Traits(_)) {
            return *ty != Resolved::Unknown || call.registration.role == Role::Middleware;
        }
        let params = &self.function.def.params;
        let param = params
            .iter()
            .position(|param| param.pattern.bindings.iter().any(|binding| &*binding.name == name));
        if let (Some(param), Some(function)) = (param, infer.program.index_of(&self.function)) {
            self.helpers.push(Helper { function, param, registration: call.registration });
        }
        true
    }

    /// `service_fn(make_handler(registry))`: the closure that the function ends with.
    fn returned_closure(&mut self, function: &Function<'a>, call: &Call<'_>) {
        let returns = match &function.def.output {
            Some(Ty::Impl(bounds)) => bounds.iter().any(|bound| {
                bound.last().starts_with("Fn")
                    || matches!(bound.last(), "Handler" | "Service" | "Endpoint")
            }),
            Some(ty) => ty.to_string().contains("dyn Fn"),
            None => false,
        };
        let Some(body) = function.def.body.as_ref().filter(|body| returns && body.tail) else {
            return;
        };
        let infer = Infer::new(self.program, self.program.scope_of(function));
        let mut locals = flow::parameters(&infer, function);
        let Some((last, before)) = body.stmts.split_last() else { return };
        before.iter().for_each(|stmt| infer.bind(stmt, &mut locals));
        let mut last = last.bare();
        // `Box::new(move |request| …)`
        while let Expr::Call(_, args, _) = last
            && let [inner] = args.as_slice()
        {
            last = inner.bare();
        }
        if let Expr::Closure(closure) = last {
            self.add_closure(closure, *function, call, &locals);
        }
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

    fn add_function(&mut self, function: &Function<'a>, call: &Call<'_>) {
        let no_body = matches!(function.owner, Owner::Trait(_)) && function.def.body.is_none();
        if self.program.is_test(function.module) || no_body {
            return;
        }
        let mut handler = signatures::handler(self.program, function, call.registration.role);
        let framework = call.registration.framework;
        if handler.framework == Framework::Unknown || framework == Framework::Hyper {
            handler.framework = framework;
        }
        handler.routes = self.route(call.name);
        self.found.add(handler);
    }

    fn add_closure(
        &mut self,
        closure: &'a Closure,
        function: Function<'a>,
        call: &Call<'_>,
        locals: &Locals<'a>,
    ) {
        let name = format!("{{closure in {}}}", function.def.name);
        let code = Code::Closure(closure, function, locals.clone());
        let made = Handler::new(self.program, name, closure.place, code);
        self.found.add(Handler {
            framework: call.registration.framework,
            role: Role::Closure,
            routes: self.route(call.name),
            inferred: call.inferred.clone(),
            ..made
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
