//! `cargo oserver fix`

use std::io::{Write, stdout};
use std::path::Path;

use serde_json::json;

use super::arguments::{Fix, ListFormat, RouterOf};
use super::{base, read, say};
use crate::dependencies::Dependencies;
use crate::fix::{self, Action, Change, LockPlan, Options, Outcome, Wishes};
use crate::handlers;
use crate::load::shown;
use crate::program::Program;
use crate::reach::Reach;

/// The stack size of the worker threads: a parser needs some 2 KiB for each level of nesting.
const STACK: usize = 512 << 20;

pub(super) fn run(arguments: &Fix) -> Result<u8, String> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK);
        let worker = worker.spawn_scoped(scope, || work(arguments));
        let worker = worker.map_err(|error| error.to_string())?;
        worker.join().unwrap_or_else(|_| Err("the command panicked; please report this".to_owned()))
    })
}

fn work(arguments: &Fix) -> Result<u8, String> {
    let base = base()?;
    let roots = read::roots(&arguments.paths, &base);
    let options = Options {
        dry_run: arguments.dry_run,
        allow_dirty: arguments.allow_dirty,
        check: !arguments.no_check,
        oserver_path: arguments.oserver_path.clone(),
    };
    fix::guard(&roots, &options)?;
    let sources = read::sources(&roots);
    read::print_problems(&sources, &base);
    read::has_files(&sources)?;
    let program = Program::new(&sources);
    let reach = Reach::new(&program);
    let found = handlers::find(&program, &reach);
    let dependencies = Dependencies::of(&sources);
    let wishes = Wishes {
        checked: options.check && !options.dry_run,
        actors: arguments.actors,
        routers: arguments.router == RouterOf::Oserver,
    };
    let plan = fix::plan(&program, &dependencies, &found, wishes);
    dependencies.keep();
    dependencies.notes().iter().for_each(|note| say(&format!("note: {note}")));
    let mut locks = fix::plans(&program, &found);
    let outcome = fix::carry_out(plan, &options, &|line| say(line), &|_| {})?;
    locks.retain(|lock| !outcome.took(lock));
    let mut out = stdout().lock();
    let printed = match arguments.format {
        ListFormat::Human => human(&outcome, &locks, &options, &base, &mut out),
        ListFormat::Json => lines(&outcome, &locks, &base, &mut out),
    };
    printed.or_else(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error.to_string()),
    })?;
    Ok(0)
}

fn human(
    outcome: &Outcome,
    locks: &[LockPlan],
    options: &Options,
    base: &Path,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    if options.dry_run {
        write!(out, "{}", outcome.diff)?;
    }
    for change in &outcome.done {
        let path = shown(&change.file, base);
        let also = match also(change, base).as_slice() {
            [] => String::new(),
            files => format!(", also in {}", files.join(", ")),
        };
        let (action, line, message) = (change.action.name(), change.line, &change.message);
        writeln!(out, "{action:9} {path}:{line}: {message}{also}")?;
    }
    for left in &outcome.left {
        let path = shown(&left.file, base);
        let name = left.handler.as_ref().map_or_else(String::new, |name| format!("`{name}`: "));
        let (action, reason) = (left.action.name(), left.reason.name());
        writeln!(out, "{action:9} {path}:{} [{reason}]: {name}{}", left.line, left.message)?;
    }
    for plan in locks {
        let path = shown(&plan.file, base);
        writeln!(out, "\nlock {path}:{}: {}", plan.line, plan.message())?;
        for taker in &plan.takers {
            let path = shown(&taker.file, base);
            writeln!(out, "  taken in `{}`, {path}:{}", taker.function, taker.line)?;
        }
        writeln!(out, "  code to start with:")?;
        plan.code
            .lines()
            .try_for_each(|line| writeln!(out, "{}", format!("    {line}").trim_end()))?;
    }
    summary(outcome, locks, options, out)
}

/// Returns the other files that a change edits.
fn also(change: &Change, base: &Path) -> Vec<String> {
    change.also().into_iter().map(|path| shown(path, base)).collect()
}

fn summary(
    outcome: &Outcome,
    locks: &[LockPlan],
    options: &Options,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut counts = std::collections::BTreeMap::new();
    for change in &outcome.done {
        *counts.entry(change.action.name()).or_insert(0) += 1;
    }
    let mut reasons = std::collections::BTreeMap::new();
    for left in &outcome.left {
        *reasons.entry(left.reason.name()).or_insert(0) += 1;
    }
    let list = |counts: &std::collections::BTreeMap<&str, i32>| {
        counts
            .iter()
            .map(|(name, number)| format!("{number} {name}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let handlers = outcome.done.iter().filter(|change| change.handler.is_some()).count();
    let are = match (options.dry_run, handlers) {
        (true, _) => "would be",
        (false, 1) => "is",
        (false, _) => "are",
    };
    writeln!(out, "{} {are} guarded ({})", counted(handlers, "handler"), list(&counts))?;
    if !outcome.left.is_empty() {
        writeln!(out, "{} left for you to decide ({})", outcome.left.len(), list(&reasons))?;
    }
    if !locks.is_empty() {
        writeln!(out, "{}, each with a plan above", counted(locks.len(), "lock"))?;
    }
    Ok(())
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Returns the plan of a lock, as a decision that is left.
fn lock(plan: &LockPlan, base: &Path) -> serde_json::Value {
    let takers: Vec<serde_json::Value> = plan
        .takers
        .iter()
        .map(|taker| {
            json!({
                "function": taker.function,
                "file": shown(&taker.file, base),
                "line": taker.line,
                "under": taker.under,
                "across_await": taker.across_await,
            })
        })
        .collect();
    json!({
        "action": "left",
        "reason": "lock",
        "file": shown(&plan.file, base),
        "line": plan.line,
        "message": plan.message(),
        "plan": {
            "lock": plan.lock,
            "what": plan.what,
            "shape": plan.shape.name(),
            "handlers": plan.handlers,
            "takers": takers,
            "code": plan.code,
        },
    })
}

/// Prints one object a line.
fn lines(
    outcome: &Outcome,
    locks: &[LockPlan],
    base: &Path,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for change in &outcome.done {
        let mut object = json!({
            "action": change.action.name(),
            "file": shown(&change.file, base),
            "line": change.line,
            "message": change.message,
        });
        if let Some(name) = &change.handler {
            object["handler"] = json!(name);
        }
        let also = also(change, base);
        if !also.is_empty() {
            object["also"] = json!(also);
        }
        writeln!(out, "{object}")?;
    }
    for left in &outcome.left {
        debug_assert!(matches!(left.action, Action::Left | Action::Reverted));
        let mut object = json!({
            "action": left.action.name(),
            "file": shown(&left.file, base),
            "line": left.line,
            "reason": left.reason.name(),
            "message": left.message,
        });
        if let Some(name) = &left.handler {
            object["handler"] = json!(name);
        }
        writeln!(out, "{object}")?;
    }
    locks.iter().try_for_each(|plan| writeln!(out, "{}", lock(plan, base)))
}
