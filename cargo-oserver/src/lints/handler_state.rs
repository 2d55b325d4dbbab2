//! A handler whose state leads to a lock.

use super::Context;
use crate::findings::{Finding, HandlerRef, Level, Lint};
use crate::handlers::{Handler, Role, State, Way};

pub(super) const LINT: Lint = Lint {
    name: "lock-in-handler-state",
    level: Level::Deny,
    summary: "a lock that requests share can be reached from a handler's state",
    page: include_str!("pages/lock-in-handler-state.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for handler in context.handlers {
        let Some(state) = handler.states.iter().find(|state| !state.locks.is_empty()) else {
            continue;
        };
        let mut finding = Finding::new(&LINT, Some(handler.file), handler.place);
        finding.message = message(handler, state);
        finding.help = help(handler, state);
        finding.chain.clone_from(&state.locks[0].chain);
        finding.subject.clone_from(&handler.name);
        finding.handler = Some(HandlerRef {
            name: handler.name.clone(),
            param: match state.way {
                Way::Parameter(index) => Some(index),
                _ => None,
            },
            via: match &state.way {
                Way::Parameter(_) => "parameter",
                Way::Itself => "self",
                Way::Capture(_) => "capture",
                Way::Extensions(_) => "extensions",
            },
        });
        findings.push(finding);
    }
}

fn message(handler: &Handler<'_>, state: &State) -> String {
    let way = match &state.way {
        Way::Parameter(_) => format!("takes `{}`", state.text),
        Way::Itself => format!("has `{}`", state.text),
        Way::Capture(name) => format!("captures `{name}`"),
        Way::Extensions(place) => {
            format!("gets `{}` out of its request (line {})", state.text, place.line)
        }
    };
    let lock = &state.locks[0];
    let end = match lock.chain.last() {
        Some(step) => format!("`{}` in `{}`", shown(&lock.name), step.what),
        None => format!("`{}`", shown(&lock.name)),
    };
    let mut text = format!("`{}` {way}, which leads to a lock: {end}", handler.name);
    let mut others: Vec<&str> = state.locks[1..]
        .iter()
        .filter_map(|lock| lock.chain.last().map(|step| &*step.what))
        .collect();
    others.dedup();
    if !others.is_empty() {
        text.push_str(&format!("; and to {}", others.join(", ")));
    }
    text
}

fn shown(name: &str) -> &str {
    name.trim_start_matches('?')
}

fn help(handler: &Handler<'_>, state: &State) -> String {
    let subject = match handler.role {
        Role::Closure => "the closure",
        _ => "the handler",
    };
    let what = state.locks[0].chain.first();
    let what =
        what.map_or("the value behind the lock".to_owned(), |step| format!("`{}`", step.what));
    format!(
        "a panic or an endless wait under this lock stops every request that needs it: let one owner hold \
         {what} (`#[oserver::actor]` on its methods, `oserver::supervise`) and give {subject} the owner's handle"
    )
}
