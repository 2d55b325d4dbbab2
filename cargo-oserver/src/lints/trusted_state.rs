//! State that is declared as trusted: `Trusted::new(value, "reason")` and `#[handler_state(trusted = "reason")]`.

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::flow::{Visit, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Function, Resolved, Scope};
use crate::syntax::{Expr, Ty, TyPath};

pub(super) const LINT: Lint = Lint {
    name: "trusted-state",
    level: Level::Warn,
    summary: "state is trusted to hold no lock that can stop a request",
    page: include_str!("pages/trusted-state.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    for module in program.module_ids().filter(|module| !program.is_test(*module)) {
        for def in &program.module(module).items.types {
            for field in &def.fields {
                let Some(reason) = &field.trusted else { continue };
                let mut finding = context.finding(&LINT, module, field.place);
                finding.subject = format!("{}.{}", def.name, field.name);
                describe(
                    &mut finding,
                    &format!("`{}: {}` of `{}`", field.name, field.ty, def.name),
                    Some(reason),
                );
                findings.push(finding);
            }
        }
    }
    if !program.uses_oserver() {
        return;
    }
    for function in context.functions() {
        extractors(context, function, findings);
        let mut look = Look { context, function, findings };
        visit(program, function, &mut look);
    }
}

/// `pool: Trusted<Extension<Pool>>`: an extractor makes it, without a reason.
fn extractors<'a>(context: &Context<'_, 'a>, function: &Function<'a>, findings: &mut Vec<Finding>) {
    let module = function.module;
    for param in &function.def.params {
        if !names_trusted(&param.ty, context, &context.program.scope_of(function)) {
            continue;
        }
        let mut finding = context.finding(&LINT, module, function.def.place);
        finding.subject = function.def.name.to_string();
        describe(
            &mut finding,
            &format!("the parameter `{}` of `{}`", param.ty, function.def.name),
            None,
        );
        findings.push(finding);
    }
}

fn describe(finding: &mut Finding, what: &str, reason: Option<&str>) {
    finding.message = match reason {
        Some(reason) => format!("{what} is trusted: {reason}"),
        None => format!("{what} is trusted, and the reason is not a string literal there"),
    };
    finding.help =
        "check whether the reason is still true; then allow it in a comment, or accept it in a baseline"
            .to_owned();
}

struct Look<'l, 'c, 'a> {
    context: &'l Context<'c, 'a>,
    function: &'l Function<'a>,
    findings: &'l mut Vec<Finding>,
}

impl<'a> Visit<'a> for Look<'_, '_, 'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, _: &Locals<'a>) {
        let Expr::Call(callee, args, place) = expr else { return };
        let Expr::Path(path, _) = &**callee else { return };
        if !is_trusted(path, self.context, infer) {
            return;
        }
        let reason = args.get(1).and_then(|arg| match arg.bare() {
            Expr::Literal(text) if !text.is_empty() => Some(&**text),
            _ => None,
        });
        let mut finding = self.context.finding(&LINT, self.function.module, *place);
        finding.subject = self.function.def.name.to_string();
        describe(&mut finding, &format!("a value in `{}`", self.function.def.name), reason);
        self.findings.push(finding);
    }
}

/// Returns `true` for `Trusted::new`, also by another name.
fn is_trusted(path: &TyPath, context: &Context<'_, '_>, infer: &Infer<'_, '_>) -> bool {
    let mut of = path.clone();
    let is_new = of.segments.pop().is_some_and(|last| &*last.name == "new");
    is_new && !of.segments.is_empty() && names_trusted(&Ty::Path(of), context, &infer.scope)
}

/// Returns `true` if a type is `Trusted`, through aliases and renamed imports.
fn names_trusted(ty: &Ty, context: &Context<'_, '_>, scope: &Scope) -> bool {
    match context.program.resolve_type(ty, scope) {
        Resolved::External(path, _) => {
            path.starts_with("oserver") && path.rsplit("::").next() == Some("Trusted")
        }
        Resolved::Own(id, _) => {
            &*context.program.type_def(id).name == "Trusted"
                && context.program.package_name(id.module).starts_with("oserver")
        }
        _ => false,
    }
}
