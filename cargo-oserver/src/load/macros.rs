//! Macros that one file defines and another calls: the files that call them are read once more.

use std::collections::BTreeMap;

use super::source::SourceFile;
use super::{Problem, parallel};
use crate::syntax::MacroText;

/// Bytes of all definitions together; above it, only macros of server code are looked at.
const MANY: usize = 1 << 20;

/// Reads a file once more, with these macros.
type Again<'a> = &'a (dyn Fn(&SourceFile, &[MacroText]) -> Result<SourceFile, Problem> + Sync);

/// With `all`, also in files that name nothing of servers.
pub(super) fn expand(files: &mut [SourceFile], all: bool, read: Again<'_>) {
    let mut defined: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, text) in files.iter().flat_map(|file| &file.macros) {
        defined.entry(name).or_insert(text);
    }
    if defined.values().map(|text| text.len()).sum::<usize>() > MANY {
        defined.clear();
        let servers = files.iter().filter(|file| file.server).flat_map(|file| &file.macros);
        defined.extend(servers.map(|(name, text)| (&**name, &**text)));
    }
    let calls = |file: &&SourceFile| {
        (all || file.server) && file.missing.iter().any(|name| defined.contains_key(&**name))
    };
    let again: Vec<(usize, Vec<MacroText>)> = files
        .iter()
        .enumerate()
        .filter(|(_, file)| calls(file))
        .map(|(index, file)| (index, needed(file, &defined)))
        .collect();
    let texts = parallel::map(&again, &|_, _| {}, |(index, macros)| read(&files[*index], macros));
    for ((index, _), result) in again.iter().zip(texts) {
        // A file that could be read before can be read now, unless it changed in between.
        if let Ok(file) = result {
            files[*index] = file;
        }
    }
    for file in files {
        (file.macros, file.missing) = (Vec::new(), Vec::new());
    }
}

/// The definitions that a file calls, and those that these call.
fn needed(file: &SourceFile, defined: &BTreeMap<&str, &str>) -> Vec<MacroText> {
    let mut names: Vec<&str> = file.missing.iter().map(|name| &**name).collect();
    let mut found: Vec<MacroText> = Vec::new();
    while let Some(name) = names.pop() {
        let Some((name, text)) = defined.get_key_value(name) else { continue };
        if found.iter().any(|(known, _)| **known == **name) {
            continue;
        }
        found.push(((*name).into(), (*text).into()));
        let calls = |other: &&&str| text.contains(**other);
        names.extend(defined.keys().filter(calls).copied());
    }
    found
}
