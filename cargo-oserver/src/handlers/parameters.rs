//! The state that reaches a handler, and the locks in it.

use super::{Code, Framework, Handler, State, Way, extractors};
use crate::flow::{self, Flow};
use crate::infer::Infer;
use crate::program::{Function, Owner, Resolved};
use crate::reach::Reach;
use crate::syntax::Ty;

pub(super) fn states<'a>(handler: &Handler<'a>, flow: &Flow<'_, '_, 'a>) -> Vec<State> {
    let reach = flow.reach;
    let mut values = declared(handler, flow);
    for step in &handler.trace.steps {
        for get in step.facts.gets.iter().filter(|get| !flow.per_request(&get.ty)) {
            values.push((Way::Extensions(get.place), get.text.clone(), get.ty.clone()));
        }
    }
    let mut states: Vec<State> = Vec::new();
    for (way, text, ty) in values {
        let own = handler.own.contains(&way) || !keeps(&way, &ty) || of_framework(&ty, reach);
        if let Some(mut taken) = extractors::state(flow, &way, &ty, &text) {
            // The parts of the extractor count, unless each request has its own.
            if taken.locks.is_empty() && taken.ty != Resolved::unit() {
                taken = state(reach, way, text, ty);
            }
            states.push(taken);
        } else if !own {
            states.push(state(reach, way, text, ty));
        }
    }
    states
}

fn state(reach: &Reach<'_, '_>, way: Way, text: String, ty: Resolved) -> State {
    let reached = reach.locks(&ty);
    State {
        way,
        text,
        locks: reached.locks.clone().into(),
        gates: reached.gates.clone().into(),
        unknown: reached.unknown,
        unresolved: reached.unresolved.clone().into(),
        read: reached.read.clone().into(),
        ty,
    }
}

/// Parameters, `self` and captured variables.
fn declared<'a>(handler: &Handler<'a>, flow: &Flow<'_, '_, 'a>) -> Vec<(Way, String, Resolved)> {
    let program = flow.program();
    let mut values: Vec<(Way, String, Resolved)> = Vec::new();
    let captures = |names: Vec<(Box<str>, Resolved)>| {
        names.into_iter().map(|(name, ty)| {
            let text = name.to_string();
            (Way::Capture(name), text, ty)
        })
    };
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
                let inferred = handler.inferred.iter().find(|(of, _)| *of == index);
                let (text, ty) = match (&arg.ty, inferred) {
                    (Some(ty), _) if *ty != Ty::Unknown => {
                        (ty.to_string(), program.resolve_type(ty, &infer.scope))
                    }
                    (_, Some((_, ty))) => {
                        let name =
                            arg.pattern.bindings.first().map(|binding| binding.name.to_string());
                        (name.unwrap_or_default(), ty.clone())
                    }
                    _ => continue,
                };
                values.push((Way::Parameter(index), text, ty));
            }
            values.extend(captures(flow::captured(closure, locals)));
        }
        Code::Block(body, _, _, locals) => {
            values.extend(captures(flow::used(body, Default::default(), locals)));
        }
    }
    values
}

/// Not what came with the request.
fn keeps(way: &Way, ty: &Resolved) -> bool {
    !matches!(way, Way::Parameter(_)) || !Reach::is_request_data(extractors::within(ty))
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
