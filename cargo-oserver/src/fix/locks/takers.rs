//! The places that take a lock, and what they do while they hold it.

use std::path::PathBuf;

use super::calls_under_lock::{across_await, under};
use super::state_locks::{text, within};
use crate::flow::{Visit, visit};
use crate::infer::{Infer, Locals};
use crate::program::{Function, Program, Resolved};
use crate::syntax::{Bodies, Expr, Limits, MethodCall, Place, Ty, lower};

/// A function that takes a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taker {
    pub function: String,
    pub file: PathBuf,
    pub line: u32,
    /// `true` if the call shows that it changes the protected value.
    pub writes: bool,
    /// The methods that are called on the protected value.
    pub under: Vec<String>,
    pub across_await: bool,
}

/// A lock to look for.
pub(super) struct Wanted<'w> {
    /// `Owner.field: Type`, or the text of the state.
    pub(super) what: &'w str,
    /// `dashmap::DashMap`
    pub(super) lock: &'w str,
    /// The lock's type, if all values of it count.
    pub(super) shared: Option<&'w Resolved>,
}

/// Returns the takers of each lock: of its field, or of all values of its type.
pub(super) fn find(program: &Program<'_>, wanted: &[Wanted<'_>]) -> Vec<Vec<Taker>> {
    let mut found: Vec<Vec<Taker>> = vec![Vec::new(); wanted.len()];
    // The same by the written type alone, for fields that a pattern takes apart.
    let mut alike = found.clone();
    for function in &program.functions {
        if program.is_test(function.module) || function.def.attributes.test {
            continue;
        }
        let mut look = Look { found: Vec::new() };
        visit(program, function, &mut look);
        for take in look.found {
            for (index, wanted) in wanted.iter().enumerate() {
                if !take.guard && !is_map(wanted.lock) {
                    continue;
                }
                let is_it = match wanted.shared {
                    Some(lock) => within(&take.taken, &|part| part == lock).is_some(),
                    None => is_of_field(program, function, &take, wanted.what),
                };
                if is_it {
                    add(&mut found[index], program, function, &take);
                } else if wanted.shared.is_none()
                    && take.field.is_empty()
                    && let Some(part) = within(&take.taken, &|part| part.path() == wanted.lock)
                    && protected(wanted.what).is_some_and(|of| of == text(program, part))
                {
                    add(&mut alike[index], program, function, &take);
                }
            }
        }
    }
    for (found, alike) in found.iter_mut().zip(alike).filter(|(found, _)| found.is_empty()) {
        *found = alike;
    }
    found
}

/// Returns `true` if a lock is a map with locks inside, that each of its methods takes.
pub(super) fn is_map(lock: &str) -> bool {
    matches!(lock.rsplit("::").next(), Some("DashMap" | "DashSet")) || lock.starts_with("scc::")
}

/// `Mutex<Local>` of `Backend.Local.0: Arc<Mutex<Local>>`, if the type is written so.
fn protected(what: &str) -> Option<&str> {
    let (_, ty) = what.split_once(": ")?;
    let from =
        ["Mutex<", "RwLock<", "DashMap<", "DashSet<"].iter().find_map(|name| ty.find(name))?;
    let mut depth = 0;
    for (end, letter) in ty[from..].char_indices() {
        match letter {
            '<' => depth += 1,
            '>' if depth == 1 => return Some(&ty[from..=from + end]),
            '>' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_of_field(program: &Program<'_>, function: &Function<'_>, take: &Take, what: &str) -> bool {
    let Some((path, _)) = what.split_once(": ") else { return false };
    let (owner, field) = path.split_once('.').unwrap_or((path, ""));
    let of_owner = match &take.owner {
        Some(ty) if !field.is_empty() => is_of(program, ty, owner),
        // A parameter of the handler itself.
        _ => field.is_empty() && *function.def.name == *owner,
    };
    let unknown = matches!(take.owner, None | Some(Resolved::Unknown));
    let of_field = take.field == *field && !field.is_empty();
    (of_owner && (of_field || field.is_empty())) || (unknown && of_field)
}

/// Returns `true` if a value is of the type with this name, also behind pointers.
fn is_of(program: &Program<'_>, ty: &Resolved, name: &str) -> bool {
    match ty {
        Resolved::Own(id, _) => *program.type_def(*id).name == *name,
        Resolved::External(_, args) => {
            args.first().is_some_and(|inner| is_of(program, inner, name))
        }
        _ => false,
    }
}

fn add(takers: &mut Vec<Taker>, program: &Program<'_>, function: &Function<'_>, take: &Take) {
    let file = program.module(function.module).file;
    let path = program.sources.files[file as usize].path.clone();
    let body = function.def.body.as_deref();
    let new = Taker {
        function: function.def.name.to_string(),
        line: take.place.line,
        file: path,
        writes: take.writes,
        under: match (take.guard, body) {
            (true, Some(body)) => under(body, take.place),
            (true, None) => Vec::new(),
            (false, _) => vec![take.method.clone()],
        },
        across_await: body.is_some_and(|body| across_await(body, take.place)),
    };
    if !takers.iter().any(|known| known.file == new.file && known.line == new.line) {
        takers.push(new);
    }
}

/// Returns the same in the file of the lock's type alone, of which the audit keeps no bodies when nothing in it serves.
pub(super) fn beside(path: &std::path::Path, what: &str) -> Vec<Taker> {
    let Some((of, _)) = what.split_once(": ") else { return Vec::new() };
    let (owner, field) = of.split_once('.').unwrap_or(("", of));
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    // A word for which bodies are kept, after everything else.
    let text = format!("{text}\nuse axum as _;\n");
    let Ok(lowered) = lower(&text, Limits::default(), Bodies::All, &|_| None, &|_| {}) else {
        return Vec::new();
    };
    let own = lowered.items.impls.iter().filter(|of| {
        let is_owner = matches!(&of.for_type, Ty::Path(ty) if ty.last() == owner);
        !of.test && (is_owner || owner.is_empty())
    });
    // A static is taken anywhere.
    let free = lowered.items.fns.iter().filter(|_| owner.is_empty());
    let is = |expr: &Expr| match expr {
        Expr::Field(_, name) => !owner.is_empty() && **name == *field,
        Expr::Path(path, _) => owner.is_empty() && path.last() == field,
        _ => false,
    };
    let mut takers: Vec<Taker> = Vec::new();
    for def in own.flat_map(|of| &of.fns).chain(free) {
        let Some(body) = def.body.as_deref() else { continue };
        for stmt in &body.stmts {
            stmt.walk(&mut |expr| {
                if let Expr::Method(call) = expr
                    && takes(call)
                    && is(call.receiver.bare())
                {
                    takers.push(Taker {
                        function: def.name.to_string(),
                        file: path.to_owned(),
                        line: call.place.line,
                        writes: !matches!(&*call.name, "read" | "try_read" | "borrow"),
                        under: under(body, call.place),
                        across_await: across_await(body, call.place),
                    });
                }
                true
            });
        }
    }
    takers
}

pub(super) struct Take {
    pub(super) owner: Option<Resolved>,
    pub(super) field: String,
    /// The type of what the method is called on.
    taken: Resolved,
    pub(super) place: Place,
    writes: bool,
    method: String,
    /// Whether the method is one that gives a guard.
    guard: bool,
}

pub(super) struct Look {
    pub(super) found: Vec<Take>,
}

fn takes(call: &MethodCall) -> bool {
    call.args.is_empty()
        && matches!(
            &*call.name,
            "lock"
                | "read"
                | "write"
                | "try_lock"
                | "try_read"
                | "try_write"
                | "lock_owned"
                | "blocking_lock"
                | "borrow"
                | "borrow_mut"
                | "upgradable_read"
        )
}

impl<'a> Visit<'a> for Look {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let Expr::Method(call) = expr else { return };
        let guard = takes(call);
        let (owner, field) = match call.receiver.bare() {
            Expr::Field(base, name) => (Some(infer.expr(base, locals)), name.to_string()),
            Expr::Path(..) => (None, String::new()),
            _ if guard => (None, String::new()),
            _ => return,
        };
        let taken = infer.expr(call.receiver.bare(), locals);
        let reads = match guard {
            true => matches!(&*call.name, "read" | "try_read" | "borrow"),
            false => matches!(
                &*call.name,
                "get"
                    | "contains_key"
                    | "contains"
                    | "len"
                    | "is_empty"
                    | "iter"
                    | "view"
                    | "clone"
            ),
        };
        let method = call.name.to_string();
        self.found.push(Take {
            owner,
            field,
            taken,
            place: call.place,
            writes: !reads,
            method,
            guard,
        });
    }
}
