//! Formats new code with rustfmt, and leaves all other code as it is.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Returns a text as rustfmt formats it in a file's folder; `None` if there is no rustfmt, or it
/// does not take the text.
fn rustfmt(text: &str, path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let mut child = Command::new("rustfmt")
        .args(["--edition", edition(path), "--emit", "stdout", "--quiet"])
        // rustfmt looks for its configuration there.
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

/// Returns the edition of the package that a file is in.
fn edition(path: &Path) -> &'static str {
    let manifest =
        path.ancestors().map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file());
    let text = manifest.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    match text.lines().find(|line| line.trim_start().starts_with("edition")) {
        Some(line) if line.contains("2021") => "2021",
        Some(line) if line.contains("2018") => "2018",
        _ => "2024",
    }
}

/// Returns a separate item, with blanks before each of its lines.
pub(super) fn snippet(text: &str, path: &Path, blanks: &str) -> String {
    let formatted = rustfmt(text, path).unwrap_or_else(|| text.to_owned());
    let lines = formatted.trim_end().lines().map(|line| match line {
        "" => String::new(),
        line => format!("{blanks}{line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Formats the new text if the old text was formatted: then only edited code changes.
pub(super) fn file(old: &str, new: String, path: &Path) -> String {
    let unix = |text: &str| text.replace("\r\n", "\n");
    let plain = unix(old);
    if old == new || rustfmt(&plain, path).as_deref() != Some(&*plain) {
        return new;
    }
    match rustfmt(&unix(&new), path) {
        Some(text) if old.contains("\r\n") => text.replace('\n', "\r\n"),
        Some(text) => text,
        None => new,
    }
}
