//! Replacements that fit a lock, and the code to begin with.

use std::collections::HashSet;

use super::Taker;
use crate::program::Program;

/// The ways to share without a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number or a flag.
    Atomic,
    /// Read by many, replaced now and then.
    Snapshot,
    /// Changed by requests.
    Actor,
    /// Something that one uses at a time, several of it.
    Pool,
    /// Made for one request.
    PerRequest,
}

impl Shape {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Atomic => "atomic",
            Self::Snapshot => "snapshot",
            Self::Actor => "actor",
            Self::Pool => "pool",
            Self::PerRequest => "per-request",
        }
    }

    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Atomic => {
                "An atomic fits: nobody waits for a number. Decide the memory ordering; `Relaxed` is enough for a counter."
            }
            Self::Snapshot => {
                "A snapshot fits: readers load it without waiting. Decide who publishes a new one."
            }
            Self::Actor => {
                "An actor fits: one task owns the value, and a fault in it fails one call. Decide what handlers answer when a call fails."
            }
            Self::Pool => {
                "A pool fits: each request gets one of several. Decide how many there are, and how long a request waits."
            }
            Self::PerRequest => "It is made for one request: pass the value on, without a lock.",
        }
    }
}

const NUMBERS: &[&str] =
    &["bool", "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize"];

/// Returns the type that the lock protects, as it is written: `Vec<u8>` of `Arc<Mutex<Vec<u8>>>`.
fn inner(what: &str) -> &str {
    let ty = what.split_once(": ").map_or(what, |(_, ty)| ty);
    for name in ["Mutex<", "RwLock<", "RefCell<", "Cell<"] {
        if let Some(at) = ty.find(name) {
            let rest = &ty[at + name.len()..];
            let mut depth = 1;
            for (end, letter) in rest.char_indices() {
                match letter {
                    '<' | '(' => depth += 1,
                    '>' | ')' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    return &rest[..end];
                }
            }
        }
    }
    ty
}

pub(super) fn choose(what: &str, lock: &str, takers: &[Taker], per_request: bool) -> Shape {
    let inner = inner(what);
    let one_at_a_time = ["Connection", "Client", "Conn", "Session", "Transaction", "Stream"];
    let last = inner.split('<').next().unwrap_or(inner).rsplit("::").next().unwrap_or(inner);
    let writes = takers.iter().filter(|taker| taker.writes).count();
    if per_request {
        Shape::PerRequest
    } else if NUMBERS.contains(&inner) {
        Shape::Atomic
    } else if one_at_a_time.iter().any(|end| last.ends_with(end)) {
        Shape::Pool
    } else if lock.contains("RwLock") && !takers.is_empty() && writes * 2 <= takers.len() {
        Shape::Snapshot
    } else {
        Shape::Actor
    }
}

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

/// Returns the names that no new type may have: those of the workspace's own types, and those that it imports.
pub(super) fn names<'a>(program: &Program<'a>) -> HashSet<&'a str> {
    let mut names = HashSet::new();
    for module in program.modules.iter().filter(|module| {
        program.sources.files.get(module.file as usize).is_some_and(|file| file.asked)
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

pub(super) fn code(shape: Shape, what: &str, takers: &[Taker], taken: &HashSet<&str>) -> String {
    // One task needs no locks inside of its map.
    let inner = inner(what).replace("DashMap<", "HashMap<").replace("DashSet<", "HashSet<");
    let inner = inner.trim_start_matches("dashmap::").trim_start_matches("scc::");
    let last = inner.split('<').next().unwrap_or(inner).rsplit("::").next().unwrap_or(inner);
    let path = match what.split_once(": ") {
        Some((path, _)) => path,
        // A lock without a name gets the name of its contents.
        None if taken.contains(last) => last,
        None => "shared",
    };
    let field = path.rsplit('.').next().unwrap_or(path);
    let field =
        if field.is_empty() || field.chars().all(char::is_numeric) { "state" } else { field };
    // A field that only says that it is inside is named after its owner.
    let owner = path.split('.').next().unwrap_or(path);
    let mut name = match field {
        "inner" | "state" | "shared" | "data" => type_name(owner),
        field => type_name(field),
    };
    if name == last || taken.contains(&*name) {
        name.push_str("Actor");
    }
    let value = value_name(field);
    let field = if path.contains('.') { field } else { &value };
    match shape {
        Shape::Atomic => {
            let atomic = match inner {
                "bool" => "AtomicBool".to_owned(),
                number => format!("Atomic{}", number[..1].to_uppercase() + &number[1..]),
            };
            format!(
                "{field}: std::sync::atomic::{atomic},\n// self.{field}.fetch_add(1, Ordering::Relaxed)"
            )
        }
        Shape::Snapshot => format!(
            "let (publisher, {field}) = oserver::snapshot::<{inner}>(initial);\n// handlers: {field}.load()\n// whoever changes it: publisher.publish(new)"
        ),
        Shape::Pool => format!(
            "struct {name}({inner});\n\n#[oserver::actor]\nimpl {name} {{\n    // one method for each thing that requests do with it\n}}\n\n// let {field}: Vec<{name}Handle> = (0..4).map(|_| oserver::supervise(|| {name}(…))).collect();\n// or the pool of its crate: sqlx, deadpool, bb8"
        ),
        Shape::PerRequest => {
            format!("let {field}: {inner} = …; // owned by the request, passed on by value")
        }
        Shape::Actor => {
            let mut methods: Vec<(&str, bool)> = Vec::new();
            for taker in takers {
                match methods.iter_mut().find(|(name, _)| *name == taker.function) {
                    Some((_, awaits)) => *awaits |= taker.across_await,
                    None => methods.push((&taker.function, taker.across_await)),
                }
            }
            let methods: Vec<String> = methods
                .iter()
                .take(6)
                .map(|(name, awaits)| {
                    let is_async = if *awaits { "async " } else { "" };
                    format!("    pub {is_async}fn {name}(&mut self) {{\n        // what `{name}` does under the lock, on `self.0`\n    }}\n")
                })
                .collect();
            let methods = match methods.as_slice() {
                [] => {
                    vec!["    // one method for each thing that requests do with it\n".to_owned()]
                }
                _ => methods,
            };
            format!(
                "struct {name}({inner});\n\n#[oserver::actor]\nimpl {name} {{\n{}}}\n\n// let {field}: {name}Handle = oserver::supervise(|| {name}(…));\n// callers: {field}.method(…).await?",
                methods.join("\n")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, Taker, choose, inner};

    fn taker(writes: bool) -> Taker {
        Taker {
            function: "f".to_owned(),
            file: "a.rs".into(),
            line: 1,
            writes,
            under: Vec::new(),
            across_await: false,
        }
    }

    #[test]
    fn the_shape_follows_from_what_is_protected() {
        let reads = [taker(false), taker(false), taker(true)];
        let writes = [taker(true), taker(true)];
        let shape = |what: &str, lock: &str, takers: &[Taker]| choose(what, lock, takers, false);
        assert_eq!(shape("S.n: Mutex<u64>", "std::sync::Mutex", &writes), Shape::Atomic);
        assert_eq!(shape("S.c: RwLock<Config>", "std::sync::RwLock", &reads), Shape::Snapshot);
        assert_eq!(shape("S.c: RwLock<Config>", "std::sync::RwLock", &writes), Shape::Actor);
        assert_eq!(shape("S.c: Mutex<Vec<u8>>", "std::sync::Mutex", &writes), Shape::Actor);
        assert_eq!(
            shape("S.db: Arc<Mutex<rusqlite::Connection>>", "tokio::sync::Mutex", &writes),
            Shape::Pool
        );
    }

    #[test]
    fn what_is_protected_is_read_from_the_type() {
        assert_eq!(inner("S.a: Arc<Mutex<HashMap<u8, Vec<u8>>>>"), "HashMap<u8, Vec<u8>>");
        assert_eq!(inner("h: State<Arc<RwLock<(u8, u8)>>>"), "(u8, u8)");
    }
}
