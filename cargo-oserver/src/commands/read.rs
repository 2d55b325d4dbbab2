//! What all commands begin with: the sources, and on stderr what was passed over.

use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::say;
use crate::load::{Sources, load, shown};
use crate::syntax::Limits;

/// What is below these paths.
pub(super) fn sources(roots: &[PathBuf]) -> Sources {
    let progress = Progress::new();
    let sources = load(roots, Limits::default(), &|done, of| progress.tell(done, of));
    sources.notes.iter().for_each(|note| say(&format!("note: {note}")));
    sources
}

/// For commands without findings: files that could not be read.
pub(super) fn tell_problems(sources: &Sources, base: &Path) {
    for problem in &sources.problems {
        let path = shown(&problem.path, base);
        say(&format!("note: {path}:{}: {}", problem.place.line, problem.message));
    }
}

/// The current folder, unless there are others.
pub(super) fn roots(paths: &[PathBuf], base: &Path) -> Vec<PathBuf> {
    if paths.is_empty() { vec![base.to_owned()] } else { paths.to_vec() }
}

/// What a command says that had nothing to look at.
pub(super) fn has_files(sources: &Sources) -> Result<(), String> {
    if sources.files.is_empty() { Err("no file could be read".to_owned()) } else { Ok(()) }
}
