//! A loop that serves connections by hand, without anything that catches what goes wrong in them.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::handlers::{Visit, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Function, Program};
use crate::syntax::{Expr, Place};

pub(super) const LINT: Lint = Lint {
    name: "unguarded-accept-loop",
    level: Level::Deny,
    summary: "connections are served by hand, and nothing catches a panic or counts a failure",
    page: include_str!("pages/unguarded-accept-loop.md"),
};

/// Calls from the loop on.
const DEEPEST: u32 = 3;

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for function in context.functions() {
        for place in loops(context.program, function) {
            let mut finding = context.finding(&LINT, function.module, place);
            finding.subject = function.def.name.to_string();
            finding.message = format!(
                "`{}` serves each connection by hand: a panic in one ends its task unseen, and the loop goes \
                 on accepting",
                function.def.name
            );
            finding.help =
                "`oserver::serve(listener, service)` serves any tower service or `axum::Router`, \
                            and records what goes wrong"
                    .to_owned();
            findings.push(finding);
        }
    }
}

/// Where a function's accept loops start.
pub(super) fn loops<'a>(program: &Program<'a>, function: &Function<'a>) -> Vec<Place> {
    let mut look = Look { program, found: Vec::new() };
    visit(program, function, &mut look);
    look.found
}

struct Look<'p, 'a> {
    program: &'p Program<'a>,
    found: Vec<Place>,
}

impl<'a> Visit<'a> for Look<'_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, _: &Locals<'a>) {
        let Expr::Loop(parts, place) = expr else { return };
        let seen = Seen::of(parts, self.program, infer, 0);
        if !seen.catches && (seen.serves || (seen.accepts && seen.serves_below)) {
            self.found.push(*place);
        }
    }
}

/// What the body of a loop does, inner loops left out.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    accepts: bool,
    serves: bool,
    /// In a function that it calls.
    serves_below: bool,
    catches: bool,
}

impl Seen {
    fn of<'a>(parts: &'a [Expr], program: &Program<'a>, infer: &Infer<'_, 'a>, depth: u32) -> Self {
        let mut seen = Self::default();
        for part in parts {
            part.walk(&mut |expr| {
                match expr {
                    Expr::Loop(..) => return false,
                    Expr::Method(call) => seen.call(&call.name),
                    Expr::Call(callee, _, _) => {
                        if let Expr::Path(path, _) = &**callee {
                            seen.call(path.last());
                            seen.below(path, program, infer, depth);
                        }
                    }
                    _ => {}
                }
                true
            });
        }
        seen
    }

    fn call(&mut self, name: &str) {
        self.accepts |= name == "accept" || name == "poll_accept" || name == "next";
        self.serves |= name.starts_with("serve_connection");
        self.catches |= name == "catch_unwind";
    }

    fn below(
        &mut self,
        path: &crate::syntax::TyPath,
        program: &Program<'_>,
        infer: &Infer<'_, '_>,
        depth: u32,
    ) {
        if depth >= DEEPEST {
            return;
        }
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        let found =
            program.resolve(infer.scope.module, &names, path.global, crate::program::Space::Value);
        let crate::program::Found::Def(crate::program::Def::Fn(id)) = found else { return };
        let function = program.function(id);
        let Some(body) = &function.def.body else { return };
        let inner = Infer::new(program, program.scope_of(&function));
        let below = Self::of(&body.stmts, program, &inner, depth + 1);
        self.serves_below |= below.serves || below.serves_below;
        self.catches |= below.catches;
    }
}
