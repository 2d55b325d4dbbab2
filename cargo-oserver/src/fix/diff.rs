//! Changes of a file, as git shows them.

use std::path::Path;

/// Returns the diff; empty if both texts are the same.
pub(super) fn unified(path: &Path, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let shown = std::env::current_dir()
        .ok()
        .and_then(|folder| folder.canonicalize().ok())
        .and_then(|folder| path.strip_prefix(folder).ok().map(Path::to_owned))
        .unwrap_or_else(|| path.to_owned());
    let shown = shown.to_string_lossy().replace('\\', "/");
    let shown = shown.trim_start_matches('/');
    let diff = similar::TextDiff::from_lines(old, new);
    let text = diff
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{shown}"), &format!("b/{shown}"))
        .to_string();
    format!("diff --git a/{shown} b/{shown}\n{text}")
}
