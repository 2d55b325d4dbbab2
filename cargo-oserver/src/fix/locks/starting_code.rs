//! The starting code for the replacement of a lock. It compiles beside the owner of the lock, with the names that are imported
//! there.

use std::collections::HashSet;

use super::written_type::Written;
use super::{Shape, Taker};
use crate::program::Program;

/// Names of the prelude.
const PRELUDE: &[&str] = &[
    "Box",
    "Clone",
    "Copy",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Into",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Some",
    "String",
    "Sync",
    "ToString",
    "Vec",
];

/// `reserve_stock` as `ReserveStock`, and so a static's `RESERVE_STOCK`.
fn type_name(field: &str) -> String {
    let lower = field.to_lowercase();
    let field = if field.chars().any(char::is_lowercase) { field } else { &lower };
    field
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (first, rest) = part.split_at(part.chars().next().map_or(0, char::len_utf8));
            first.to_uppercase() + rest
        })
        .collect()
}

/// The names that no new type may have: those of the workspace's own types, and those that it imports.
pub(super) fn names<'a>(program: &Program<'a>) -> HashSet<&'a str> {
    let mut names = HashSet::new();
    for module in program.modules.iter().filter(|module| {
        program.sources.files.get(module.file as usize).is_some_and(|file| file.selected)
    }) {
        let items = module.items;
        names.extend(items.types.iter().map(|def| &*def.name));
        names.extend(items.aliases.iter().map(|def| &*def.name));
        names.extend(items.traits.iter().map(|def| &*def.name));
        names.extend(items.imports.iter().filter_map(|import| import.name.as_deref()));
    }
    names
}

/// `SharedDb` as `shared_db`, and a static's `USERS` as `users`.
fn value_name(name: &str) -> String {
    let mut snake = String::new();
    let mut before = '_';
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
        before = letter;
    }
    snake
}

/// The names of the replacement of one lock.
struct Names {
    /// The actor.
    actor: String,
    /// A field or variable.
    value: String,
}

/// Chooses names that nothing in the workspace has, and that no plan has used.
fn choose(what: &str, inner: &str, taken: &HashSet<&str>, used: &mut HashSet<String>) -> Names {
    let last = inner.split('<').next().unwrap_or(inner).rsplit("::").next().unwrap_or(inner);
    let path = match what.split_once(": ") {
        Some((path, _)) => path,
        // A lock without a name has that of what it protects.
        None if taken.contains(last) => last,
        None => "shared",
    };
    let field = path.rsplit('.').next().unwrap_or(path);
    let field =
        if field.is_empty() || field.chars().all(char::is_numeric) { "state" } else { field };
    // A field that only says that it is inside is named after its owner.
    let owner = path.split('.').next().unwrap_or(path);
    let mut actor = match field {
        "inner" | "state" | "shared" | "data" => type_name(owner),
        field => type_name(field),
    };
    let is_taken = |name: &str, used: &HashSet<String>| {
        let handle = format!("{name}Handle");
        name == last
            || PRELUDE.contains(&name)
            || taken.contains(name)
            || taken.contains(&*handle)
            || used.contains(name)
    };
    if is_taken(&actor, used) {
        actor.push_str("Actor");
    }
    // Another lock with a field of that name.
    if is_taken(&actor, used) {
        actor = format!("{}{actor}", type_name(owner));
    }
    used.insert(actor.clone());
    let value = if path.contains('.') { field.to_owned() } else { value_name(field) };
    Names { actor, value }
}

pub(super) fn code(
    shape: Shape,
    what: &str,
    written: &Written,
    takers: &[Taker],
    taken: &HashSet<&str>,
    used: &mut HashSet<String>,
) -> String {
    let inner = &*written.inner;
    let Names { actor: name, value } = choose(what, inner, taken, used);
    let is_static = what.split(['.', ':']).next().is_some_and(|path| {
        what.contains(": ") && path.chars().all(|letter| !letter.is_lowercase())
    });
    match shape {
        Shape::Atomic => atomic(&value, what, written, is_static),
        Shape::Snapshot
            if written.parameter.is_some() || takers.iter().all(|taker| !taker.writes) =>
        {
            format!(
                "// the field: `{value}: oserver::Snapshot<{inner}>`\n// let (publisher, {value}) = oserver::snapshot::<{inner}>(…);\n// handlers: {value}.load()\n// the one task that changes it: publisher.publish(new)"
            )
        }
        Shape::Snapshot => format!(
            "// the field: `{value}: oserver::Snapshot<{inner}>`\n/// The only task that changes the value, so no change is lost.\nstruct {name} {{\n    published: oserver::Publisher<{inner}>,\n}}\n\n#[oserver::actor]\nimpl {name} {{\n{}}}\n\n// let (published, {value}) = oserver::snapshot::<{inner}>(…);\n// let changes: {name}Handle = oserver::supervise(move || {name} {{ published: published.clone() }});\n// handlers: {value}.load(), and changes.{}(…).await?",
            methods(
                takers.iter().filter(|taker| taker.writes),
                "does under the lock, on a copy of `self.published.load()`; then `self.published.publish(copy)`"
            ),
            first(takers.iter().filter(|taker| taker.writes))
        ),
        Shape::PerRequest => format!(
            "// `{value}: {inner}`, without a lock: each request has its own, or a clone\n// let {value} = self.{value}.clone();"
        ),
        Shape::Pool | Shape::Actor if written.parameter.is_some() => {
            let parameter = written.parameter.as_deref().unwrap_or_default();
            format!(
                "// An actor is one type: write this for each `{parameter}` that is used, with the type in its place.\n// struct {name}({inner});\n//\n// #[oserver::actor]\n// impl {name} {{ … }}"
            )
        }
        Shape::Pool => format!(
            "struct {name}({inner});\n\n#[oserver::actor]\nimpl {name} {{\n{}}}\n\n// let {value}: Vec<{name}Handle> = (0..4).map(|_| oserver::supervise(|| {name}(…))).collect();\n// or the pool of its crate: sqlx, deadpool, bb8",
            methods(takers.iter(), "does under the lock, on `self.0`")
        ),
        Shape::Actor => {
            let section = match inner {
                "()" => {
                    "// The lock protects no value: what runs under it becomes a method, with the values that it needs in the struct.\n"
                }
                _ => "",
            };
            format!(
                "{section}struct {name}({inner});\n\n#[oserver::actor]\nimpl {name} {{\n{}}}\n\n// let {value}: {name}Handle = oserver::supervise(|| {name}(…));\n// callers: {value}.{}(…).await?",
                methods(takers.iter(), "does under the lock, on `self.0`"),
                first(takers.iter())
            )
        }
    }
}

fn atomic(value: &str, what: &str, written: &Written, is_static: bool) -> String {
    let number = &*written.inner;
    let (ty, change) = match number {
        "bool" => ("AtomicBool".to_owned(), "store(true, Ordering::Relaxed)"),
        number => (
            format!("Atomic{}", number[..1].to_uppercase() + &number[1..]),
            "fetch_add(1, Ordering::Relaxed)",
        ),
    };
    let ty = format!("std::sync::atomic::{ty}");
    if is_static {
        let name = what.split(": ").next().unwrap_or(value);
        let zero = if number == "bool" { "false" } else { "0" };
        return format!("static {name}: {ty} = {ty}::new({zero});\n// {name}.{change}");
    }
    let (before, after) = &written.around;
    format!("{value}: {before}{ty}{after},\n// self.{value}.{change}")
}

/// The command of an actor whose lock nothing takes, as far as the sources show.
const ASK: &str = "ask";

/// Returns the name of the first command.
fn first<'t>(mut takers: impl Iterator<Item = &'t Taker>) -> &'t str {
    takers.next().map_or(ASK, |taker| &taker.function)
}

/// The commands of an actor, one for each function that takes the lock.
fn methods<'t>(takers: impl Iterator<Item = &'t Taker>, does: &str) -> String {
    let mut methods: Vec<(&str, bool)> = Vec::new();
    for taker in takers {
        match methods.iter_mut().find(|(name, _)| *name == taker.function) {
            Some((_, awaits)) => *awaits |= taker.across_await,
            None => methods.push((&taker.function, taker.across_await)),
        }
    }
    if methods.is_empty() {
        return format!(
            "    pub fn {ASK}(&mut self) {{\n        // one method for each operation of the requests\n    }}\n"
        );
    }
    let methods: Vec<String> = methods
        .iter()
        .take(6)
        .map(|(name, awaits)| {
            let is_async = if *awaits { "async " } else { "" };
            format!(
                "    pub {is_async}fn {name}(&mut self) {{\n        // what `{name}` {does}\n    }}\n"
            )
        })
        .collect();
    methods.join("\n")
}
