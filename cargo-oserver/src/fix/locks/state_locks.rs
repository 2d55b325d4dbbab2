//! Locks that are a handler's state themselves: `State<Db>` with `type Db = Arc<Mutex<…>>`. All handlers of a crate
//! that have such a state share one plan.

use std::collections::HashMap;

use super::Found;
use crate::handlers::{Handler, State, Way};
use crate::program::{Def, Found as Name, Id, Program, Resolved, Scope, Space};
use crate::reach::Lock;
use crate::syntax::{Place, Ty};

/// By the crate and the lock's type: where it is, and what is known.
#[derive(Default)]
pub(super) struct Shared {
    found: HashMap<(u32, Resolved), ((u32, Place), Found)>,
}

impl Shared {
    /// Returns the entry of a lock, `None` if the state does not show the lock's type.
    pub(super) fn entry<'a>(
        &mut self,
        program: &Program<'a>,
        handler: &Handler<'a>,
        state: &State,
        lock: &Lock,
    ) -> Option<&mut Found> {
        // Extensions of a request are made for it, mostly.
        if matches!(state.way, Way::Extensions(_)) {
            return None;
        }
        let ty = within(&state.ty, &|ty| ty.path() == &*lock.name)?.clone();
        let function = handler.code.function();
        let krate = program.module(function.module).krate;
        let (at, found) = self.found.entry((krate, ty.clone())).or_insert_with(|| {
            let found = Found {
                lock: lock.name.trim_start_matches('?').to_owned(),
                what: match state.way {
                    Way::Capture(_) => format!("{}: {}", state.text, text(program, &state.ty)),
                    _ => state.text.clone(),
                },
                handlers: Vec::new(),
                per_request: false,
                shared: Some(ty.clone()),
            };
            ((handler.file, handler.place), found)
        });
        let param = match state.way {
            Way::Parameter(index) => function.def.params.get(index),
            _ => None,
        };
        // The alias is the lock's name, also where other handlers write the type out.
        if let Some(param) = param.filter(|_| !found.what.contains(": "))
            && let Some(id) = alias(program, &param.ty, &program.scope_of(function), &ty)
        {
            let def = program.alias_def(id);
            *at = program.at(id.module, def.place);
            found.what = format!("{}: {}", def.name, def.ty);
        }
        Some(found)
    }

    pub(super) fn all(self) -> impl Iterator<Item = ((u32, Place), Found)> {
        self.found.into_values()
    }
}

/// Returns the type that fits, in a type or in what it is put into: the `Mutex<u8>` of `State<Arc<Mutex<u8>>>`.
pub(super) fn within<'r>(
    ty: &'r Resolved,
    fits: &dyn Fn(&Resolved) -> bool,
) -> Option<&'r Resolved> {
    if fits(ty) {
        return Some(ty);
    }
    match ty {
        Resolved::External(_, args) | Resolved::All(args) => {
            args.iter().find_map(|arg| within(arg, fits))
        }
        _ => None,
    }
}

/// Returns a type as one would write it, as far as it is known.
pub(super) fn text(program: &Program<'_>, ty: &Resolved) -> String {
    let list = |args: &[Resolved]| {
        args.iter().map(|arg| text(program, arg)).collect::<Vec<_>>().join(", ")
    };
    let name = match ty {
        Resolved::Own(id, _) => &*program.type_def(*id).name,
        Resolved::External(..) => ty.last(),
        Resolved::Param(name, _) => name,
        Resolved::All(parts) => return format!("({})", list(parts)),
        Resolved::Traits(_) | Resolved::Fn(_) | Resolved::Unknown => "_",
    };
    match ty.args() {
        [] => name.to_owned(),
        args => format!("{name}<{}>", list(args)),
    }
}

/// Returns the alias in a written type that stands for the lock.
fn alias(program: &Program<'_>, ty: &Ty, scope: &Scope, lock: &Resolved) -> Option<Id> {
    match ty {
        Ty::Path(path) => {
            let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
            if let Name::Def(Def::Alias(id)) =
                program.resolve(scope.module, &names, path.global, Space::Type)
            {
                let of = program.resolve_type(ty, scope);
                return within(&of, &|part| part == lock).map(|_| id);
            }
            let args = path.segments.iter().flat_map(|segment| &segment.args);
            args.into_iter().find_map(|arg| alias(program, arg, scope, lock))
        }
        Ty::Ref(inner) => alias(program, inner, scope, lock),
        Ty::Tuple(parts) => parts.iter().find_map(|part| alias(program, part, scope, lock)),
        _ => None,
    }
}
