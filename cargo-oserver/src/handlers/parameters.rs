//! The state that reaches a handler, and the locks in it.

use super::{Code, Framework, Handler, State, Way, captures, extensions};
use crate::infer::Infer;
use crate::program::{Function, Owner, Resolved};
use crate::reach::Reach;
use crate::syntax::Ty;

pub(super) fn states<'a>(handler: &Handler<'a>, reach: &Reach<'_, 'a>) -> Vec<State> {
    let program = reach.program();
    let mut values: Vec<(Way, String, Resolved)> = Vec::new();
    match &handler.code {
        Code::Function(function) => {
            let scope = program.scope_of(function);
            for (index, param) in function.def.params.iter().enumerate() {
                let ty = program.resolve_type(&param.ty, &scope);
                values.push((Way::Parameter(index), param.ty.to_string(), ty));
            }
            if function.def.receiver.is_some() {
                let ty = scope.itself.clone().unwrap_or(Resolved::Unknown);
                values.push((Way::Itself, receiver_text(function), ty));
            }
        }
        Code::Closure(closure, function, locals) => {
            let infer = Infer::new(program, program.scope_of(function));
            for (index, arg) in closure.args.iter().enumerate() {
                let Some(ty) = &arg.ty else { continue };
                let resolved = program.resolve_type(ty, &infer.scope);
                values.push((Way::Parameter(index), ty.to_string(), resolved));
            }
            for (name, ty) in captures::captured(closure, locals) {
                let text = name.to_string();
                values.push((Way::Capture(name), text, ty));
            }
        }
    }
    values.extend(extensions::states(program, handler));
    let kept = values.into_iter().filter(|(way, _, ty)| keeps(way, ty) && !of_framework(ty, reach));
    kept.map(|(way, text, ty)| {
        let reached = reach.locks(&ty);
        State { way, text, locks: reached.locks.clone().into(), unknown: reached.unknown, ty }
    })
    .collect()
}

/// Not what came with the request.
fn keeps(way: &Way, ty: &Resolved) -> bool {
    let inner = match ty {
        Resolved::External(path, args) if path.ends_with("Option") || path.ends_with("Result") => {
            args.first().unwrap_or(ty)
        }
        _ => ty,
    };
    !matches!(way, Way::Parameter(_)) || !Reach::is_request_data(inner)
}

/// A request's type of a framework whose own sources are audited.
fn of_framework(ty: &Resolved, reach: &Reach<'_, '_>) -> bool {
    let Resolved::Own(id, _) = ty else { return false };
    let package = reach.program().package_name(id.module);
    let name = &reach.program().type_def(*id).name;
    Framework::of_path(&package) != Framework::Unknown
        && Reach::is_request_data(&Resolved::External(
            format!("{package}::{name}").into(),
            [].into(),
        ))
}

fn receiver_text(function: &Function<'_>) -> String {
    match (&function.def.receiver, function.owner) {
        (Some(Ty::Path(path)), Owner::Impl(of)) if path.single() == Some("Self") => {
            format!("self: {}", of.for_type)
        }
        (Some(ty), _) => format!("self: {ty}"),
        (None, _) => "self".to_owned(),
    }
}
