//! Errors of the compiler in a workspace, before and after the changes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::Value;

use super::write::{Undo, mark_of};

/// How long the command waits for a line of cargo before it looks whether a signal came.
const LINE: Duration = Duration::from_millis(50);

/// One error of the compiler.
#[derive(Clone, Debug)]
pub(super) struct CompileError {
    pub(super) package: String,
    /// The first line, and the code.
    pub(super) message: String,
    /// All spans, the primary ones first, with those of macros unfolded.
    pub(super) spans: Vec<(PathBuf, Range<usize>, bool)>,
    /// The lines that the primary spans are on.
    pub(super) lines: String,
}

impl CompileError {
    /// Returns the same error before and after an edit: places move.
    pub(super) fn key(&self) -> (String, String, Option<PathBuf>) {
        let file = self.spans.first().map(|(path, _, _)| path.clone());
        (self.package.clone(), self.message.clone(), file)
    }
}

/// One run of `cargo check`.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) errors: Vec<CompileError>,
    /// Targets that were checked, by package.
    done: BTreeMap<String, BTreeSet<String>>,
}

impl Checked {
    /// Returns `true` if all targets of a package were checked, and without an error.
    pub(super) fn passed(&self, package: &str, targets: &[(String, bool)]) -> bool {
        let none = BTreeSet::new();
        let done = self.done.get(package).unwrap_or(&none);
        // A target with `required-features` may be skipped.
        let all = targets.iter().all(|(name, optional)| *optional || done.contains(name));
        all && !self.errors.iter().any(|error| error.package == package)
    }
}

/// Checks all targets of the workspace at `root`.
///
/// # Errors
/// When cargo did not come as far as the compiler, or a signal asked for the end.
pub(super) fn check(root: &Path, undo: &Undo, progress: &dyn Fn(usize)) -> Result<Checked, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut child = Command::new(cargo)
        .args(["check", "--workspace", "--all-targets", "--keep-going", "--message-format=json"])
        .current_dir(root)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    let stderr = child.stderr.take();
    let said = std::thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut stderr) = stderr {
            _ = std::io::Read::read_to_string(&mut stderr, &mut text);
        }
        text
    });
    let mut checked = Checked::default();
    let mut finished = false;
    let mut number = 0;
    let lines = lines(child.stdout.take().ok_or("cargo has no output")?);
    while let Some(line) = next(&lines, &mut child, undo)? {
        let Ok(value) = serde_json::from_str::<Value>(&line) else { continue };
        let package = value["package_id"].as_str().unwrap_or_default().to_owned();
        match value["reason"].as_str() {
            Some("compiler-artifact") => {
                number += 1;
                progress(number);
                let name = value["target"]["name"].as_str().unwrap_or_default().to_owned();
                checked.done.entry(package).or_default().insert(name);
            }
            Some("compiler-message") => {
                checked.errors.extend(error(root, package, &value["message"]));
            }
            Some("build-finished") => finished = true,
            _ => {}
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    let said = said.join().unwrap_or_default();
    if !status.success() && checked.errors.is_empty() && !finished {
        let lines: Vec<&str> =
            said.lines().map(str::trim).filter(|line| !line.is_empty()).take(10).collect();
        return Err(format!("`cargo check` did not reach the compiler:\n{}", lines.join("\n")));
    }
    Ok(checked)
}

/// Reads lines on a thread of their own.
fn lines(stdout: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let goes_on = match line {
                Ok(line) => sender.send(line).is_ok(),
                Err(error) => error.kind() == std::io::ErrorKind::InvalidData,
            };
            if !goes_on {
                return;
            }
        }
    });
    lines
}

/// Returns the next line; `None` at the end.
fn next(
    lines: &Receiver<String>,
    child: &mut Child,
    undo: &Undo,
) -> Result<Option<String>, String> {
    loop {
        if let Err(words) = undo.interrupted() {
            // cargo would go on, and could write `Cargo.lock` after that was put back.
            _ = child.kill();
            _ = child.wait();
            return Err(words);
        }
        match lines.recv_timeout(LINE) {
            Ok(line) => return Ok(Some(line)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}

fn error(root: &Path, package: String, message: &Value) -> Option<CompileError> {
    if message["level"].as_str()? != "error" {
        return None;
    }
    let text = message["message"].as_str()?;
    if text.starts_with("aborting due to") {
        return None;
    }
    let code = message["code"]["code"].as_str();
    let mut spans = Vec::new();
    let mut lines = String::new();
    let mut gather = |message: &Value| {
        for span in message["spans"].as_array().into_iter().flatten() {
            let primary = span["is_primary"].as_bool().unwrap_or_default();
            let mut at = Some(span);
            while let Some(span) = at.filter(|span| span.is_object()) {
                if let Some(found) = place(root, span) {
                    spans.push((found.0, found.1, primary));
                }
                if primary {
                    for line in span["text"].as_array().into_iter().flatten() {
                        lines.push_str(line["text"].as_str().unwrap_or_default());
                        lines.push('\n');
                    }
                }
                at = span.get("expansion").map(|expansion| &expansion["span"]);
            }
        }
    };
    gather(message);
    message["children"].as_array().into_iter().flatten().for_each(&mut gather);
    spans.sort_by_key(|(_, _, primary)| !primary);
    let message = match code {
        Some(code) => format!("{text} [{code}]"),
        None => text.to_owned(),
    };
    Some(CompileError { package, message, spans, lines })
}

fn place(root: &Path, span: &Value) -> Option<(PathBuf, Range<usize>)> {
    let name = span["file_name"].as_str()?;
    let from = usize::try_from(span["byte_start"].as_u64()?).ok()?;
    let to = usize::try_from(span["byte_end"].as_u64()?).ok()?;
    let path = root.join(name);
    let path = path.canonicalize().unwrap_or(path);
    let mark = mark_of(&path);
    Some((path, from.saturating_sub(mark)..to.saturating_sub(mark)))
}
