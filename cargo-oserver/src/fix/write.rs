//! Writes files: whole, or not at all.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::signals::Signals;

/// Some Windows editors put it first in a file. Places in a file are counted without it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads a file without its byte order mark.
pub(super) fn read(path: &Path) -> std::io::Result<String> {
    let mut text = std::fs::read_to_string(path)?;
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(text)
}

/// Returns the bytes that the compiler counts before a file's text.
pub(super) fn mark_of(path: &Path) -> usize {
    let mut first = [0; BYTE_ORDER_MARK.len()];
    let read = std::fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut first));
    if read.is_ok() && first == *BYTE_ORDER_MARK.as_bytes() { first.len() } else { 0 }
}

/// Puts `text` in the place of a file. A reader finds the old file or the new one at any time, also after an end in
/// the middle. The new text is first written to a file in the folder `aside`, or beside the old file where a file
/// cannot move from there.
///
/// # Errors
/// A message with the file's path.
fn replace(path: &Path, text: &str, aside: Option<&Path>) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    // A symlink stays one.
    let path = &path.canonicalize().map_err(told)?;
    let permissions = std::fs::metadata(path).map_err(told)?.permissions();
    // The folder would allow it.
    if permissions.readonly() {
        return Err(format!("{}: the file is read-only", path.display()));
    }
    let folder = path.parent().ok_or_else(|| format!("{}: no folder", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let write = |folder: &Path| {
        let new = folder.join(format!(".{name}.{}.oserver", std::process::id()));
        let written = std::fs::File::create(&new).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.set_permissions(permissions.clone())?;
            file.sync_all()?;
            std::fs::rename(&new, path)
        });
        written.inspect_err(|_| _ = std::fs::remove_file(&new))
    };
    match aside.map(write) {
        Some(Ok(())) => Ok(()),
        // Another file system, or no right to write there.
        _ => write(folder).map_err(told),
    }
}

/// The original texts of files. Restores them when dropped, unless they are kept.
#[derive(Debug, Default)]
pub(super) struct Undo {
    before: BTreeMap<PathBuf, Option<String>>,
    /// Where new files are written before they take their places.
    aside: Option<PathBuf>,
    signals: Option<Signals>,
}

impl Undo {
    /// Returns one that holds back signals, for an end in which all files are put back. New files are first written in
    /// the folder `aside`.
    pub(super) fn held(aside: Option<PathBuf>) -> Result<Self, String> {
        Ok(Self { before: BTreeMap::new(), aside, signals: Some(Signals::hold()?) })
    }

    /// # Errors
    /// When a signal asked for the end.
    pub(super) fn interrupted(&self) -> Result<(), String> {
        self.signals.as_ref().map_or(Ok(()), Signals::check)
    }

    /// Remembers a file as it is now; `None`: it is not there.
    pub(super) fn remember(&mut self, path: &Path) {
        if !self.before.contains_key(path) {
            self.before.insert(path.to_owned(), std::fs::read_to_string(path).ok());
        }
    }

    /// Writes a file that was remembered, if that changes it. Its byte order mark stays.
    pub(super) fn write(&mut self, path: &Path, text: &str) -> Result<(), String> {
        self.interrupted()?;
        self.remember(path);
        let marked = self.before(path).is_some_and(|before| before.starts_with(BYTE_ORDER_MARK));
        let text = &*match marked {
            true => Cow::Owned(format!("{BYTE_ORDER_MARK}{text}")),
            false => Cow::Borrowed(text),
        };
        if std::fs::read_to_string(path).is_ok_and(|now| now == text) {
            return Ok(());
        }
        replace(path, text, self.aside.as_deref())
    }

    /// Returns the text of a file that was remembered.
    pub(super) fn before(&self, path: &Path) -> Option<&str> {
        self.before.get(path)?.as_deref()
    }

    /// Returns `true` if a file that was remembered is another one now.
    pub(super) fn changed(&self, path: &Path) -> bool {
        let now = std::fs::read_to_string(path).ok();
        self.before.get(path).is_some_and(|before| *before != now)
    }

    /// Puts all files back.
    ///
    /// # Errors
    /// When one could not be put back; the others were.
    pub(super) fn restore(&mut self) -> Result<(), String> {
        let aside = self.aside.clone();
        let put_back = |(path, text): (PathBuf, Option<String>)| match text {
            Some(text) if std::fs::read_to_string(&path).is_ok_and(|now| now == text) => Ok(()),
            Some(text) => replace(&path, &text, aside.as_deref()),
            None if path.exists() => {
                std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))
            }
            None => Ok(()),
        };
        let results: Vec<_> = std::mem::take(&mut self.before).into_iter().map(put_back).collect();
        results.into_iter().collect()
    }

    /// Keeps the changes: forgets the original texts.
    pub(super) fn keep(&mut self) {
        self.before.clear();
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        // A panic leaves nothing behind; there is nobody to tell that this failed, too.
        _ = self.restore();
    }
}

#[cfg(test)]
mod tests {
    use super::Undo;

    #[test]
    fn what_is_not_kept_is_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rs");
        std::fs::write(&path, "old").unwrap();
        let mut undo = Undo::default();
        undo.write(&path, "new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        drop(undo);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing lies beside it");
    }
}
