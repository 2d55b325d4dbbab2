//! Checks that the files to be changed could be restored.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns git's own folder of the repository that a folder is in.
pub(super) fn folder(root: &Path) -> Option<PathBuf> {
    let words = ["rev-parse", "--absolute-git-dir"];
    let output = Command::new("git").arg("-C").arg(root).args(words).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end_matches('\n'));
    path.is_dir().then_some(path)
}

/// Refuses a tree with changes that no commit has, as `cargo fix` does.
///
/// # Errors
/// A message with those files, and the step to do first.
pub(super) fn clean(root: &Path) -> Result<(), String> {
    let run =
        |arguments: &[&str]| Command::new("git").arg("-C").arg(root).args(arguments).output().ok();
    let inside = run(&["rev-parse", "--is-inside-work-tree"]);
    if !inside.is_some_and(|output| output.status.success()) {
        return Err(format!(
            "{} is not in a git repository, so you could not undo the edits: commit it first, or pass `--allow-no-vcs`",
            root.display()
        ));
    }
    let status = run(&["status", "--porcelain", "--untracked-files=normal", "--", "."])
        .ok_or("cannot start git")?;
    let text = String::from_utf8_lossy(&status.stdout);
    // Untracked files count as changes; ignored files, such as cargo's own output, are not listed.
    let dirty: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if dirty.is_empty() {
        return Ok(());
    }
    let more =
        if dirty.len() > 5 { format!("\n  and {} more", dirty.len() - 5) } else { String::new() };
    Err(format!(
        "the tree has uncommitted changes, so nothing was edited: commit or stash them, or pass `--allow-dirty`\n  {}{more}",
        dirty.iter().take(5).copied().collect::<Vec<_>>().join("\n  ")
    ))
}
