//! Checks the workspace with the new dependency alone: if its versions break the workspace, no edit is the cause.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::change::{Action, Reason};
use super::check::{CompileError, check};
use super::lockfile::{moved, some_of};
use super::revert::{Known, new_errors};
use super::selection::Selection;
use super::write::Undo;

/// Returns the text of `Cargo.lock` at this moment.
pub(super) fn lock_of(root: &Path) -> String {
    std::fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default()
}

/// Checks each workspace whose locked versions moved with the manifests alone, and leaves all changes in it where that has
/// errors. Returns whether it left any.
pub(super) fn leave_out(
    selection: &mut Selection,
    files: &BTreeMap<PathBuf, String>,
    before: &BTreeMap<PathBuf, Known>,
    locks: &BTreeMap<PathBuf, String>,
    undo: &mut Undo,
    say: &dyn Fn(&str),
    progress: &dyn Fn(usize),
) -> Result<bool, String> {
    let mut left = false;
    for (root, known) in before {
        let moved = moved(&locks[root], &lock_of(root));
        if moved.is_empty() {
            continue;
        }
        let is_source = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
        for path in files.keys().filter(|path| is_source(path)) {
            undo.write(path, &selection.original(path)?)?;
        }
        say(&format!("checking {} with the dependency alone", root.display()));
        let errors = new_errors(check(root, undo, progress)?, known);
        let Some(error) = errors.first() else { continue };
        let why = words(&moved, error);
        let inside = |path: &PathBuf| {
            selection.plan.manifests.get(path).is_some_and(|manifest| manifest.starts_with(root))
        };
        let numbers: Vec<usize> = selection
            .live()
            .filter(|(_, change)| inside(&change.file))
            .map(|(number, _)| number)
            .collect();
        for number in numbers {
            selection.revert(number, Action::Left, Reason::Dependency, &why);
        }
        undo.write(&root.join("Cargo.lock"), &locks[root])?;
        left = true;
    }
    selection.settle();
    Ok(left)
}

fn words(moved: &[String], error: &CompileError) -> String {
    format!(
        "oserver needs newer versions than `Cargo.lock` has ({}), and with them alone `{}` does not compile: {}: update these first, then run this again",
        some_of(moved),
        name(&error.package),
        error.message
    )
}

/// Returns the package's name in what cargo calls it: `registry+…#name@1.0.0`, or `path+file:///folder/name#1.0.0`.
fn name(id: &str) -> &str {
    let (place, tail) = id.rsplit_once('#').unwrap_or(("", id));
    match tail.split_once('@') {
        Some((name, _)) => name,
        None => place.rsplit('/').next().unwrap_or(tail),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn packages_have_names() {
        let of = |id| super::name(id);
        assert_eq!(of("registry+https://a/b#hyper@1.5.2"), "hyper");
        assert_eq!(of("path+file:///a/app#0.1.0"), "app");
        assert_eq!(of("path+file:///a/app#other@0.1.0"), "other");
    }
}
