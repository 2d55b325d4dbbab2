//! Types that warp's filters extract, in order: the types that a closure's parameters leave out.

use std::rc::Rc;

use crate::infer::{Infer, Locals};
use crate::program::Resolved;
use crate::syntax::{Expr, MethodCall};

/// The limit of nested filters.
const DEEPEST: u32 = 32;

/// Filters of warp that hand out something of the request.
const EXTRACTING: &[&str] = &[
    "param",
    "tail",
    "full",
    "peek",
    "json",
    "form",
    "bytes",
    "stream",
    "aggregate",
    "header",
    "optional",
    "exact",
    "value",
    "query",
    "raw",
    "ws",
    "remote",
    "cookie",
    "cloned",
    "headers_cloned",
    "method",
    "host",
];

/// `None` where some part of the chain could not be followed.
pub(super) fn extracts<'a>(
    expr: &'a Expr,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
    depth: u32,
) -> Option<Vec<Resolved>> {
    if depth > DEEPEST {
        return None;
    }
    match expr.bare() {
        Expr::Path(path, _) => {
            let name = path.single()?;
            let local = locals.get(name)?;
            match local.init {
                Some(init) => extracts(init, infer, &locals.before(name), depth + 1),
                None => written(&local.ty),
            }
        }
        Expr::Method(call) => method(call, infer, locals, depth),
        Expr::Macro(path, parts, _) if path.last() == "path" => {
            let mut count = 0;
            parts.iter().for_each(|part| {
                part.walk(&mut |expr| {
                    count += usize::from(matches!(expr, Expr::Path(..)));
                    true
                });
            });
            Some(vec![Resolved::unit(); count])
        }
        other => {
            let ty = infer.expr(other, locals);
            written(&ty).or_else(|| {
                let (path, name) = (ty.path(), ty.last());
                if !path.starts_with("warp::") {
                    return None;
                }
                if path.contains("ext::get") {
                    return Some(vec![ty.args().first().cloned().unwrap_or(Resolved::Unknown)]);
                }
                let extracting = EXTRACTING.contains(&name);
                Some(vec![Resolved::unit(); usize::from(extracting)])
            })
        }
    }
}

fn method<'a>(
    call: &'a MethodCall,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
    depth: u32,
) -> Option<Vec<Resolved>> {
    let receiver = || extracts(&call.receiver, infer, locals, depth + 1);
    match &*call.name {
        "and" => {
            let mut all = receiver()?;
            all.extend(extracts(call.args.first()?, infer, locals, depth + 1)?);
            Some(all)
        }
        "map" | "then" | "and_then" => {
            let value = match call.args.first()?.bare() {
                Expr::Closure(closure) => infer.expr(&closure.body, locals),
                _ => Resolved::Unknown,
            };
            Some(vec![value])
        }
        "or" => Some(vec![Resolved::unit()]),
        "untuple_one" => {
            let all = receiver()?;
            match all.as_slice() {
                [Resolved::All(parts)] => Some(parts.to_vec()),
                _ => Some(all),
            }
        }
        "unify" | "boxed" | "clone" | "with" | "recover" | "or_else" => receiver(),
        _ => None,
    }
}

/// `impl Filter<Extract = (Db,)>`, `BoxedFilter<(Db,)>`
fn written(ty: &Resolved) -> Option<Vec<Resolved>> {
    let tuple = |ty: &Resolved| match ty {
        Resolved::All(parts) => Some(parts.to_vec()),
        _ => None,
    };
    match ty {
        Resolved::Traits(traits) | Resolved::Param(_, traits) => traits.iter().find_map(|of| {
            let extract = of.assoc.iter().find(|(name, _): &&(Rc<str>, _)| &**name == "Extract")?;
            tuple(&extract.1)
        }),
        Resolved::External(path, args) if path.ends_with("BoxedFilter") => tuple(args.first()?),
        _ => None,
    }
}
