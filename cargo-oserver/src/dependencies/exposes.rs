//! What a method gives its callers of what is inside.

use crate::syntax::{FnDef, Ty};

/// Whether a type is called as locks are.
pub(super) fn is_lock_name(name: &str) -> bool {
    name.ends_with("Mutex") || name.ends_with("RwLock")
}

/// Whether it returns a guard.
pub(super) fn guards(def: &FnDef) -> bool {
    def.output.as_ref().is_some_and(|ty| {
        let text = ty.to_string();
        let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words
            .into_iter()
            .any(|word| word.ends_with("Guard") || matches!(word, "Ref" | "RefMut" | "MutexGuard"))
    })
}

/// Whether a caller's closure is among its parameters.
pub(super) fn runs_closure(def: &FnDef) -> bool {
    let is_fn = |path: &crate::syntax::TyPath| {
        matches!(path.last(), "Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce")
    };
    def.params.iter().any(|param| matches!(&param.ty, Ty::Impl(bounds) if bounds.iter().any(is_fn)))
        || def.generics.params.iter().any(|param| param.bounds.iter().any(is_fn))
}
