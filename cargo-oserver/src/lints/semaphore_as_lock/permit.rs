//! Permits of semaphores and channels that a request forgets: they are lost to all, until code adds new ones. Findings of the
//! lint [`semaphore-as-lock`](super).

use super::{Context, LINT};
use crate::findings::Finding;
use crate::flow::{Visit, visit};
use crate::infer::{Infer, Locals};
use crate::lints::lock_in_actor::is_actor;
use crate::program::Owner;
use crate::syntax::{Expr, Place};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let mut forgotten: Vec<(u32, Place)> = Vec::new();
    let mut by_no_request = false;
    for function in context.functions().filter(|function| function.def.any(&names_permits)) {
        let mut look = Look::default();
        visit(context.program, function, &mut look);
        let index = context.program.index_of(function);
        let of_actor = matches!(function.owner, Owner::Impl(of) if is_actor(of));
        match index.filter(|index| of_actor || context.reached.contains(index)) {
            Some(index) => forgotten.extend(look.forgotten.map(|place| (index, place))),
            None => by_no_request |= look.adds,
        }
    }
    // A timer that adds permits makes the semaphore a rate limit.
    if by_no_request {
        return;
    }
    for (index, place) in forgotten {
        let function = &context.program.functions[index as usize];
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
