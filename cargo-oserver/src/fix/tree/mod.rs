//! Where in a file's text its functions, types, closures and names are. Only places leave this room: no syntax tree
//! outlives the file that it came from.

mod callers;
mod calls;
mod clone_block;
mod closures;
mod collect;
mod functions;
pub(super) mod imports;
mod layers;
mod loops;
mod params;
pub(super) mod routers;
mod types;
pub(super) mod wrapper;

use std::ops::Range;

use syn::visit::Visit;

pub(super) use callers::{EndSite, callers};
pub(super) use functions::{
    BindSite, ClosureSite, FnSite, Inside, LetSite, Param, PathSite, ServeSite, UseSite,
};
pub(super) use layers::{LayerSite, Work};
pub(super) use loops::{LoopSite, Served, loops};
pub(super) use types::{TraitSite, TypeSite};
pub(super) use wrapper::{MethodSite, WrapperSite};

use crate::syntax::Place;

/// Shows the syntax of a text to a visitor; nothing if it does not parse. No span outlives this.
fn visit_text(text: &str, look: &mut impl for<'ast> Visit<'ast>) {
    if let Ok(file) = syn::parse_file(text) {
        look.visit_file(&file);
    }
    proc_macro2::extra::invalidate_current_thread_spans();
}

/// The places of one file.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) fns: Vec<FnSite>,
    pub(super) closures: Vec<ClosureSite>,
    pub(super) types: Vec<TypeSite>,
    pub(super) traits: Vec<TraitSite>,
    /// Names of values that are not called there.
    pub(super) paths: Vec<PathSite>,
    /// Calls of `axum::serve`.
    pub(super) serves: Vec<ServeSite>,
    /// Calls of `TcpListener::bind`.
    pub(super) binds: Vec<BindSite>,
    /// Layers whose work the guard does first.
    pub(super) layers: Vec<LayerSite>,
    pub(super) lets: Vec<LetSite>,
    /// The start of each call that is awaited, also with methods behind it, and the end of its `.await`.
    pub(super) awaits: Vec<(usize, usize)>,
    pub(super) uses: Vec<UseSite>,
    /// Names of the functions.
    pub(super) names: Vec<String>,
}

impl Tree {
    /// `None` if the text does not parse.
    pub(super) fn read(text: &str) -> Option<Self> {
        let file = syn::parse_file(text).ok()?;
        let tree = collect::collect(&file, text);
        proc_macro2::extra::invalidate_current_thread_spans();
        Some(tree)
    }

    pub(super) fn function(&self, place: Place) -> Option<&FnSite> {
        self.fns.iter().find(|site| site.place == place)
    }

    /// Returns the last `let` of a name before a place in a function.
    pub(super) fn last_let(
        &self,
        name: &str,
        before: usize,
        function: &FnSite,
    ) -> Option<&LetSite> {
        let lets = self.lets.iter().filter(|site| site.name == name && site.at < before);
        lets.filter(|site| function.body.contains(&site.at)).max_by_key(|site| site.at)
    }

    /// Returns the call that binds what a `let` names.
    pub(super) fn bind_of(&self, site: &LetSite) -> Option<&BindSite> {
        let is = |(name, at): &(String, usize)| *name == site.name && *at == site.at;
        self.binds.iter().find(|bind| bind.variable.as_ref().is_some_and(is))
    }

    pub(super) fn closure(&self, place: Place) -> Option<&ClosureSite> {
        self.closures.iter().find(|site| site.place == place)
    }

    pub(super) fn ty(&self, place: Place) -> Option<&TypeSite> {
        self.types.iter().find(|site| site.place == place)
    }

    /// Returns `true` if a `use` anywhere in the file brings this name from one of these crates.
    pub(super) fn imports(&self, name: &str, crates: &[&str]) -> bool {
        self.uses.iter().any(|site| {
            site.name == name && crates.contains(&site.path.split("::").next().unwrap_or_default())
        })
    }
}

/// Returns the blanks before the line that a byte is on.
pub(super) fn indent(text: &str, at: usize) -> &str {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let rest = &text[line..];
    &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()]
}

/// Returns `true` if nothing but blanks stands before a byte on its line.
pub(super) fn begins_line(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[line..at].trim().is_empty()
}

/// Returns a separate line before the code at `at`, or the same text on the line if other code precedes it there.
pub(super) fn line_before(text: &str, at: usize, line: &str) -> String {
    if begins_line(text, at) { format!("{line}\n{}", indent(text, at)) } else { format!("{line} ") }
}

fn place(span: proc_macro2::Span) -> Place {
    let start = span.start();
    Place {
        line: u32::try_from(start.line).unwrap_or(u32::MAX),
        column: u32::try_from(start.column + 1).unwrap_or(u32::MAX),
    }
}

/// From the first to the last token of a node.
fn range(node: &impl syn::spanned::Spanned) -> Range<usize> {
    node.span().byte_range()
}
