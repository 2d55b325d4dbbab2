//! Macros that one file defines and another calls: the files that call them are read once more.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::source::SourceFile;
use super::{Problem, Sources, parallel};
use crate::syntax::MacroText;

/// Bytes of all definitions together; above it, only macros of server code are looked at.
const MANY: usize = 1 << 20;

/// Reads a file once more, with these macros.
type Again<'a> = &'a (dyn Fn(&SourceFile, &[MacroText]) -> Result<SourceFile, Problem> + Sync);

/// The packages whose macros a file can call.
#[derive(Default)]
pub(super) struct Visible {
    /// The package of each file.
    package: Vec<Option<u32>>,
    /// For each package: itself, and all that it depends on.
    dependencies: Vec<HashSet<u32>>,
}

impl Visible {
    pub(super) fn of(sources: &Sources) -> Self {
        let roots: HashMap<PathBuf, u32> =
            sources.packages.iter().map(|package| package.root.clone()).zip(0..).collect();
        let direct: Vec<Vec<u32>> = sources
            .packages
            .iter()
            .map(|package| {
                let paths = package.dependencies.iter().filter_map(|known| known.path.as_deref());
                paths.filter_map(|path| roots.get(&real(path)).copied()).collect()
            })
            .collect();
        let all = |start: u32| {
            let (mut found, mut open) = (HashSet::from([start]), vec![start]);
            while let Some(package) = open.pop() {
                let next = direct[package as usize].iter();
                open.extend(next.copied().filter(|next| found.insert(*next)));
            }
            found
        };
        Self {
            package: sources.packages_of_files().collect(),
            dependencies: (0..).take(sources.packages.len()).map(all).collect(),
        }
    }

    fn package(&self, file: usize) -> Option<u32> {
        self.package.get(file).copied().flatten()
    }

    /// Returns `true` if `file` can call what `by` defines. A file of no package may be part of any.
    fn sees(&self, file: usize, by: usize) -> bool {
        match (self.package(file), self.package(by)) {
            (Some(from), Some(to)) => self.dependencies[from as usize].contains(&to),
            _ => true,
        }
    }
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// By name: the files that define a macro of it, with its text.
type Defined<'a> = BTreeMap<&'a str, Vec<(usize, &'a str)>>;

/// With `all`, also in files that name nothing of servers.
pub(super) fn expand(files: &mut [SourceFile], visible: &Visible, all: bool, read: Again<'_>) {
    let mut defined = Defined::new();
    let sum = |file: &SourceFile| file.macros.iter().map(|(_, text)| text.len()).sum::<usize>();
    let few = files.iter().map(sum).sum::<usize>() <= MANY;
    for (index, file) in files.iter().enumerate().filter(|(_, file)| few || file.server) {
        for (name, text) in &file.macros {
            defined.entry(name).or_default().push((index, text));
        }
    }
    let again: Vec<(usize, Vec<MacroText>)> = files
        .iter()
        .enumerate()
        .filter(|(_, file)| all || file.server)
        .map(|(index, file)| {
            (index, needed(file, |name| definition(&defined, visible, index, name)))
        })
        .filter(|(_, macros)| !macros.is_empty())
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

/// Returns the definition that a call in `file` means: that of its own package first.
fn definition<'a>(
    defined: &Defined<'a>,
    visible: &Visible,
    file: usize,
    name: &str,
) -> Option<(&'a str, &'a str)> {
    let (name, all) = defined.get_key_value(name)?;
    let own = |by: &&(usize, &str)| visible.package(by.0) == visible.package(file);
    let seen = |by: &&(usize, &str)| visible.sees(file, by.0);
    let (_, text) = all.iter().find(own).or_else(|| all.iter().find(seen))?;
    Some((*name, *text))
}

/// Returns the definitions that a file calls, and those that these call.
fn needed<'a>(
    file: &'a SourceFile,
    definition: impl Fn(&str) -> Option<(&'a str, &'a str)>,
) -> Vec<MacroText> {
    let mut names: Vec<&str> = file.missing.iter().map(|name| &**name).collect();
    let mut found: BTreeMap<&str, &str> = BTreeMap::new();
    while let Some(name) = names.pop() {
        if found.contains_key(name) {
            continue;
        }
        let Some((name, text)) = definition(name) else { continue };
        found.insert(name, text);
        let word = |char: char| !(char.is_alphanumeric() || char == '_');
        names.extend(text.split(word).filter(|word| !word.is_empty()));
    }
    found.into_iter().map(|(name, text)| (name.into(), text.into())).collect()
}
