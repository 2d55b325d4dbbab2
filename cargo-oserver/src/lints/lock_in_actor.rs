//! Actors that share a lock with others: a panic under it outlives the actor.

use std::rc::Rc;

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::flow::{Code, Visit, captured, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Found, Function, Owner, Program, Resolved, Scope, Space};
use crate::reach::{Reach, Step};
use crate::syntax::{Expr, ImplDef, MethodCall, TyPath};

pub(super) const LINT: Lint = Lint {
    name: "lock-in-actor",
    level: Level::Deny,
    summary: "an actor shares a lock with other code, or returns one",
    page: include_str!("pages/lock-in-actor.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    for module in program.module_ids().filter(|module| !program.is_test(*module)) {
        for of in program.module(module).items.impls.iter().filter(|of| is_actor(of)) {
            for def in &of.fns {
                command(context, &Function { def, module, owner: Owner::Impl(of) }, findings);
            }
            fields(context, &program.impl_type(module, of), findings);
        }
    }
    if !program.uses_oserver() {
        return;
    }
    for function in context.functions() {
        let mut look = Factories { context, function, findings };
        visit(program, function, &mut look);
    }
}

pub(super) fn is_actor(of: &ImplDef) -> bool {
    of.attributes
        .others
        .iter()
        .any(|(path, _)| path.plain() == "oserver::actor" || path.single() == Some("actor"))
}

fn describe(finding: &mut Finding, subject: String, message: String) {
    finding.subject = subject;
    finding.message = message;
    finding.help =
        "let the actor own the value without a lock, and return values from its commands"
            .to_owned();
}

/// A command that takes or returns something with a lock in it.
fn command<'a>(context: &Context<'_, 'a>, function: &Function<'a>, findings: &mut Vec<Finding>) {
    let program = context.program;
    let scope = program.scope_of(function);
    let written = function.def.params.iter().map(|param| &param.ty).chain(&function.def.output);
    for ty in written {
        let resolved = program.resolve_type(ty, &scope);
        let reached = context.reach.locks(&resolved);
        let lock = reached.locks.first();
        // `Box<dyn FnOnce(Arc<Mutex<T>>)>`: the command gives the lock to the author of the closure.
        let name = lock.map(|lock| Rc::clone(&lock.name));
        let Some(name) = name.or_else(|| context.reach.passed_on(&resolved)) else { continue };
        let mut finding = context.finding(&LINT, function.module, function.def.place);
        finding.chain = lock.map_or_else(Vec::new, |lock| lock.chain.clone());
        let message = format!(
            "the command `{}` takes or returns a lock: `{ty}` leads to `{}`",
            function.def.name,
            name.trim_start_matches('?')
        );
        describe(&mut finding, function.def.name.to_string(), message);
        findings.push(finding);
    }
}

/// A field through which others can hold the same lock: one behind an `Arc` or a reference.
fn fields(context: &Context<'_, '_>, actor: &Resolved, findings: &mut Vec<Finding>) {
    let Resolved::Own(id, _) = actor else { return };
    let program = context.program;
    let def = program.type_def(*id);
    for field in def.fields.iter().filter(|field| field.trusted.is_none()) {
        let ty = program.resolve_type(&field.ty, &Scope::new(id.module));
        let text = field.ty.to_string();
        let shares = text.contains("Arc") || text.starts_with('&') || text.contains("Weak");
        let reached = context.reach.locks(&ty);
        let Some(lock) = reached.locks.first().filter(|_| shares) else { continue };
        let mut finding = context.finding(&LINT, id.module, field.place);
        finding.chain.clone_from(&lock.chain);
        let message = format!(
            "the actor `{}` shares a lock by its field `{}: {text}`: after a panic under the lock, every fresh actor gets the same lock",
            def.name, field.name
        );
        describe(&mut finding, format!("{}.{}", def.name, field.name), message);
        findings.push(finding);
    }
}

/// Closures that are given to `oserver::supervise`.
struct Factories<'l, 'c, 'a> {
    context: &'l Context<'c, 'a>,
    function: &'l Function<'a>,
    findings: &'l mut Vec<Finding>,
}

impl<'a> Factories<'_, '_, 'a> {
    /// `handle.on_change(Box::new(move || *lock.lock() += 1))`: the actor keeps the closure, and shares the lock.
    fn given(&mut self, call: &'a MethodCall, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let receiver = infer.expr(&call.receiver, locals);
        if !self.context.program.is_owner_handle(receiver.last()) {
            return;
        }
        for arg in &call.args {
            arg.walk(&mut |part| {
                let Expr::Closure(closure) = part else { return true };
                for (name, ty) in captured(closure, locals) {
                    let reached = self.context.reach.locks(&ty);
                    let Some(lock) = reached.locks.first() else { continue };
                    let mut finding =
                        self.context.finding(&LINT, self.function.module, closure.place);
                    finding.level = Level::Warn;
                    finding.chain.clone_from(&lock.chain);
                    let message = format!(
                        "a closure that an actor receives captures `{name}`, which leads to a lock (`{}`): after a panic under the \
                         lock, every fresh actor gets the same lock",
                        lock.name.trim_start_matches('?')
                    );
                    describe(&mut finding, format!("{} in {}", name, self.function.def.name), message);
                    self.findings.push(finding);
                }
                false
            });
        }
    }
}

impl<'a> Visit<'a> for Factories<'_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        if let Expr::Method(call) = expr {
            self.given(call, infer, locals);
        }
        let args = match expr {
            Expr::Call(callee, args, _) => match &**callee {
                Expr::Path(path, _) if is_supervise(path, self.context.program, infer) => args,
                _ => return,
            },
            Expr::Method(call) if &*call.name == "supervise" => {
                match infer.expr(&call.receiver, locals).path().starts_with("oserver") {
                    true => &call.args,
                    false => return,
                }
            }
            _ => return,
        };
        let Some(factory) = args.first().map(Expr::bare) else { return };
        // `let make = move || …; supervise(make)`
        let name = match factory {
            Expr::Path(path, _) => path.single(),
            _ => None,
        };
        let made = name.and_then(|name| locals.get(name)).and_then(|local| local.init);
        let Expr::Closure(closure) = made.unwrap_or(factory).bare() else { return };
        let reach: &Reach<'_, 'a> = self.context.reach;
        for (name, ty) in captured(closure, locals) {
            let reached = reach.locks(&ty);
            let Some(lock) = reached.locks.first() else { continue };
            let mut finding = self.context.finding(&LINT, self.function.module, closure.place);
            finding.chain.clone_from(&lock.chain);
            let message = format!(
                "the factory of an actor captures `{name}`, which leads to a lock (`{}`): after a panic under the lock, \
                 every fresh actor gets the same lock",
                lock.name.trim_start_matches('?')
            );
            describe(&mut finding, format!("{} in {}", name, self.function.def.name), message);
            self.findings.push(finding);
        }
        let code = Code::Closure(closure, *self.function, locals.clone());
        let facts = self.context.flow.facts_of(&code);
        let program = self.context.program;
        for used in &facts.statics {
            let def = program.static_def(used.id);
            let ty = program.resolve_type(&def.ty, &Scope::new(used.id.module));
            if reach.locks(&ty).locks.is_empty() {
                continue;
            }
            let mut finding = self.context.finding(&LINT, self.function.module, closure.place);
            let (file, place) = program.at(used.id.module, def.place);
            finding.chain =
                vec![Step { file, place, what: format!("static {}: {}", def.name, def.ty) }];
            let message =
                format!("the factory of an actor shares the lock in `static {}`", def.name);
            describe(&mut finding, def.name.to_string(), message);
            self.findings.push(finding);
        }
    }
}

/// Returns `true` for `oserver::supervise`, by whatever name it was imported.
fn is_supervise(path: &TyPath, program: &Program<'_>, infer: &Infer<'_, '_>) -> bool {
    let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
    let found = program.resolve(infer.scope.module, &names, path.global, Space::Value);
    let is_named = match &found {
        Found::External(path) => path.ends_with("::supervise"),
        _ => path.last() == "supervise",
    };
    is_named && found.external_of(program, &["oserver", "oserver_runtime"])
}
