//! Paths as findings show them.

use std::path::{Component, Path};

/// Relative to `base` with forward slashes where that is possible, `../` included.
#[must_use]
pub fn shown(path: &Path, base: &Path) -> String {
    let mut from = base.components().peekable();
    let mut to = path.components().peekable();
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let mut parts: Vec<String> = from.map(|_| "..".to_owned()).collect();
    for part in to {
        match part {
            Component::Prefix(_) | Component::RootDir => return path.display().to_string(),
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}
