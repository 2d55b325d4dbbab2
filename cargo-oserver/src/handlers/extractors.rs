//! Extractors of the sources: what their bodies do for each request, and whether what they hand out is its own.

use super::{Framework, State, Way};
use crate::flow::{Code, Flow, Origin, Origins, Trace};
use crate::infer::Infer;
use crate::program::{Function, Owner, Resolved};
use crate::reach::{Lock, Step};

const METHODS: &[&str] = &[
    "from_request_parts",
    "from_request",
    "from_request_without_body",
    "extract",
    "from_request_sync",
];
const TRAITS: &[&str] = &[
    "FromRequestParts",
    "FromRequest",
    "OptionalFromRequestParts",
    "OptionalFromRequest",
    "Extractible",
    "FromRequestRef",
];

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
    let function = program.impls_of_type(*id).iter().find_map(|(module, of)| {
        let named = of.of.as_ref().is_some_and(|path| TRAITS.contains(&path.last()));
        let def = of.fns.iter().find(|def| named && METHODS.contains(&&*def.name))?;
        Some(Function { def, module: *module, owner: Owner::Impl(of) })
    })?;
    let locks = taken(flow, &function);
    let infer = Infer::new(program, program.scope_of(&function));
    let origins =
        Origins { infer: &infer, reach: flow.reach, made: Some(flow), connection: None, depth: 0 };
    let fresh = function.def.body.is_some() && origins.returned(&function) == Origin::Fresh;
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

/// Locks that it takes and that it did not make.
fn taken<'a>(flow: &Flow<'_, '_, 'a>, function: &Function<'a>) -> Vec<Lock> {
    let program = flow.program();
    let trace = Trace::of(flow, &Code::Function(*function));
    let step = |function: &Function<'a>| {
        let (file, place) = program.at(function.module, function.def.place);
        Step { file, place, what: format!("fn {}", function.def.name) }
    };
    let mut found = Vec::new();
    for (index, of) in trace.steps.iter().enumerate().filter(|(_, of)| of.sure) {
        let code = of.function.map_or(*function, |index| program.functions[index as usize]);
        for acquire in of.facts.acquires.iter().filter(|acquire| acquire.origin != Origin::Fresh) {
            let mut chain = vec![step(function)];
            let way = trace.way(index);
            chain.extend(way.iter().map(|index| step(&program.functions[*index as usize])));
            let (file, place) = program.at(code.module, acquire.place);
            let what = format!("takes a `{}`", acquire.lock.trim_start_matches('?'));
            chain.push(Step { file, place, what });
            found.push(Lock { name: (*acquire.lock).into(), chain, source: None });
        }
    }
    found
}

/// Within `Option<…>` or `Result<…, _>`.
pub(super) fn within(ty: &Resolved) -> &Resolved {
    match ty {
        Resolved::External(path, args) if path.ends_with("Option") || path.ends_with("Result") => {
            args.first().map_or(ty, within)
        }
        _ => ty,
    }
}
