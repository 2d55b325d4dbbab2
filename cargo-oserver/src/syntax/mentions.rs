//! Names that a body calls or reads: enough to follow calls of bodies that are not kept.

use super::{Block, Expr, Name};
use crate::known;

/// Calls that never lead to code of the sources.
const SKIPPED: &[&str] = &[
    "Some",
    "Ok",
    "Err",
    "None",
    "Box::new",
    "Arc::new",
    "Rc::new",
    "Vec::new",
    "String::new",
    "String::from",
    "Default::default",
    ".clone",
    ".unwrap",
    ".expect",
    ".into",
    ".iter",
    ".map",
    ".map_err",
    ".to_string",
    ".to_owned",
    ".as_ref",
    ".as_str",
    ".len",
    ".is_empty",
    ".push",
    ".collect",
    ".ok",
    ".is_some",
    ".is_none",
    ".unwrap_or",
    ".unwrap_or_default",
    ".context",
];

/// `a::b::call`, `.method` and `a::NAME`, sorted and each once. The calls that are given the closure around a name, and
/// those that run their arguments where blocking is allowed, stand before it: `a::spawn(b::call`.
pub(super) fn mentions(body: &Block) -> Box<[Name]> {
    let mut found: Vec<Name> = Vec::new();
    body.stmts.iter().for_each(|stmt| look(stmt, "", &mut found));
    found.sort_unstable();
    found.dedup();
    found.into()
}

fn look(expr: &Expr, around: &str, found: &mut Vec<Name>) {
    let mut add = |name: &str| {
        if !SKIPPED.contains(&name) {
            found.push(format!("{around}{name}").into());
        }
    };
    let (args, callee) = match expr {
        Expr::Call(callee, args, _) => match &**callee {
            Expr::Path(path, _) => (args.as_slice(), Some(path.plain())),
            _ => (args.as_slice(), None),
        },
        Expr::Method(call) => (call.args.as_slice(), Some(format!(".{}", call.name))),
        _ => (&[][..], None),
    };
    match expr {
        Expr::Path(path, _) if path.segments.len() > 1 || constant(path.last()) => {
            add(&path.plain());
        }
        _ => callee.iter().for_each(|name| add(name)),
    }
    let offloads = |name: &String| known::offloads(name.trim_start_matches('.'), "");
    let takes_closure = |name: &String| {
        !name.starts_with('.') && args.iter().any(|arg| matches!(arg.bare(), Expr::Closure(_)))
    };
    let inner = callee
        .filter(|name| offloads(name) || takes_closure(name))
        .map_or_else(|| around.to_owned(), |name| format!("{around}{name}("));
    let mut parts = 0;
    expr.parts(&mut |part| {
        // The callee or the receiver comes first.
        let around = if parts == 0 { around } else { &*inner };
        look(part, around, found);
        parts += 1;
    });
}

fn constant(name: &str) -> bool {
    let capital = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit();
    !name.is_empty() && name.bytes().all(capital)
}
