//! State that comes out of a request: `req.extensions().get::<T>()`, `depot.obtain::<T>()`, `ctx.data::<T>()`; and out
//! of a value of any type: `any.downcast::<T>()`.

use crate::infer::{Infer, Locals};
use crate::program::Resolved;
use crate::reach::Reach;
use crate::syntax::{Expr, MethodCall, Place, Ty, TyPath};

#[derive(Clone, Debug)]
pub struct Get {
    pub place: Place,
    /// The type as it is written, or the call.
    pub text: String,
    pub ty: Resolved,
}

/// Returns the method call that an expression starts with and that takes state out of a request.
pub(super) fn getter<'a>(expr: &'a Expr, locals: &Locals<'a>) -> Option<&'a MethodCall> {
    match expr {
        Expr::Method(call) if reads_request(call, locals) || asks(call) => Some(call),
        Expr::Method(call) => getter(&call.receiver, locals),
        Expr::Same(inner) | Expr::Deref(inner) | Expr::Await(inner) | Expr::Cast(inner, _) => {
            getter(inner, locals)
        }
        _ => None,
    }
}

/// Methods that give a value of the type that their caller names, or that its place asks for.
const ASKED: &[&str] = &[
    "app_data",
    "obtain",
    "obtain_mut",
    "data",
    "data_opt",
    "data_unchecked",
    "state",
    "guard",
    "downcast",
    "downcast_ref",
    "downcast_mut",
];

/// Returns `true` if a call takes something out of a request, whatever its type.
pub(super) fn reads_request(call: &MethodCall, locals: &Locals<'_>) -> bool {
    let named = !call.turbofish.is_empty();
    match &*call.name {
        name if ASKED.contains(&name) => named,
        "local_cache"
        | "get_typed"
        | "extract_with_state"
        | "downcast_arc"
        | "extract_parts"
        | "extract_parts_with_state" => named,
        "get" | "get_mut" | "remove" | "extract" => {
            of_extensions(&call.receiver, locals) || (named && of_depot(&call.receiver, locals))
        }
        _ => false,
    }
}

/// Returns `true` for a call that runs the extractor of the type that it names.
pub(super) fn extracts(name: &str) -> bool {
    name == "guard" || name.starts_with("extract")
}

/// Returns `true` for a call whose result has the type that its place requires: `let app: &App = request.data().unwrap()`.
fn asks(call: &MethodCall) -> bool {
    call.args.is_empty() && ASKED.contains(&&*call.name)
}

pub(super) fn of_extensions(receiver: &Expr, locals: &Locals<'_>) -> bool {
    let direct = |expr: &Expr| {
        matches!(expr, Expr::Method(inner)
            if matches!(&*inner.name, "extensions" | "extensions_mut"))
            || matches!(expr, Expr::Field(_, name) if &**name == "extensions")
    };
    if receiver.any(&direct) {
        return true;
    }
    let Expr::Path(path, _) = receiver.bare() else { return false };
    let Some(local) = path.single().and_then(|name| locals.get(name)) else { return false };
    local.ty.last() == "Extensions" || local.init.is_some_and(|init| init.any(&direct))
}

/// salvo's and poem's map of typed values.
pub(super) fn of_depot(receiver: &Expr, locals: &Locals<'_>) -> bool {
    let Expr::Path(path, _) = receiver.bare() else { return false };
    let local = path.single().and_then(|name| locals.get(name));
    local.is_some_and(|local| matches!(local.ty.last(), "Depot" | "Parts"))
}

/// `State::<App>::from_request_parts(parts, state)`, `App::from_ref(state)`: the value that it returns.
pub(super) fn delegated<'a>(path: &TyPath, infer: &Infer<'_, 'a>) -> Option<(String, Resolved)> {
    let borrows = matches!(
        path.last(),
        "borrow_from" | "try_borrow_from" | "borrow_mut_from" | "take_from" | "try_take_from"
    );
    let takes =
        borrows || matches!(path.last(), "from_request_parts" | "from_request" | "from_ref");
    if !takes {
        return None;
    }
    let mut prefix = path.clone();
    prefix.segments.pop();
    let base = match prefix.qself.take() {
        Some(qself) => *qself,
        None => Ty::Path(prefix),
    };
    let ty = infer.program.resolve_type(&base, &infer.scope);
    let state = borrows || path.last() == "from_ref" || Reach::is_state_extractor(&ty);
    state.then(|| (base.to_string(), ty))
}
