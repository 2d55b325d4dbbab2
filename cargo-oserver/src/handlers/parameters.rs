//! The state that reaches a handler, and the locks in it.

use super::{Code, Framework, Handler, State, Way, extractors};
use crate::flow::{self, Flow};
use crate::infer::{Infer, Locals};
use crate::program::{Function, Owner, Resolved, Scope};
use crate::reach::Reach;
use crate::syntax::{Expr, Name, Ty};
use std::rc::Rc;

/// Types within each other, in request data.
const DEEPEST: u32 = 6;

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
        let own = handler.own.contains(&way)
            || !(keeps(&way, &ty) || shares_a_lock(reach, &ty, DEEPEST))
            || of_framework(&ty, reach)
            || is_of_the_request(flow, &way, &ty);
        if let Some(mut taken) = extractors::state(flow, &way, &ty, &text) {
            // The parts of the extractor count, unless each request has its own.
            if taken.locks.is_empty() && taken.ty != Resolved::unit() {
                taken = state(reach, way, text, ty);
            }
            states.push(taken);
        } else if !own {
            let taken = extractors::taken_for_substate(flow, &ty);
            let mut state = state(reach, way, text, ty);
            state.locks = state.locks.iter().cloned().chain(taken).collect();
            states.push(state);
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

/// Returns parameters, `self` and captured variables.
fn declared<'a>(handler: &Handler<'a>, flow: &Flow<'_, '_, 'a>) -> Vec<(Way, String, Resolved)> {
    let program = flow.program();
    let mut values: Vec<(Way, String, Resolved)> = Vec::new();
    let captures = |names: Vec<(Name, Resolved)>| {
        names.into_iter().map(|(name, ty)| {
            let text = name.to_string();
            (Way::Capture(name), text, ty)
        })
    };
    match &handler.code {
        Code::Function(function) => {
            let scope = program.scope_of(function);
            let scopes = instances(handler, function, &scope);
            for (index, param) in function.def.params.iter().enumerate() {
                let mut types: Vec<Resolved> = Vec::new();
                for scope in &scopes {
                    let ty = program.resolve_type(&param.ty, scope);
                    if !types.contains(&ty) {
                        types.push(ty);
                    }
                }
                let value = |ty| (Way::Parameter(index), param.ty.to_string(), ty);
                values.extend(types.into_iter().map(value));
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
            values.extend(captures(of_itself(&closure.body, &infer, locals)));
        }
        Code::Block(body, _, function, locals) => {
            let infer = Infer::new(program, program.scope_of(function));
            values.extend(captures(flow::used(body, Default::default(), locals)));
            values.extend(captures(of_itself(body, &infer, locals)));
        }
    }
    values
}

/// Returns the scopes of a generic function, one for each list of types that a router gave to it; else the one in which
/// any type may stand for a parameter.
fn instances<'a>(handler: &Handler<'a>, function: &Function<'a>, scope: &Scope) -> Vec<Scope> {
    if handler.open || handler.instances.is_empty() {
        return vec![scope.clone()];
    }
    let params = &function.def.generics.params;
    let with = |types: &Vec<Resolved>| {
        let mut scope = scope.clone();
        let given = params.iter().zip(types);
        Rc::make_mut(&mut scope.params).extend(given.map(|(param, ty)| (param.name, ty.clone())));
        scope
    };
    handler.instances.iter().map(with).collect()
}

/// Returns the parts of `self` that a closure or a task of a method uses: fields, or all of it.
fn of_itself<'a>(
    body: &'a Expr,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
) -> Vec<(Name, Resolved)> {
    let Some(whole) = infer.scope.itself.clone() else { return Vec::new() };
    let mut found: Vec<(Name, Resolved)> = Vec::new();
    let mut add = |ty: Resolved| {
        if !found.iter().any(|(_, known)| *known == ty) {
            found.push(("self".into(), ty));
        }
    };
    body.walk(&mut |expr| match expr {
        Expr::Field(..) if is_part_of_itself(expr) => {
            match infer.expr(expr, locals) {
                Resolved::Unknown => add(whole.clone()),
                part => add(part),
            }
            false
        }
        expr if is_itself(expr) => {
            add(whole.clone());
            true
        }
        _ => true,
    });
    found
}

fn is_itself(expr: &Expr) -> bool {
    matches!(expr, Expr::Path(path, _) if path.single() == Some("self"))
}

fn is_part_of_itself(expr: &Expr) -> bool {
    match expr {
        Expr::Field(inner, _) => is_itself(inner.bare()) || is_part_of_itself(inner.bare()),
        _ => false,
    }
}

/// Returns `true` for what a middleware made for this request: `Extension<User>`, where only `Request::extensions_mut` gets a `User`.
fn is_of_the_request(flow: &Flow<'_, '_, '_>, way: &Way, ty: &Resolved) -> bool {
    let extractor = flow::within(ty);
    matches!(way, Way::Parameter(_))
        && Reach::is_state_extractor(extractor)
        && matches!(extractor.args(), [inner] if flow.per_request(inner))
}

/// Returns `false` for a value that came with the request.
fn keeps(way: &Way, ty: &Resolved) -> bool {
    !matches!(way, Way::Parameter(_)) || !Reach::is_request_data(flow::within(ty))
}

/// Request data into which other code can have put a lock: one behind an `Arc`, as serde reads it with its feature `rc` or
/// leaves it in a field that it skips.
fn shares_a_lock(reach: &Reach<'_, '_>, ty: &Resolved, deepest: u32) -> bool {
    let Some(deeper) = deepest.checked_sub(1) else { return false };
    match ty {
        Resolved::External(path, _) if path.ends_with("Arc") => !reach.locks(ty).locks.is_empty(),
        Resolved::External(_, args) | Resolved::All(args) => {
            args.iter().any(|arg| shares_a_lock(reach, arg, deeper))
        }
        Resolved::Own(id, args) => {
            let program = reach.program();
            let fields = program.type_def(*id).fields.iter();
            fields.filter(|field| field.trusted.is_none()).any(|field| {
                shares_a_lock(reach, &program.field_type(*id, args, &field.ty), deeper)
            })
        }
        _ => false,
    }
}

/// Returns `true` for a request's type of a framework whose own sources are audited.
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
