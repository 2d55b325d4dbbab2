//! Source files and manifests below a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::Problem;
use crate::syntax::Place;

#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) files: BTreeSet<PathBuf>,
    pub(super) manifests: Vec<PathBuf>,
}

/// Follows symlinks, each file once under its real name.
pub(super) fn walk(root: &Path, problems: &mut Vec<Problem>) -> Found {
    walk_without(root, &|_| false, problems)
}

/// The same without files and folders that `leaves_out` names.
pub(super) fn walk_without(
    root: &Path,
    leaves_out: &dyn Fn(&Path) -> bool,
    problems: &mut Vec<Problem>,
) -> Found {
    let mut found = Found::default();
    let entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    let is_wanted =
        |entry: &DirEntry| entry.depth() == 0 || (wanted(entry) && !leaves_out(entry.path()));
    for entry in entries.filter_entry(is_wanted) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.push(problem(root, &error));
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            found.files.insert(real(&entry));
        } else if entry.file_name() == "Cargo.toml" {
            found.manifests.push(real(&entry));
        }
    }
    found.manifests.sort_unstable();
    found.manifests.dedup();
    found
}

fn real(entry: &DirEntry) -> PathBuf {
    let path = entry.path();
    if entry.path_is_symlink() || path.ancestors().any(Path::is_symlink) {
        return path.canonicalize().unwrap_or_else(|_| path.to_owned());
    }
    path.to_owned()
}

/// Leaves out hidden folders, build output, and crates vendored from a registry.
fn wanted(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    if name.starts_with('.') {
        return false;
    }
    if !entry.file_type().is_dir() {
        return true;
    }
    let path = entry.path();
    let built = name == "target"
        && (path.join("CACHEDIR.TAG").exists() || path.with_file_name("Cargo.toml").exists());
    !(built || name == "node_modules" || path.join(".cargo-checksum.json").exists())
}

fn problem(root: &Path, error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(root);
    let message = match error.loop_ancestor() {
        Some(ancestor) => format!(
            "this symlink leads back to `{}`, which contains it: it is not followed",
            ancestor.file_name().unwrap_or_default().to_string_lossy()
        ),
        None => error.io_error().map_or_else(|| error.to_string(), ToString::to_string),
    };
    Problem { path: path.to_owned(), place: Place { line: 1, column: 1 }, message }
}
