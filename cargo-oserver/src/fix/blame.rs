//! Finds the edits that caused an error of the compiler.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::change::{Action, Change};
use super::check::CompileError;
use super::edits::Edited;
use super::plan::Plan;
use super::selection::Selection;

/// Returns the changes that an error points at: best by their own text, else by what they changed, else by a name.
pub(super) fn pointed_at(
    selection: &Selection,
    edited: &BTreeMap<PathBuf, Edited>,
    error: &CompileError,
) -> BTreeSet<usize> {
    let mut own = BTreeSet::new();
    let mut extent = BTreeSet::new();
    let mut named = BTreeSet::new();
    for primary in [true, false] {
        for (path, span, is_primary) in &error.spans {
            let Some(edited) = edited.get(path).filter(|_| *is_primary == primary) else {
                continue;
            };
            let touches = |range: &std::ops::Range<usize>| {
                range.start < span.end.max(span.start + 1) && span.start < range.end
            };
            for (number, change) in selection.live() {
                let placed = edited.placed.iter().any(|(edit, range)| {
                    touches(range)
                        && change.edits.iter().any(|(file, own)| file == path && own == edit)
                });
                if placed {
                    own.insert(number);
                }
                let within = change
                    .extents
                    .iter()
                    .any(|(file, range)| file == path && touches(&edited.moved(range)));
                if within {
                    extent.insert(number);
                }
            }
        }
        for found in [&own, &extent] {
            if !found.is_empty() {
                return narrowed(selection, found);
            }
        }
    }
    for (number, change) in selection.live() {
        if change.names.iter().any(|name| has_word(&error.lines, name)) {
            named.insert(number);
        }
    }
    named
}

/// Returns the changes of routers: the service works without them, too.
pub(super) fn routers(selection: &Selection) -> impl Iterator<Item = usize> {
    let live = selection.live().filter(|(_, change)| change.action == Action::Router);
    live.map(|(number, _)| number)
}

/// Returns the changes of routers if there are any, otherwise those of handlers if there are any, otherwise all.
fn narrowed(selection: &Selection, found: &BTreeSet<usize>) -> BTreeSet<usize> {
    let of_routers: BTreeSet<usize> =
        routers(selection).filter(|number| found.contains(number)).collect();
    if !of_routers.is_empty() {
        return of_routers;
    }
    let changes: &Plan = &selection.plan;
    let about = |number: &&usize| changes.changes[**number].handler.is_some();
    if found.iter().any(|number| about(&number)) {
        return found.iter().filter(about).copied().collect();
    }
    found.clone()
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|part| part == word)
}

/// Returns the changes in the files that an error names, else in its package, else all.
pub(super) fn around(selection: &Selection, error: &CompileError) -> Vec<usize> {
    let of_files = |change: &Change| error.spans.iter().any(|(path, _, _)| *path == change.file);
    let some = |keep: &dyn Fn(&Change) -> bool| -> Vec<usize> {
        selection.live().filter(|(_, change)| keep(change)).map(|(number, _)| number).collect()
    };
    let found = some(&of_files);
    if found.is_empty() { some(&|_| true) } else { found }
}
