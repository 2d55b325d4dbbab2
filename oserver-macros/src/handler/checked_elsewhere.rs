//! Decides which parameters are checked with a message, and which in the silent form.
//!
//! Both checks refuse the same types, see `handlers_cannot_take` of `oserver-state`. So no harm is done if a name
//! means two types, or if one expansion is kept and another is not.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use quote::ToTokens;
use syn::Type;
use syn::visit::{self, Visit};

/// The types that were checked with a message, in this crate.
static CHECKED: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// Returns `true` if another place reports the type: an earlier handler, or the router for a value that cannot be read
/// from a request.
pub(super) fn is_checked_elsewhere(ty: &Type) -> bool {
    let mut finds = Finds(false);
    finds.visit_type(ty);
    // In a test, expansions do not depend on each other.
    if finds.0 || !proc_macro::is_available() {
        return finds.0;
    }
    let mut checked = CHECKED.lock().unwrap_or_else(PoisonError::into_inner);
    !checked.get_or_insert_default().insert(ty.to_token_stream().to_string())
}

/// An extractor that reads a value, by its name.
struct Finds(bool);

impl<'ast> Visit<'ast> for Finds {
    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        const NAMES: [&str; 4] = ["Json", "Path", "Query", "Form"];
        let has_type = !segment.arguments.is_empty();
        self.0 |= has_type && NAMES.iter().any(|name| segment.ident == name);
        visit::visit_path_segment(self, segment);
    }
}
