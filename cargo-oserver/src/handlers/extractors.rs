//! Extractors of the sources: what their bodies do for each request, and whether what they hand out is its own.

use super::{Framework, State, Way};
use crate::flow::{Code, Flow, Origin, Origins, Trace, extractors_of, within};
use crate::infer::Infer;
use crate::program::{Function, Owner, Resolved};
use crate::reach::{Lock, Reach, Step};

/// Returns the state behind an extractor of the sources; `None` for any other parameter. A unit type: nothing that
/// outlives the request.
pub(super) fn state<'a>(
    flow: &Flow<'_, '_, 'a>,
    way: &Way,
    ty: &Resolved,
    text: &str,
) -> Option<State> {
    let (Way::Parameter(_), Resolved::Own(id, _)) = (way, within(ty)) else { return None };
    let program = flow.program();
    // A framework's own checkout: its `State` is known.
    if Framework::of_path(&program.package_name(id.module)) != Framework::Unknown {
        return None;
    }
    let functions = extractors_of(program, ty);
    if functions.is_empty() {
        return None;
    }
    let mut locks: Vec<Lock> = Vec::new();
    let mut fresh = true;
    for function in &functions {
        let (taken, made) =
            flow.extractor(function, || (taken(flow, function).into(), makes_anew(flow, function)));
        locks.extend(taken.iter().cloned());
        fresh &= made;
    }
    Some(State {
        way: way.clone(),
        text: text.to_owned(),
        ty: if fresh && locks.is_empty() { Resolved::unit() } else { ty.clone() },
        locks: locks.into(),
        gates: [].into(),
        unknown: false,
        unresolved: [].into(),
        read: [].into(),
    })
}

/// Returns the locks that the service's own code takes to make the value in a `State` out of the router's state.
pub(super) fn taken_for_substate<'a>(flow: &Flow<'_, '_, 'a>, ty: &Resolved) -> Vec<Lock> {
    let extractor = within(ty);
    if !Reach::is_state_extractor(extractor) {
        return Vec::new();
    }
    let Some(Resolved::Own(id, _)) = extractor.args().first() else { return Vec::new() };
    let program = flow.program();
    let impls = program.impls_of_type(*id);
    let makers =
        impls.iter().filter(|(_, of)| of.of.as_ref().is_some_and(|path| path.last() == "FromRef"));
    let functions = makers.flat_map(|(module, of)| {
        let defs = of.fns.iter().filter(|def| &*def.name == "from_ref");
        defs.map(|def| Function { def, module: *module, owner: Owner::Impl(of) })
    });
    functions.flat_map(|function| taken(flow, &function)).collect()
}

/// Returns `true` if no two requests get the same value.
fn makes_anew<'a>(flow: &Flow<'_, '_, 'a>, function: &Function<'a>) -> bool {
    let infer = Infer::new(flow.program(), flow.program().scope_of(function));
    let origins =
        Origins { infer: &infer, reach: flow.reach, made: Some(flow), connection: None, depth: 0 };
    function.def.body.is_some() && origins.returned(function) == Origin::Fresh
}

/// Returns the locks that the body takes and did not make.
fn taken<'a>(flow: &Flow<'_, '_, 'a>, function: &Function<'a>) -> Vec<Lock> {
    let program = flow.program();
    let code = Code::Function(*function);
    let trace = Trace::of(flow, &code);
    let step = |function: &Function<'a>| {
        let (file, place) = program.at(function.module, function.def.place);
        Step { file, place, what: format!("fn {}", function.def.name) }
    };
    let mut found = Vec::new();
    for (index, of) in trace.steps.iter().enumerate().filter(|(_, of)| of.sure) {
        let around = of.function.map_or(*function, |index| program.functions[index as usize]);
        for acquire in &of.facts.acquires {
            if flow.made_on_the_way(&code, &trace, index, acquire) {
                continue;
            }
            let mut chain = vec![step(function)];
            let way = trace.way(index);
            chain.extend(way.iter().map(|index| step(&program.functions[*index as usize])));
            let (file, place) = program.at(around.module, acquire.place);
            let what = format!("takes a `{}`", acquire.lock.trim_start_matches('?'));
            chain.push(Step { file, place, what });
            found.push(Lock { name: (*acquire.lock).into(), chain, source: None });
        }
    }
    found
}
