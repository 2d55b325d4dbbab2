//! A borrow of a `watch` channel that is held while something blocks its thread, and a closure of `send_modify` that does. Both are
//! guards of a lock: a sender waits for the borrow, and every later reader waits for the sender.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::flow::{Code, Trace, Visit, visit};
use crate::infer::{Infer, Locals};
use crate::known;
use crate::program::{Function, Resolved};
use crate::syntax::{Branch, Expr, Let, Place};

pub(super) const LINT: Lint = Lint {
    name: "watch-as-lock",
    level: Level::Warn,
    summary: "a `watch` channel is borrowed or changed while something blocks",
    page: include_str!("pages/watch-as-lock.md"),
};

/// Methods of `watch` channels that hold a guard.
const WATCHING: &[&str] =
    &["borrow", "borrow_and_update", "wait_for", "send_modify", "send_if_modified"];

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for function in context.functions().filter(|function| function.def.calls_method(WATCHING)) {
        let mut look = Look { context, function, borrows: Vec::new(), findings };
        visit(context.program, function, &mut look);
        let borrows = std::mem::take(&mut look.borrows);
        let Some(body) = &function.def.body else { continue };
        look.block(&body.stmts, &borrows);
        body.stmts.iter().for_each(|stmt| {
            stmt.walk(&mut |expr| {
                if let Expr::Block(block) | Expr::Async(block, _) = expr {
                    look.block(&block.stmts, &borrows);
                }
                true
            });
        });
    }
}

struct Look<'l, 'c, 'a> {
    context: &'l Context<'c, 'a>,
    function: &'l Function<'a>,
    /// Borrows that have a name, with the names that are bound before them.
    borrows: Vec<(&'a Let, Locals<'a>)>,
    findings: &'l mut Vec<Finding>,
}

impl<'a> Look<'_, '_, 'a> {
    /// The statements after a borrow in its block, until the borrow is dropped.
    fn block(&mut self, stmts: &'a [Expr], borrows: &[(&'a Let, Locals<'a>)]) {
        let program = self.context.program;
        for (index, stmt) in stmts.iter().enumerate() {
            let Expr::Let(binding) = stmt else { continue };
            let same = |(known, _): &&(&'a Let, Locals<'a>)| std::ptr::eq(*known, &**binding);
            let Some((_, locals)) = borrows.iter().find(same) else { continue };
            let Some(name) = binding.pattern.bindings.first().map(|binding| &*binding.name) else {
                continue;
            };
            let infer = Infer::new(program, program.scope_of(self.function));
            let mut locals = locals.clone();
            infer.bind(stmt, &mut locals);
            for after in &stmts[index + 1..] {
                if drops(after, name) {
                    break;
                }
                if let Some(what) = self.blocking(after, binding.place, &locals) {
                    self.found(binding.place, &format!("holds the borrow `{name}`"), &what);
                    break;
                }
                infer.bind(after, &mut locals);
            }
        }
    }

    /// Returns the first call in an expression that blocks its thread.
    fn blocking(&self, expr: &'a Expr, place: Place, locals: &Locals<'a>) -> Option<String> {
        let code = Code::Block(expr, place, *self.function, locals.clone());
        self.blocking_code(&code)
    }

    fn blocking_code(&self, code: &Code<'a>) -> Option<String> {
        let trace = Trace::of(self.context.flow, code);
        let mut steps = trace.steps.iter().filter(|step| step.sure && !step.offloaded);
        steps.find_map(|step| step.facts.blocking.first().map(|blocking| blocking.what.clone()))
    }

    fn found(&mut self, place: Place, how: &str, what: &str) {
        let name = &self.function.def.name;
        let mut finding = self.context.finding(&LINT, self.function.module, place);
        finding.subject = name.to_string();
        finding.message = format!(
            "`{name}` {how} of a `watch` channel while `{}` blocks: a task that changes the value waits, and then every reader waits",
            what.trim_start_matches('?')
        );
        finding.help =
            "clone the value that you need out of the borrow (`let value = receiver.borrow().clone();`), and make a new value \
             before `send_replace`"
                .to_owned();
        self.findings.push(finding);
    }
}

impl<'a> Visit<'a> for Look<'_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        match expr {
            Expr::Let(binding) => {
                let init = binding.init.as_ref();
                if init.is_some_and(|init| borrow(init, infer, locals).is_some()) {
                    self.borrows.push((binding, locals.clone()));
                }
            }
            // The temporaries of these live as long as their bodies.
            Expr::Branches(branch, subject, arms) => {
                let is_let = |expr: &Expr| matches!(expr, Expr::Let(_));
                if *branch == Branch::Match || subject.iter().any(|part| part.any(&is_let)) {
                    self.temporary(subject, arms, infer, locals);
                }
            }
            Expr::For(_, parts, _) => {
                self.temporary(&parts[..1], &parts[1..], infer, locals);
            }
            Expr::Method(call)
                if matches!(&*call.name, "send_modify" | "send_if_modified" | "wait_for") =>
            {
                let Some(Expr::Closure(closure)) = call.args.first().map(Expr::bare) else {
                    return;
                };
                let code = Code::Closure(closure, *self.function, locals.clone());
                if let Some(what) = self.blocking_code(&code) {
                    let how = match &*call.name {
                        "wait_for" => "looks at the value",
                        _ => "changes the value",
                    };
                    self.found(call.place, how, &what);
                }
            }
            _ => {}
        }
    }
}

impl<'a> Look<'_, '_, 'a> {
    fn temporary(
        &mut self,
        subject: &'a [Expr],
        arms: &'a [Expr],
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        let mut place = None;
        for part in subject {
            part.walk(&mut |expr| {
                place = place.or_else(|| borrow(expr, infer, locals));
                place.is_none()
            });
        }
        let Some(place) = place else { return };
        let what = arms.iter().find_map(|arm| self.blocking(arm, place, locals));
        if let Some(what) = what {
            self.found(place, "holds a borrow", &what);
        }
    }
}

/// Returns the place of a borrow, if the expression is one: `receiver.borrow()`, `receiver.wait_for(..).await?`.
fn borrow<'a>(expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> Option<Place> {
    match expr {
        Expr::Same(inner) | Expr::Await(inner) => borrow(inner, infer, locals),
        Expr::Method(call) if matches!(&*call.name, "unwrap" | "expect") => {
            borrow(&call.receiver, infer, locals)
        }
        Expr::Method(call)
            if matches!(&*call.name, "borrow" | "borrow_and_update" | "wait_for") =>
        {
            let receiver = infer.expr(&call.receiver, locals);
            is_watch(&receiver).then_some(call.place)
        }
        _ => None,
    }
}

fn is_watch(ty: &Resolved) -> bool {
    match ty {
        Resolved::External(path, _) if path.starts_with("tokio::sync::watch::") => true,
        Resolved::External(path, args) if known::derefs(path) => args.first().is_some_and(is_watch),
        _ => false,
    }
}

/// Returns `true` for `drop(borrow)`
fn drops(expr: &Expr, name: &str) -> bool {
    let Expr::Call(callee, args, _) = expr.bare() else { return false };
    let is_drop = matches!(&**callee, Expr::Path(path, _) if path.last() == "drop");
    is_drop
        && matches!(args.first().map(Expr::bare), Some(Expr::Path(path, _)) if path.single() == Some(name))
}
