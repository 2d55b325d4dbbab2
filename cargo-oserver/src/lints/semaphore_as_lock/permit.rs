//! Permits of semaphores and channels that a request forgets: they are lost to all, until code adds new ones. Findings of the
//! lint [`semaphore-as-lock`](super).

use std::collections::HashSet;

use super::{Context, HELP, LINT};
use crate::findings::Finding;
use crate::flow::{Visit, visit};
use crate::infer::{Infer, Locals};
use crate::lints::lock_in_actor::is_actor;
use crate::program::{Function, Owner};
use crate::syntax::{Expr, Name, Place};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    let mut forgotten: Vec<(u32, Place)> = Vec::new();
    let mut by_no_request = false;
    for function in context.functions().filter(|function| function.def.any(&names_permits)) {
        let mut look = Look::default();
        visit(program, function, &mut look);
        let index = program.index_of(function);
        let of_actor = matches!(function.owner, Owner::Impl(of) if is_actor(of));
        match index.filter(|index| of_actor || context.reached.contains(index)) {
            Some(index) => forgotten.extend(look.forgotten.map(|place| (index, place))),
            // A timer that adds permits makes the semaphore a rate limit. `main` fills it once.
            None if look.adds && (&*function.def.name != "main" || look.loops) => {
                by_no_request = true;
            }
            None => {}
        }
    }
    if by_no_request {
        return;
    }
    for (index, place) in forgotten {
        let function = &program.functions[index as usize];
        let name = &function.def.name;
        let mut finding = context.finding(&LINT, function.module, place);
        finding.subject = name.to_string();
        finding.message = format!(
            "`{name}` forgets a permit: if this request panics before it adds a new one, all requests lose the permit"
        );
        finding.help =
            "keep the permit in a variable: the permit is returned when the request ends, also after a panic"
                .to_owned();
        findings.push(finding);
    }
}

/// Reports a place in a queue of one place that a request holds in a variable which it does not use.
pub(super) fn held_places(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    let package = |function: &Function<'_>| program.krate(function.module).package;
    let of_one: HashSet<Option<u32>> = context
        .functions()
        .filter(|function| {
            let ones = &program.module(function.module).items.ones;
            function.def.any(&|expr| makes_queue_of_one(expr, ones))
        })
        .map(package)
        .collect();
    for function in context.functions().filter(|function| of_one.contains(&package(function))) {
        let mut found = Vec::new();
        function.def.walk(&mut |expr| found.extend(held_place(expr)));
        for place in found {
            let name = &function.def.name;
            let mut finding = context.finding(&LINT, function.module, place);
            finding.subject = name.to_string();
            finding.message = format!(
                "`{name}` holds a place in a queue and sends nothing, and this package makes a queue of one place: a request that \
                 keeps the place stops all others"
            );
            finding.help = HELP.to_owned();
            findings.push(finding);
        }
    }
}

/// Returns the place of `let _turn = sender.reserve().await;`
fn held_place(expr: &Expr) -> Option<Place> {
    let Expr::Let(binding) = expr else { return None };
    let [bound] = &binding.pattern.bindings[..] else { return None };
    let reserves = |part: &Expr| {
        matches!(part, Expr::Await(inner) if matches!(inner.bare(), Expr::Method(call)
            if matches!(&*call.name, "reserve" | "reserve_owned" | "reserve_many")))
    };
    let is_held = bound.name.starts_with('_') && binding.init.as_ref()?.any(&reserves);
    is_held.then_some(binding.place)
}

/// Returns `true` for `mpsc::channel(1)`
fn makes_queue_of_one(expr: &Expr, ones: &[Name]) -> bool {
    let Expr::Call(callee, args, _) = expr else { return false };
    let is_channel = matches!(&**callee, Expr::Path(path, _) if path.last() == "channel");
    is_channel
        && args.first().and_then(Expr::number).is_some_and(|number| super::is_one(number, ones))
}

/// Reports a request that takes all permits at once: `SEMAPHORE.acquire_many(MAX)`.
pub(super) fn all_permits(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    let mut made: HashSet<(Option<u32>, Name)> = HashSet::new();
    for module in program.module_ids() {
        let statics = &program.module(module).items.statics;
        let permits = statics.iter().filter_map(|def| def.permits);
        made.extend(permits.map(|permits| (program.krate(module).package, permits)));
    }
    let takers = context.functions().filter(|function| {
        let package = program.krate(function.module).package;
        let mut takes = false;
        function.def.walk(&mut |expr| {
            made.extend(expr.permits().map(|permits| (package, permits)));
            takes |= acquired_many(expr).is_some();
        });
        takes
    });
    let takers: Vec<Function<'_>> = takers.copied().collect();
    for function in takers {
        let package = program.krate(function.module).package;
        let mut found = Vec::new();
        function.def.walk(&mut |expr| {
            let all = acquired_many(expr)
                .filter(|(number, _)| &**number != "1" && made.contains(&(package, *number)));
            found.extend(all.map(|(_, place)| place));
        });
        for place in found {
            let name = &function.def.name;
            let mut finding = context.finding(&LINT, function.module, place);
            finding.subject = name.to_string();
            finding.message = format!(
                "`{name}` takes all permits of a semaphore: a request that keeps the permits stops all others"
            );
            finding.help = HELP.to_owned();
            findings.push(finding);
        }
    }
}

/// Returns number and place of `semaphore.acquire_many(8)`
fn acquired_many(expr: &Expr) -> Option<(Name, Place)> {
    let Expr::Method(call) = expr else { return None };
    let many = matches!(&*call.name, "acquire_many" | "acquire_many_owned");
    let number = call.args.first().filter(|_| many)?.number()?;
    Some((number, call.place))
}

/// Returns `true` for what [`Look`] looks at.
fn names_permits(expr: &Expr) -> bool {
    match expr {
        Expr::Method(call) => {
            matches!(&*call.name, "forget" | "forget_permits" | "add_permits")
        }
        Expr::Path(path, _) => {
            matches!(path.last(), "forget" | "leak")
                || path.segments.iter().any(|part| &*part.name == "ManuallyDrop")
        }
        _ => false,
    }
}

#[derive(Default)]
struct Look {
    forgotten: Option<Place>,
    adds: bool,
    loops: bool,
}

impl<'a> Visit<'a> for Look {
    fn expr(&mut self, expr: &'a Expr, _: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let is_permit = |value: &Expr| {
            value.any(&is_acquired)
                || matches!(value.bare(), Expr::Path(path, _) if path
                    .single()
                    .and_then(|name| locals.get(name))
                    .and_then(|local| local.init)
                    .is_some_and(|init| init.any(&is_acquired)))
        };
        match expr {
            Expr::Method(call) => match &*call.name {
                "forget" if call.args.is_empty() && is_permit(&call.receiver) => {
                    self.forgotten.get_or_insert(call.place);
                }
                "forget_permits" => {
                    self.forgotten.get_or_insert(call.place);
                }
                "add_permits" => self.adds = true,
                _ => {}
            },
            Expr::Loop(..) | Expr::For(..) => self.loops = true,
            Expr::Call(callee, args, place) => {
                let forgets = matches!(&**callee, Expr::Path(path, _)
                    if matches!(path.last(), "forget" | "leak") || path.segments.iter().any(|part| &*part.name == "ManuallyDrop"));
                if forgets && args.first().is_some_and(is_permit) {
                    self.forgotten.get_or_insert(*place);
                }
            }
            _ => {}
        }
    }
}

/// Returns `true` for `semaphore.acquire()`, `sender.reserve()` and their like.
fn is_acquired(expr: &Expr) -> bool {
    const NAMES: &[&str] = &[
        "acquire",
        "acquire_many",
        "acquire_owned",
        "acquire_many_owned",
        "acquire_arc",
        "try_acquire",
        "try_acquire_many",
        "try_acquire_owned",
        "try_acquire_many_owned",
        "try_acquire_arc",
        "reserve",
        "reserve_many",
        "reserve_owned",
        "try_reserve_owned",
    ];
    matches!(expr, Expr::Method(call) if NAMES.contains(&&*call.name))
}
