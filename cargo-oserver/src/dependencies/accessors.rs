//! Methods that give their callers access to the contents of a type.

use crate::program::{Id, Program};
use crate::syntax::{FnDef, Ty};

/// A method through which a caller gets at the contents.
pub(super) struct Exposing {
    pub(super) method: String,
    /// `true` if it returns a guard, `false` if it runs a closure.
    pub(super) guard: bool,
}

/// Returns the method of a type that gives its users the contents.
pub(super) fn exposing(program: &Program<'_>, id: Id) -> Option<Exposing> {
    let blocks = program.impls_of_type(id);
    let own = blocks.iter().filter(|(_, of)| of.of.is_none()).flat_map(|(_, of)| &of.fns);
    // A method with `self` by value shares nothing: the caller owns the value.
    let methods: Vec<&FnDef> = own.filter(|def| def.public && def.shared).collect();
    let guard = methods.iter().find(|def| guards(def));
    let found = guard.or_else(|| methods.iter().find(|def| runs_closure(def)))?;
    Some(Exposing {
        method: format!("{}::{}", program.type_def(id).name, found.name),
        guard: guard.is_some(),
    })
}

/// Returns `true` if a type has the name of a lock.
pub(super) fn is_lock_name(name: &str) -> bool {
    name.ends_with("Mutex") || name.ends_with("RwLock")
}

/// Returns `true` if it returns a guard.
pub(super) fn guards(def: &FnDef) -> bool {
    def.output.as_ref().is_some_and(|ty| {
        let text = ty.to_string();
        let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words
            .into_iter()
            .any(|word| word.ends_with("Guard") || matches!(word, "Ref" | "RefMut" | "MutexGuard"))
    })
}

/// Returns `true` if a caller's closure is among its parameters.
fn runs_closure(def: &FnDef) -> bool {
    let is_fn = |path: &crate::syntax::TyPath| {
        matches!(path.last(), "Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce")
    };
    def.params.iter().any(|param| matches!(&param.ty, Ty::Impl(bounds) if bounds.iter().any(is_fn)))
        || def.generics.params.iter().any(|param| param.bounds.iter().any(is_fn))
}
