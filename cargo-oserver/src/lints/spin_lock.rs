//! A loop that goes on until it has set an atomic flag: a lock that no type shows.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::flow::{Visit, visit};
use crate::infer::{Infer, Locals};
use crate::program::Function;
use crate::syntax::{Expr, MethodCall};

pub(super) const LINT: Lint = Lint {
    name: "spin-lock",
    level: Level::Warn,
    summary: "a loop waits until it has set an atomic flag",
    page: include_str!("pages/spin-lock.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for function in context.functions() {
        let mut look = Look { context, function, findings };
        visit(context.program, function, &mut look);
    }
}

struct Look<'l, 'c, 'a> {
    context: &'l Context<'c, 'a>,
    function: &'l Function<'a>,
    findings: &'l mut Vec<Finding>,
}

impl<'a> Visit<'a> for Look<'_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, _: &Infer<'_, 'a>, _: &Locals<'a>) {
        let Expr::Loop(parts, place) = expr else { return };
        let sets = |expr: &Expr| matches!(expr, Expr::Method(call) if sets_a_flag(call));
        if !parts.iter().any(|part| part.any(&sets)) {
            return;
        }
        let name = &self.function.def.name;
        let mut finding = self.context.finding(&LINT, self.function.module, *place);
        finding.subject = name.to_string();
        finding.message = format!(
            "`{name}` waits in a loop until it has set an atomic flag: who panics or hangs before the flag is reset \
             stops all others"
        );
        finding.help = "let an actor do the work that must not overlap".to_owned();
        self.findings.push(finding);
    }
}

fn is_ordering(expr: &Expr) -> bool {
    const NAMES: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];
    matches!(expr.bare(), Expr::Path(path, _) if NAMES.contains(&path.last()))
}

/// `swap(true, ..)`, `compare_exchange(false, true, ..)`, or the same with 0 and 1: constants, so it is no update of a value that was
/// read.
fn sets_a_flag(call: &MethodCall) -> bool {
    let literal = |index: usize| match call.args.get(index).map(Expr::bare) {
        Some(Expr::Literal(text)) => &**text,
        _ => "",
    };
    match &*call.name {
        // `list.swap(1, 0)` is none.
        "swap" => matches!(literal(0), "true" | "1") && call.args.get(1).is_some_and(is_ordering),
        "compare_exchange" | "compare_exchange_weak" => {
            matches!((literal(0), literal(1)), ("false", "true") | ("0", "1"))
        }
        _ => false,
    }
}
