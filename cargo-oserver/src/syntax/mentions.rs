//! Names that a body calls or reads: enough to follow calls of bodies that are not kept.

use super::{Block, Expr, Name};

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

/// `a::b::call`, `.method` and `a::NAME`, sorted and each once.
pub(super) fn mentions(body: &Block) -> Box<[Name]> {
    let mut found: Vec<Name> = Vec::new();
    for stmt in &body.stmts {
        stmt.walk(&mut |expr| {
            match expr {
                Expr::Call(callee, _, _) => {
                    if let Expr::Path(path, _) = &**callee {
                        found.push(path.plain().into());
                    }
                }
                Expr::Path(path, _) if path.segments.len() > 1 || constant(path.last()) => {
                    found.push(path.plain().into());
                }
                Expr::Method(call) => found.push(format!(".{}", call.name).into()),
                _ => {}
            }
            true
        });
    }
    found.retain(|name| !SKIPPED.contains(&&**name));
    found.sort_unstable();
    found.dedup();
    found.into()
}

fn constant(name: &str) -> bool {
    let capital = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit();
    !name.is_empty() && name.bytes().all(capital)
}
