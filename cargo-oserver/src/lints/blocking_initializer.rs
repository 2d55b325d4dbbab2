//! A closure that makes a shared value, and waits for another thread or process meanwhile: all requests that need the value wait for the
//! closure. Findings of the lint [`blocking-call`](super::blocking_call).

use std::collections::HashSet;

use super::Context;
use super::blocking_call::LINT;
use crate::findings::Finding;
use crate::flow::{Code, Trace, Visit, visit};
use crate::infer::{Infer, Locals};
use crate::program::Function;
use crate::syntax::{Closure, Expr, MethodCall};

/// Methods that call their closure while others wait for the value.
const METHODS: &[&str] =
    &["get_or_init", "get_or_try_init", "get_mut_or_init", "get_with", "try_get_with"];

const HELP: &str = "make the value before the server starts, or use `tokio::sync::OnceCell`, whose wait ends at the deadline of the request";

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    statics(context, findings);
    // There the call itself has a finding.
    let by_async = by_async(context);
    for function in context.functions().filter(|function| function.def.calls_method(METHODS)) {
        let index = context.program.index_of(function);
        if !index
            .is_some_and(|index| context.reached.contains(&index) && !by_async.contains(&index))
        {
            continue;
        }
        let mut makers = Makers::default();
        visit(context.program, function, &mut makers);
        for (call, closure, locals) in makers.0 {
            let Some(what) = waits(context, function, closure, locals) else { continue };
            let mut finding = context.finding(&LINT, function.module, call.place);
            finding.subject = function.def.name.to_string();
            finding.message = format!(
                "the closure of `{}` in `{}` waits in `{}`: all requests that need the value wait, without a deadline",
                call.name,
                function.def.name,
                what.trim_start_matches('?')
            );
            finding.help = HELP.to_owned();
            findings.push(finding);
        }
    }
}

/// `static CLIENT: LazyLock<Client> = LazyLock::new(|| RUNTIME.block_on(connect()));`
fn statics(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    let modules = program
        .module_ids()
        .filter(|module| program.may_serve(*module) && !program.is_test(*module));
    for module in modules {
        for def in program.module(module).items.statics.iter().filter(|def| !def.test) {
            let Some(what) = def.waits.filter(|_| is_lazy(&def.ty.to_string())) else { continue };
            let mut finding = context.finding(&LINT, module, def.place);
            finding.subject = def.name.to_string();
            finding.message = format!(
                "the value of `static {}` waits in `{what}`: all requests that need the value wait, without a deadline",
                def.name
            );
            finding.help = HELP.to_owned();
            findings.push(finding);
        }
    }
}

fn is_lazy(ty: &str) -> bool {
    let (name, _) = ty.split_once('<').unwrap_or((ty, ""));
    matches!(name.rsplit("::").next(), Some("LazyLock" | "Lazy"))
}

/// Functions that async handlers reach.
fn by_async(context: &Context<'_, '_>) -> HashSet<u32> {
    let mut found = HashSet::new();
    for handler in context.handlers.iter().filter(|handler| handler.code.is_async()) {
        found.extend(handler.trace.steps.iter().filter_map(|step| step.function));
        found.extend(context.program.index_of(handler.code.function()));
    }
    found
}

/// The first call in a closure that waits.
fn waits<'a>(
    context: &Context<'_, 'a>,
    function: &Function<'a>,
    closure: &'a Closure,
    locals: Locals<'a>,
) -> Option<String> {
    let trace = Trace::of(context.flow, &Code::Closure(closure, *function, locals));
    let mut steps = trace.steps.iter().filter(|step| step.sure && !step.offloaded);
    steps.find_map(|step| {
        let mut calls = step.facts.blocking.iter().map(|blocking| &blocking.what);
        calls.find(|what| may_hang(what)).cloned()
    })
}

/// Returns `true` if a call waits for another thread or process. Files are read in a moment.
pub(super) fn may_hang(what: &str) -> bool {
    const FILES: &[&str] = &["std::fs", "std::path", "fs_err"];
    let what = what.trim_start_matches('?');
    !FILES.iter().any(|files| what.starts_with(files))
}

#[derive(Default)]
struct Makers<'a>(Vec<(&'a MethodCall, &'a Closure, Locals<'a>)>);

impl<'a> Visit<'a> for Makers<'a> {
    fn expr(&mut self, expr: &'a Expr, _: &Infer<'_, 'a>, locals: &Locals<'a>) {
        if let Expr::Method(call) = expr
            && METHODS.contains(&&*call.name)
            && let Some(Expr::Closure(closure)) = call.args.last().map(Expr::bare)
            && !closure.is_async
        {
            self.0.push((call, closure, locals.clone()));
        }
    }
}
