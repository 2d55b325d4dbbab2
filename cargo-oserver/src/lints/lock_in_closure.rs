//! Code of the service that runs inside a type of another crate, and shares a lock: a closure in a layer, a helper of a
//! template engine, a store behind a trait object. No type of the service shows its contents.

use std::collections::HashSet;

use super::Context;
use super::blocking_initializer::may_hang;
use crate::findings::{Finding, Level, Lint};
use crate::flow::{Code, Trace, Visit, captured, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Function, Scope, Space};
use crate::reach::Lock;
use crate::syntax::{Closure, Expr, Place};

pub(super) const LINT: Lint = Lint {
    name: "lock-in-closure",
    level: Level::Deny,
    summary: "code that runs inside a type of another crate shares a lock",
    page: include_str!("pages/lock-in-closure.md"),
};

/// Methods whose closures are called for each request, or whenever a template is rendered or a cache evicts something.
const GIVEN: &[&str] = &[
    "layer",
    "route_layer",
    "make_span_with",
    "on_request",
    "on_response",
    "on_failure",
    "on_body_chunk",
    "on_eos",
    "add_function",
    "add_filter",
    "add_test",
    "register_function",
    "register_filter",
    "register_tester",
    "register_helper",
    "set_formatter",
    "set_loader",
    "eviction_listener",
    "async_eviction_listener",
];

/// The function whose closure runs in each panic.
const HOOK: &str = "set_hook";

/// Traits whose implementors stand behind a type that is vouched for.
const TRAITS: &[(&str, &[&str])] = &[
    ("object_store", &["ObjectStore"]),
    ("handlebars", &["HelperDef", "DecoratorDef"]),
    ("tera", &["Function", "Filter", "Test"]),
    ("minijinja", &["Object"]),
    ("std", &["Wake"]),
    ("tracing", &["Subscriber"]),
    ("tracing_core", &["Subscriber"]),
    ("tracing_subscriber", &["Layer", "Filter", "MakeWriter", "FormatEvent"]),
    ("log", &["Log"]),
    ("metrics", &["Recorder", "CounterFn", "GaugeFn", "HistogramFn"]),
    ("prometheus", &["Collector"]),
];

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    for module in program
        .module_ids()
        .filter(|module| program.may_serve(*module) && !program.is_test(*module))
    {
        for of in program.module(module).items.impls.iter().filter(|of| !of.test) {
            let Some(path) = &of.of else { continue };
            let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
            let found = program.resolve(module, &names, path.global, Space::Type);
            let is_vouched = TRAITS.iter().any(|(of, traits)| {
                traits.contains(&path.last()) && found.external_of(program, &[*of])
            });
            let reached = context.reach.locks(&program.impl_type(module, of));
            let Some(lock) = reached.locks.first().filter(|_| is_vouched) else { continue };
            let what =
                format!("`{}` implements `{}` and contains a lock", of.for_type, path.last());
            let mut finding = context.finding(&LINT, module, of.place);
            describe(&mut finding, of.for_type.to_string(), &what, lock);
            findings.push(finding);
        }
    }
    // Middleware is a handler, and has its own finding.
    let handlers = context.handlers.iter().filter_map(|handler| match &handler.code {
        Code::Closure(closure, function, _) => Some(program.at(function.module, closure.place)),
        _ => None,
    });
    let handlers: HashSet<(u32, Place)> = handlers.collect();
    let gives = |function: &&Function<'_>| {
        function.def.calls_method(GIVEN) || function.def.any(&calls_hook)
    };
    for function in context.functions().filter(gives) {
        let mut look = Look { context, function, handlers: &handlers, findings };
        visit(program, function, &mut look);
    }
}

fn calls_hook(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(callee, _, _)
        if matches!(&**callee, Expr::Path(path, _) if path.last() == HOOK))
}

/// Returns `true` for `layer_fn(|service| Counted { service, cache })`, unless its closure makes another one.
fn only_makes_services(callee: &Expr, args: &[Expr]) -> bool {
    let is_layer = matches!(callee, Expr::Path(path, _) if path.last() == "layer_fn");
    let makes_closures = |arg: &Expr| match arg.bare() {
        Expr::Closure(closure) => closure.body.any(&|part| matches!(part, Expr::Closure(_))),
        _ => true,
    };
    is_layer && !args.iter().any(makes_closures)
}

fn describe(finding: &mut Finding, subject: String, what: &str, lock: &Lock) {
    finding.chain.clone_from(&lock.chain);
    finding.subject = subject;
    finding.message = format!(
        "{what} (`{}`): a request that panics or hangs under the lock stops all other requests that run this code",
        lock.name.trim_start_matches('?')
    );
    finding.help =
        "let an actor own the value, or give this code a copy or a snapshot of it".to_owned();
}

struct Look<'l, 'c, 'a> {
    context: &'l Context<'c, 'a>,
    function: &'l Function<'a>,
    handlers: &'l HashSet<(u32, Place)>,
    findings: &'l mut Vec<Finding>,
}

impl<'a> Visit<'a> for Look<'_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, _: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let (name, args) = match expr {
            Expr::Method(call) if GIVEN.contains(&&*call.name) => (&*call.name, &call.args),
            Expr::Call(_, args, _) if calls_hook(expr) => (HOOK, args),
            _ => return,
        };
        let mut closures = Vec::new();
        for arg in args {
            // `let layer = …; router.layer(layer)`
            let name = match arg.bare() {
                Expr::Path(path, _) => path.single(),
                _ => None,
            };
            let made = name.and_then(|name| locals.get(name)).and_then(|local| local.init);
            made.unwrap_or(arg).walk(&mut |part| match part {
                Expr::Closure(closure) => {
                    closures.push(&**closure);
                    false
                }
                // It runs when the router is built; the service that it makes is a handler.
                Expr::Call(callee, inner, _) if only_makes_services(callee, inner) => false,
                // Its closures have been seen.
                Expr::Method(inner) => !GIVEN.contains(&&*inner.name),
                _ => true,
            });
        }
        for closure in closures {
            self.closure(closure, name, locals);
            if name == HOOK {
                self.hook(closure, locals);
            }
        }
    }
}

impl<'a> Look<'_, '_, 'a> {
    /// A panic hook runs in each request that panics.
    fn hook(&mut self, closure: &'a Closure, locals: &Locals<'a>) {
        let context = self.context;
        let code = Code::Closure(closure, *self.function, locals.clone());
        let trace = Trace::of(context.flow, &code);
        for step in trace.steps.iter().filter(|step| step.sure && !step.offloaded) {
            let locks = step.facts.statics.iter().filter_map(|used| {
                let def = context.program.static_def(used.id);
                let ty = context.program.resolve_type(&def.ty, &Scope::new(used.id.module));
                let lock = context.reach.locks(&ty).locks.first().cloned()?;
                Some((format!("a panic hook uses the lock in `static {}`", def.name), lock))
            });
            for (what, lock) in locks {
                let mut finding = context.finding(&LINT, self.function.module, closure.place);
                describe(&mut finding, self.function.def.name.to_string(), &what, &lock);
                self.findings.push(finding);
            }
            let waits = step.facts.blocking.iter().find(|blocking| may_hang(&blocking.what));
            if let Some(blocking) = waits {
                let mut finding = context.finding(&LINT, self.function.module, closure.place);
                finding.subject = self.function.def.name.to_string();
                finding.message = format!(
                    "a panic hook waits in `{}`: each request that panics keeps its thread there",
                    blocking.what.trim_start_matches('?')
                );
                finding.help = "let the hook send its message over a channel".to_owned();
                self.findings.push(finding);
            }
        }
    }

    fn closure(&mut self, closure: &'a Closure, method: &str, locals: &Locals<'a>) {
        let module = self.function.module;
        if self.handlers.contains(&self.context.program.at(module, closure.place)) {
            return;
        }
        for (name, ty) in captured(closure, locals) {
            let reached = self.context.reach.locks(&ty);
            let Some(lock) = reached.locks.first() else { continue };
            let what = format!(
                "a closure that is given to `{method}` captures `{name}`, which leads to a lock"
            );
            let mut finding = self.context.finding(&LINT, module, closure.place);
            describe(&mut finding, format!("{name} in {}", self.function.def.name), &what, lock);
            self.findings.push(finding);
        }
    }
}
