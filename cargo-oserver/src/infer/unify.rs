//! Generic parameters from the types of values.

use std::collections::HashMap;

use crate::program::Resolved;
use crate::syntax::{Name, Ty};

/// Records the types of the parameters in `written` if a value of type `value` is put there.
pub(super) fn unify(
    written: &Ty,
    value: &Resolved,
    names: &[&str],
    into: &mut HashMap<Name, Resolved>,
) {
    match written {
        Ty::Ref(inner) => unify(inner, value, names, into),
        Ty::Path(path) => {
            if let Some(name) = path.single()
                && names.contains(&name)
            {
                if *value != Resolved::Unknown {
                    into.entry(name.into()).or_insert_with(|| value.clone());
                }
                return;
            }
            let Some(last) = path.segments.last() else { return };
            for (written, value) in last.args.iter().zip(value.args()) {
                unify(written, value, names, into);
            }
        }
        Ty::Tuple(parts) => {
            for (written, value) in parts.iter().zip(value.args()) {
                unify(written, value, names, into);
            }
        }
        _ => {}
    }
}
