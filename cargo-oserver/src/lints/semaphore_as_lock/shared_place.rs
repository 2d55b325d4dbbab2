//! Places of the process or the system that are a lock by their state: a file that requests lock, one that must not exist, a port, a
//! variable of the environment.

use crate::flow::Visit;
use crate::infer::{Infer, Locals};
use crate::known;
use crate::program::Resolved;
use crate::syntax::{Expr, MethodCall, Name, Place};

/// Calls of functions that lock their parameter, with a file that requests share.
pub(super) struct GivenFiles<'h> {
    pub(super) helpers: &'h [(&'h str, usize)],
    pub(super) found: Vec<Place>,
}

impl<'a> Visit<'a> for GivenFiles<'_> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        let (name, args, place) = match expr {
            Expr::Call(callee, args, place) => match &**callee {
                Expr::Path(path, _) => (path.last(), args, *place),
                _ => return,
            },
            Expr::Method(call) => (&*call.name, &call.args, call.place),
            _ => return,
        };
        let helpers = self.helpers.iter().filter(|(helper, _)| *helper == name);
        let mut arguments = helpers.filter_map(|(_, number)| args.get(*number));
        if arguments.any(|arg| is_shared_file(arg, infer, locals)) {
            self.found.push(place);
        }
    }
}

pub(super) fn is_shared_file<'a>(
    file: &'a Expr,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
) -> bool {
    let ty = infer.expr(file, locals);
    let is_static = |part: &Expr| matches!(part, Expr::Path(path, _) if path.single().is_none_or(|name| locals.get(name).is_none()));
    let is_shared = file.any(&|part| matches!(part, Expr::Field(..)))
        || is_static(file.bare())
        || is_shared_type(&ty);
    is_shared && pointee(&ty).ends_with("fs::File")
}

/// Returns `true` for a socket or a pipe that requests share: it is a static's, a field's, or behind a shared pointer, or a variable has
/// it from there. `of_statics` are variables that a pattern takes out of statics.
pub(super) fn is_shared_stream<'a>(
    stream: &'a Expr,
    of_statics: &[Name],
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
) -> bool {
    let ty = infer.expr(stream, locals);
    if !is_stream(&ty) {
        return false;
    }
    let is_variable = |part: &Expr| matches!(part, Expr::Path(path, _) if path.single().is_some_and(|name| of_statics.contains(&name.into())));
    is_shared_type(&ty) || stream.any(&is_variable) || comes_from_a_static(stream, locals, 3)
}

/// Returns `true` for a socket or a pipe, also as a part of a pair.
fn is_stream(ty: &Resolved) -> bool {
    const STREAMS: &[&str] = &[
        "net::UnixDatagram",
        "net::UnixStream",
        "net::UdpSocket",
        "io::PipeReader",
        "io::PipeWriter",
    ];
    match ty {
        Resolved::All(parts) => parts.iter().any(is_stream),
        Resolved::External(path, args) if known::derefs(path) => {
            args.first().is_some_and(is_stream)
        }
        other => STREAMS.iter().any(|name| other.path().ends_with(name)),
    }
}

/// Returns `true` if an expression names a static, or a variable that was made of one.
pub(super) fn comes_from_a_static(expr: &Expr, locals: &Locals<'_>, depth: u32) -> bool {
    expr.any(&|part| match part {
        Expr::Path(path, _) => {
            let local = path.single().and_then(|name| locals.get(name));
            match local {
                Some(local) => {
                    depth > 0
                        && local
                            .init
                            .is_some_and(|init| comes_from_a_static(init, locals, depth - 1))
                }
                None => is_name_of_static(path.last()),
            }
        }
        _ => false,
    })
}

/// Returns `true` for names in capitals: a function's name is none.
fn is_name_of_static(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

/// A file in a `Result` or a `Box` may be the function's own.
fn is_shared_type(ty: &Resolved) -> bool {
    const SHARED: &[&str] = &[
        "Arc",
        "Data",
        "Extension",
        "Lazy",
        "LazyLock",
        "OnceCell",
        "OnceLock",
        "Rc",
        "State",
        "Weak",
    ];
    let Resolved::External(path, args) = ty else { return false };
    let inner = args.first();
    inner.is_some() && SHARED.contains(&ty.last())
        || known::derefs(path) && inner.is_some_and(is_shared_type)
}

/// `while TcpListener::bind(address).is_err() {}`, `while env::var("BUSY").is_ok() {}`
pub(super) fn held_by_the_system(parts: &[Expr]) -> Option<&'static str> {
    let decides = |names: &[&str]| {
        let looks = |expr: &Expr| calls(expr, names);
        match parts {
            [condition, _] => condition.any(&looks),
            [body] => body.any(&|expr| {
                matches!(expr, Expr::Branches(_, subject, arms)
                if subject.iter().any(|part| part.any(&looks)) && arms.iter().any(|arm| {
                    arm.any(&|part| matches!(part, Expr::Return(_)))
                }))
            }),
            _ => false,
        }
    };
    if decides(&["bind", "bind_addr"]) {
        return Some("a port or a socket");
    }
    if decides(&["var", "var_os"]) {
        return Some("a variable of the environment");
    }
    decides(&["current_dir"]).then_some("the working directory")
}

/// Returns `true` for `File::create_new(..)`, `options.create_new(true)`, `create_dir(..)`
fn makes_anew(expr: &Expr) -> bool {
    calls(expr, &["create_new", "create_dir", "hard_link", "symlink"])
        || matches!(expr, Expr::Method(call) if &*call.name == "create_new")
}

/// Returns `true` if a loop goes on until it has made a file that must not exist. A loop over items makes a file for each, and
/// a failure that is unwrapped ends the loop.
pub(super) fn tries_to_make(parts: &[Expr]) -> bool {
    if let [condition, _] = parts
        && condition.any(&|part| matches!(part, Expr::Let(_)))
    {
        return condition.any(&makes_anew);
    }
    let mut tries = false;
    for part in parts {
        part.walk(&mut |expr| {
            tries |= makes_anew(expr);
            let unwraps = |call: &MethodCall| matches!(&*call.name, "unwrap" | "expect");
            !matches!(expr, Expr::Method(call) if unwraps(call) && call.receiver.any(&makes_anew))
        });
    }
    tries
}

/// Returns `true` if a loop tries the same file in each round.
pub(super) fn is_about_one_file(parts: &[Expr]) -> bool {
    let changes = |part: &Expr| matches!(part, Expr::Let(_) | Expr::Assign(..) | Expr::Macro(..));
    !parts.iter().any(|part| part.any(&changes))
}

/// `while path.exists() { sleep(); }`
pub(super) fn waits_until_gone(parts: &[Expr]) -> bool {
    let exists = |part: &Expr| matches!(part, Expr::Method(call) if matches!(&*call.name, "exists" | "try_exists"));
    matches!(parts, [condition, _] if condition.any(&exists))
}

pub(super) fn calls(expr: &Expr, names: &[&str]) -> bool {
    matches!(expr, Expr::Call(callee, _, _)
        if matches!(&**callee, Expr::Path(path, _) if names.contains(&path.last())))
}

pub(super) fn pointee(ty: &Resolved) -> &str {
    match ty {
        Resolved::External(path, args) if known::derefs(path) && !args.is_empty() => {
            pointee(&args[0])
        }
        other => other.path(),
    }
}
