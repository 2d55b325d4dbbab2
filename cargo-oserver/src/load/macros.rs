//! Macros that one file defines and another calls: the files that define some are read first.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::source::{self, Reading, SourceFile};
use super::{Package, Problem, Progress, TargetKind, packages_of, parallel};

/// Bytes of all definitions together; above it, only macros of server code are looked at.
const MANY: usize = 1 << 20;

/// The packages whose macros a file can call.
#[derive(Default)]
pub(super) struct Visible {
    /// The package of each file.
    package: Vec<Option<u32>>,
    /// For each package: itself, and all that it depends on.
    dependencies: Vec<HashSet<u32>>,
    /// For each package: its library, as `use` writes it.
    libraries: Vec<Option<String>>,
}

impl Visible {
    pub(super) fn of(packages: &[Package], files: &[(PathBuf, bool)]) -> Self {
        let roots: HashMap<PathBuf, u32> =
            packages.iter().map(|package| package.root.clone()).zip(0..).collect();
        let direct: Vec<Vec<u32>> = packages
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
            package: packages_of(packages, files.iter().map(|(path, _)| &**path)).collect(),
            dependencies: (0..).take(packages.len()).map(all).collect(),
            libraries: packages.iter().map(library).collect(),
        }
    }

    /// Returns the text of a macro for files of other packages: there, `$crate` is the library that defines it.
    fn outside_text(&self, by: usize, text: &str) -> Option<String> {
        let library = self.libraries[self.package(by)? as usize].as_ref()?;
        let outside = format!("::{library}");
        text.contains("crate")
            .then(|| text.replace("$crate", &outside).replace("$ crate", &outside))
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

fn library(package: &Package) -> Option<String> {
    let mut targets = package.targets.iter();
    targets.find(|target| target.kind == TargetKind::Lib).map(|target| target.name.clone())
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// By name: the files that define a macro of it, with its text and that for other packages, where the two differ.
type Defined<'a> = BTreeMap<&'a str, Vec<(usize, &'a str, Option<String>)>>;

/// Reads all files, in their order.
pub(super) fn read(
    files: &[(PathBuf, bool)],
    visible: &Visible,
    reading: Reading<'_>,
    progress: Progress<'_>,
) -> Vec<Result<SourceFile, Problem>> {
    let done = AtomicUsize::new(0);
    let count = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, files.len());
    let defines = parallel::map(files, |(path, _)| source::defines_macros(path, reading.limits));
    let of = |wanted: bool| -> Vec<usize> {
        (0..files.len()).filter(|file| defines[*file] == wanted).collect()
    };
    let defining = of(true);
    let first = parallel::map(&defining, |file| {
        let (path, selected) = &files[*file];
        let read = source::read(path, *selected, reading, &|_| None);
        count();
        read
    });
    let mut defined = Defined::new();
    let known =
        || defining.iter().copied().zip(&first).filter_map(|(i, f)| Some((i, f.as_ref().ok()?)));
    let sum = |file: &SourceFile| file.macros.iter().map(|(_, text)| text.len()).sum::<usize>();
    let few = known().map(|(_, file)| sum(file)).sum::<usize>() <= MANY;
    for (index, file) in known().filter(|(_, file)| few || file.server) {
        for (name, text) in &file.macros {
            let outside = visible.outside_text(index, text);
            defined.entry(name).or_default().push((index, text, outside));
        }
    }
    let with_macros = |file: usize| {
        let (path, selected) = &files[file];
        let lookup = |name: &str| definition(&defined, visible, file, name);
        let read = source::read(path, *selected, reading, &lookup);
        // Macros take nothing away from a file that can be read without them.
        read.or_else(|_| source::read(path, *selected, reading, &|_| None))
    };
    let calls = |(index, file): (usize, &SourceFile)| {
        file.missing
            .iter()
            .any(|name| definition(&defined, visible, index, name).is_some())
            .then_some(index)
    };
    let again: Vec<usize> = known().filter_map(calls).collect();
    let rest: Vec<usize> = of(false).into_iter().chain(again).collect();
    let others = parallel::map(&rest, |file| {
        let read = with_macros(*file);
        if !defines[*file] {
            count();
        }
        read
    });
    let mut all: BTreeMap<usize, Result<SourceFile, Problem>> =
        defining.into_iter().zip(first).collect();
    all.extend(rest.into_iter().zip(others));
    let forget = |mut file: SourceFile| {
        (file.macros, file.missing) = (Vec::new(), Vec::new());
        file
    };
    all.into_values().map(|read| read.map(forget)).collect()
}

/// Returns the definition that a call in `file` means: that of its own package first.
fn definition<'a>(
    defined: &'a Defined<'a>,
    visible: &Visible,
    file: usize,
    name: &str,
) -> Option<&'a str> {
    let all = defined.get(name)?;
    let own = visible.package(file);
    let is_own = |by: usize| visible.package(by) == own;
    let (by, text, outside) = all
        .iter()
        .find(|(by, ..)| is_own(*by))
        .or_else(|| all.iter().find(|(by, ..)| visible.sees(file, *by)))?;
    Some(outside.as_deref().filter(|_| !is_own(*by)).unwrap_or(text))
}
