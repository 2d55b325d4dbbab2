//! A handler whose state leads to a lock, or whose code reaches a static that does.

use super::{Context, lock_static};
use crate::findings::{Finding, HandlerRef, Level, Lint, LockRef};
use crate::handlers::{Handler, Role, State, StaticLock, Way};
use crate::reach::{Lock, Step};

pub(super) const LINT: Lint = Lint {
    name: "lock-in-handler-state",
    level: Level::Deny,
    summary: "a lock that requests share can be reached from a handler's state",
    page: include_str!("pages/lock-in-handler-state.md"),
};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    for handler in context.handlers {
        let mut keys: Vec<String> = Vec::new();
        for (state, lock) in locks(handler) {
            let key = lock_key(context, handler, state, lock);
            if keys.contains(&key) {
                continue;
            }
            let mut finding = Finding::new(&LINT, Some(handler.file), handler.place);
            finding.message = message(handler, state, lock);
            finding.help = help(handler, lock);
            finding.chain.clone_from(&lock.chain);
            finding.subject.clone_from(&handler.name);
            finding.lock = Some(LockRef {
                key: key.clone(),
                kind: shown(&lock.name).to_owned(),
                text: lock
                    .chain
                    .last()
                    .map_or_else(|| state.text.clone(), |step| step.what.clone()),
            });
            finding.handler = Some(handler_ref(handler, state));
            findings.push(finding);
            keys.push(key);
        }
        findings.extend(handler.statics.iter().map(|reached| of_static(context, handler, reached)));
    }
}

/// Reports a lock in a static that the handler's code takes, with any state.
fn of_static(context: &Context<'_, '_>, handler: &Handler<'_>, reached: &StaticLock) -> Finding {
    let def = context.program.static_def(reached.id);
    let (file, place) = context.program.at(reached.id.module, def.place);
    let text = format!("static {}: {}", def.name, def.ty);
    let mut finding = Finding::new(&LINT, Some(handler.file), handler.place);
    if !reached.sure {
        finding.level = Level::Warn;
    }
    finding.message = format!(
        "`{}` reaches `static {}`, which leads to a lock: `{}`",
        handler.name,
        def.name,
        shown(&reached.lock.name)
    );
    finding.help = lock_static::HELP.to_owned();
    finding.chain = reached.way.iter().map(|index| context.step(*index)).collect();
    finding.chain.push(Step { file, place, what: text.clone() });
    finding.chain.extend(reached.lock.chain.iter().cloned());
    finding.subject.clone_from(&handler.name);
    finding.lock = Some(LockRef {
        key: lock_static::lock_key(context, reached.id),
        kind: shown(&reached.lock.name).to_owned(),
        text,
    });
    finding.handler = Some(HandlerRef { name: handler.name.clone(), param: None, via: "static" });
    finding
}

/// Returns each lock with the state that leads to it, those over the shortest way first.
fn locks<'h>(handler: &'h Handler<'_>) -> Vec<(&'h State, &'h Lock)> {
    let all =
        handler.states.iter().flat_map(|state| state.locks.iter().map(move |lock| (state, lock)));
    let mut found: Vec<(&State, &Lock)> = all.collect();
    found.sort_by_key(|(_, lock)| lock.chain.len());
    found
}

/// Returns a key that stays the same for one lock, from whichever handler it is reached.
fn lock_key(
    context: &Context<'_, '_>,
    handler: &Handler<'_>,
    state: &State,
    lock: &Lock,
) -> String {
    match lock.chain.last() {
        Some(step) => {
            let name = step.what.split(": ").next().unwrap_or(&step.what);
            format!("{}::{name}", context.package_of(step.file))
        }
        // Nothing names it but the state's type.
        None => match &state.way {
            Way::Capture(name) => {
                format!("{}::{}::{name}", context.package_of(handler.file), handler.name)
            }
            _ => format!("{}::{}", context.package_of(handler.file), state.text),
        },
    }
}

fn handler_ref(handler: &Handler<'_>, state: &State) -> HandlerRef {
    HandlerRef {
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
    }
}

fn message(handler: &Handler<'_>, state: &State, lock: &Lock) -> String {
    let way = match &state.way {
        Way::Parameter(_) => format!("takes `{}`", state.text),
        Way::Itself => format!("has `{}`", state.text),
        Way::Capture(name) => format!("captures `{name}`"),
        Way::Extensions(place) => {
            format!("gets `{}` out of one of its arguments (line {})", state.text, place.line)
        }
    };
    let end = match lock.chain.last() {
        Some(step) => format!("`{}` in `{}`", shown(&lock.name), step.what.replace('`', "")),
        None => format!("`{}`", shown(&lock.name)),
    };
    let source = lock.source.as_ref().map_or(String::new(), |source| format!(" ({source})"));
    format!("`{}` {way}, which leads to a lock: {end}{source}", handler.name)
}

fn shown(name: &str) -> &str {
    name.trim_start_matches('?')
}

fn help(handler: &Handler<'_>, lock: &Lock) -> String {
    let subject = match handler.role {
        Role::Closure => "the closure",
        _ => "the handler",
    };
    let what = lock.chain.first();
    let what = what.map_or("the value behind the lock".to_owned(), |step| {
        format!("`{}`", step.what.replace('`', ""))
    });
    format!(
        "a panic or an endless wait under this lock stops every request that needs the lock: let an actor own \
         {what} (`#[oserver::actor]` on its methods, `oserver::supervise`) and give {subject} the actor's handle"
    )
}
