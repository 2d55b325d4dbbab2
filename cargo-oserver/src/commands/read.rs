//! The first step of all commands: reads the sources and reports skipped files on stderr.

use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};

use super::arguments::{Color, Common};
use super::progress::Progress;
use super::say;
use crate::load::{Sources, load, shown};
use crate::syntax::Limits;

/// Returns the requested paths, which must exist, and the sources, limited to the packages that are named.
///
/// # Errors
/// A message with the path, manifest or package that does not exist.
pub(super) fn selected(common: &Common, base: &Path) -> Result<(Vec<PathBuf>, Sources), String> {
    let roots = match &common.manifest_path {
        Some(manifest) => vec![folder_of(manifest)?],
        None => roots(&common.paths, base),
    };
    for root in &roots {
        if !root.exists() {
            return Err(format!("`{}` does not exist: nothing was audited", root.display()));
        }
    }
    let progress = Progress::new();
    let mut sources = load(&roots, Limits::default(), &|done, of| {
        if !common.quiet {
            progress.update(done, of);
        }
    });
    if !common.quiet {
        sources.notes.iter().for_each(|note| say(&format!("note: {note}")));
    }
    select(&common.package, &mut sources)?;
    Ok((roots, sources))
}

/// Returns the folder of a manifest.
fn folder_of(manifest: &Path) -> Result<PathBuf, String> {
    if !manifest.is_file() {
        return Err(format!("the manifest `{}` does not exist", manifest.display()));
    }
    let folder = manifest.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(folder.unwrap_or(Path::new(".")).to_owned())
}

/// Selects only files of these packages for the report.
fn select(names: &[String], sources: &mut Sources) -> Result<(), String> {
    if names.is_empty() {
        return Ok(());
    }
    let mut roots: Vec<&Path> = Vec::new();
    for name in names {
        let Some(package) = sources.packages.iter().find(|package| package.name == *name) else {
            let all: Vec<&str> = sources.packages.iter().map(|package| &*package.name).collect();
            return Err(format!("there is no package `{name}`; there are {}", all.join(", ")));
        };
        roots.push(&package.root);
    }
    let all: Vec<&Path> = sources.packages.iter().map(|package| &*package.root).collect();
    // The folder of a package may be inside of another package's folder.
    let of = |path: &Path| {
        let around = all.iter().filter(|root| path.starts_with(root));
        around.max_by_key(|root| root.components().count()).copied()
    };
    for file in &mut sources.files {
        file.selected = of(&file.path).is_some_and(|root| roots.contains(&root));
    }
    let wanted = |path: &Path| of(path).is_some_and(|root| roots.contains(&root));
    sources.problems.retain(|problem| wanted(&problem.path));
    Ok(())
}

/// Loads the sources below these paths.
pub(super) fn sources(roots: &[PathBuf]) -> Sources {
    let progress = Progress::new();
    let sources = load(roots, Limits::default(), &|done, of| progress.update(done, of));
    sources.notes.iter().for_each(|note| say(&format!("note: {note}")));
    sources
}

/// Reports files that could not be read, for commands without findings.
pub(super) fn print_problems(sources: &Sources, base: &Path) {
    for problem in &sources.problems {
        let path = shown(&problem.path, base);
        say(&format!("note: {path}:{}: {}", problem.place.line, problem.message));
    }
}

/// Returns the current folder, unless there are others.
pub(super) fn roots(paths: &[PathBuf], base: &Path) -> Vec<PathBuf> {
    if paths.is_empty() { vec![base.to_owned()] } else { paths.to_vec() }
}

/// Returns an error if no file could be read.
pub(super) fn has_files(sources: &Sources) -> Result<(), String> {
    if sources.files.is_empty() { Err("no file could be read".to_owned()) } else { Ok(()) }
}

/// Returns `true` if the report has colours.
pub(super) fn styled(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    }
}
