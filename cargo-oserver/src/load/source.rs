//! One file: bytes, text, and the parts that are kept.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::Problem;
use crate::syntax::{Bodies, Items, Limits, Lookup, MacroText, Place, Prepare, lower};
use crate::text::{Allow, allows};

/// A file that was read.
#[derive(Debug)]
pub struct SourceFile {
    pub path: PathBuf,
    /// Whether findings in it are wanted, and not only its types.
    pub selected: bool,
    pub lines: u32,
    pub allows: Vec<Allow>,
    pub items: Items,
    /// Whether it names what servers are made of.
    pub server: bool,
    /// Macros that it defines, and names of those that it calls and does not define.
    pub(super) macros: Vec<MacroText>,
    pub(super) missing: Vec<Box<str>>,
}

/// How the files of a run are read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'r> {
    pub(super) limits: Limits,
    pub(super) bodies: Bodies,
    pub(super) prepare: Prepare<'r>,
}

pub(super) fn read(
    path: &Path,
    selected: bool,
    reading: Reading<'_>,
    macros: Lookup<'_>,
) -> Result<SourceFile, Problem> {
    let Reading { limits, bodies, prepare } = reading;
    let problem = |place, message| Problem { path: path.to_owned(), place, message };
    let first = Place { line: 1, column: 1 };
    let text =
        text(path, limits).map_err(|(place, message)| problem(place.unwrap_or(first), message))?;
    // The rest is audited, whatever a hostile file does to the parser.
    let lowered = catch_unwind(AssertUnwindSafe(|| lower(&text, limits, bodies, macros, prepare)))
        .map_err(|_| problem(first, "the parser panicked; please report this file".to_owned()))?
        .map_err(|(place, message)| problem(place, message))?;
    Ok(SourceFile {
        path: path.to_owned(),
        selected,
        lines: u32::try_from(text.lines().count()).unwrap_or(u32::MAX),
        allows: allows(&text),
        // The tree is freed by now: a copy fills the holes that it left, where what is kept would stand between them.
        items: lowered.items.clone(),
        server: lowered.server,
        macros: lowered.macros,
        missing: lowered.missing,
    })
}

/// Whether a file may define macros. One that cannot be read does not.
pub(super) fn defines_macros(path: &Path, limits: Limits) -> bool {
    text(path, limits).is_ok_and(|text| text.contains("macro_rules!"))
}

fn text(path: &Path, limits: Limits) -> Result<String, (Option<Place>, String)> {
    let plain = |error: std::io::Error| (None, error.to_string());
    let file = std::fs::File::open(path).map_err(plain)?;
    let meta = file.metadata().map_err(plain)?;
    if !meta.is_file() {
        return Err((None, "it is not a regular file".to_owned()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0).min(1 << 24));
    file.take(limits.size + 1).read_to_end(&mut bytes).map_err(plain)?;
    if bytes.len() as u64 > limits.size {
        return Err((None, format!("it is larger than {} MiB", limits.size >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let valid = String::from_utf8_lossy(&error.as_bytes()[..at]);
        let place = Place::of(&valid, at);
        (Some(place), "it is not valid UTF-8".to_owned())
    })
}
