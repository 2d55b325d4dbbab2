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

/// The types that a chain of filters extracts, as far as it could be followed.
#[derive(Clone, Debug)]
pub(super) struct Extracted {
    /// From the first on.
    front: Vec<Resolved>,
    /// Up to the last, if a part between them could not be followed.
    back: Option<Vec<Resolved>>,
}

impl Extracted {
    fn all(types: Vec<Resolved>) -> Self {
        Self { front: types, back: None }
    }

    const fn unread() -> Self {
        Self { front: Vec::new(), back: Some(Vec::new()) }
    }

    fn and(mut self, next: Self) -> Self {
        match &mut self.back {
            None => {
                self.front.extend(next.front);
                self.back = next.back;
            }
            Some(back) => match next.back {
                None => back.extend(next.front),
                later => self.back = later,
            },
        }
        self
    }

    /// Returns the types of a function's parameters, by their positions.
    pub(super) fn of_parameters(&self, count: usize) -> Vec<(usize, Resolved)> {
        let back = self.back.as_deref().unwrap_or_default();
        let first_of_back = count.saturating_sub(back.len());
        let front = self.front.iter().cloned().enumerate();
        front.chain((first_of_back..).zip(back.iter().cloned())).collect()
    }
}

pub(super) fn extracts<'a>(
    expr: &'a Expr,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
    depth: u32,
) -> Extracted {
    if depth > DEEPEST {
        return Extracted::unread();
    }
    let of_type = |ty: &Resolved| written(ty).map_or_else(Extracted::unread, Extracted::all);
    match expr.bare() {
        Expr::Path(path, _) => {
            let Some(local) = path.single().and_then(|name| locals.get(name)) else {
                return Extracted::unread();
            };
            match local.init {
                Some(init) => extracts(init, infer, &locals.before(&local.name), depth + 1),
                None => of_type(&local.ty),
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
            Extracted::all(vec![Resolved::unit(); count])
        }
        other => {
            let ty = infer.expr(other, locals);
            let (path, name) = (ty.path(), ty.last());
            if written(&ty).is_some() || !path.starts_with("warp::") {
                return of_type(&ty);
            }
            if path.contains("ext::get") {
                let got = ty.args().first().cloned().unwrap_or(Resolved::Unknown);
                return Extracted::all(vec![got]);
            }
            let extracting = EXTRACTING.contains(&name);
            Extracted::all(vec![Resolved::unit(); usize::from(extracting)])
        }
    }
}

fn method<'a>(
    call: &'a MethodCall,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
    depth: u32,
) -> Extracted {
    let receiver = || extracts(&call.receiver, infer, locals, depth + 1);
    match &*call.name {
        "and" => {
            let next = call.args.first().map(|next| extracts(next, infer, locals, depth + 1));
            receiver().and(next.unwrap_or_else(Extracted::unread))
        }
        "map" | "then" | "and_then" => {
            let value = match call.args.first().map(Expr::bare) {
                Some(Expr::Closure(closure)) => infer.expr(&closure.body, locals),
                _ => Resolved::Unknown,
            };
            Extracted::all(vec![value])
        }
        "or" => Extracted::all(vec![Resolved::unit()]),
        "untuple_one" => {
            let all = receiver();
            match (all.front.as_slice(), &all.back) {
                ([Resolved::All(parts)], None) => Extracted::all(parts.to_vec()),
                // A function that was not followed may give a tuple of any length.
                ([Resolved::Unknown], None) => Extracted::unread(),
                _ => all,
            }
        }
        "unify" | "boxed" | "clone" | "with" | "recover" | "or_else" => receiver(),
        _ => Extracted::unread(),
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
