//! Finds packages and source files, and reads what is kept of each file. Nothing is built, nothing is
//! fetched, and a file that cannot be read is one problem among the rest.

mod macros;
mod manifest;
mod metadata;
mod parallel;
mod paths;
mod source;
mod walk;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

pub use manifest::{Dependency, Package, Target, TargetKind};
pub use paths::shown;
pub use source::SourceFile;

use crate::syntax::{Bodies, Limits, Place, Prepare};
use source::Reading;

/// A file or folder that could not be read.
#[derive(Clone, Debug)]
pub struct Problem {
    pub path: PathBuf,
    pub place: Place,
    pub message: String,
}

/// Packages and files of all paths that were asked for.
#[derive(Debug, Default)]
pub struct Sources {
    pub packages: Vec<Package>,
    pub files: Vec<SourceFile>,
    pub problems: Vec<Problem>,
    /// Said on stderr, and no finding.
    pub notes: Vec<String>,
}

impl Sources {
    /// Returns the package that each file is of, into `packages`: the innermost around it.
    pub fn packages_of_files(&self) -> impl Iterator<Item = Option<u32>> {
        packages_of(&self.packages, self.files.iter().map(|file| &*file.path))
    }

    #[must_use]
    pub fn lines(&self) -> u64 {
        self.files.iter().map(|file| u64::from(file.lines)).sum()
    }
}

/// The package that each path is of: the innermost around it.
fn packages_of<'p>(
    packages: &'p [Package],
    paths: impl Iterator<Item = &'p Path>,
) -> impl Iterator<Item = Option<u32>> {
    let roots: HashMap<&Path, u32> =
        packages.iter().map(|package| &*package.root).zip(0..).collect();
    paths.map(move |path| path.ancestors().find_map(|folder| roots.get(folder)).copied())
}

/// Told after each file how many are done, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Up to this many bytes of sources, every file is parsed whole, so that a mistake in a body that could be
/// skipped is said, too.
const SMALL: u64 = 4 << 20;

/// Reads all that `roots` lead to.
#[must_use]
pub fn load(roots: &[PathBuf], limits: Limits, progress: Progress<'_>) -> Sources {
    let mut sources = Sources::default();
    let mut files = BTreeMap::new();
    let mut packages: BTreeMap<PathBuf, Package> = BTreeMap::new();
    for root in roots {
        let Some(root) = canonical(root, &mut sources.problems) else { continue };
        let found = walk::walk(&root, &mut sources.problems);
        if found.manifests.is_empty() && manifest::above(&root).is_none() {
            sources.problems.push(Problem {
                path: root.join("Cargo.toml"),
                place: Place { line: 1, column: 1 },
                message:
                    "there is no Cargo.toml here, above or below: each file that no other file \
                          declares as its module counts as a crate"
                        .to_owned(),
            });
        }
        for path in found.files {
            files.insert(path, true);
        }
        add_packages(&root, &found.manifests, &mut packages, &mut sources);
    }
    add_context(&mut packages, &mut files, &mut sources);
    sources.packages = packages.into_values().collect();
    let whole =
        files.keys().filter_map(|path| path.metadata().ok()).map(|meta| meta.len()).sum::<u64>()
            <= SMALL;
    let files: Vec<(PathBuf, bool)> = files.into_iter().collect();
    let bodies = if whole { Bodies::All } else { Bodies::OfServers };
    let reading = Reading { limits, bodies, prepare: &|_| {} };
    let visible = macros::Visible::of(&sources.packages, &files);
    let read = macros::read(&files, &visible, reading, progress);
    for (result, (_, selected)) in read.into_iter().zip(&files) {
        match result {
            Ok(file) => sources.files.push(file),
            Err(problem) if *selected => sources.problems.push(problem),
            // A dependency's test that must not compile does not matter to its users.
            Err(_) => {}
        }
    }
    sources
}

/// Returns the package of a manifest, as it is written.
#[must_use]
pub fn read_package(manifest: &Path) -> Option<Package> {
    manifest::Workspaces::default().package(manifest).ok().flatten()
}

/// Reads the types and signatures of one package alone, from below the folder of its library's root file, without the files
/// and folders that `leaves_out` names and what `prepare` takes away.
#[must_use]
pub fn load_package(
    package: Package,
    limits: Limits,
    leaves_out: &dyn Fn(&Path) -> bool,
    prepare: Prepare<'_>,
) -> Sources {
    let mut sources = Sources::default();
    let folder = package.targets.first().and_then(|target| target.path.parent());
    if let Some(folder) = folder {
        let found = walk::walk_without(folder, leaves_out, &mut sources.problems);
        let files = found.files.into_iter();
        let files: Vec<(PathBuf, bool)> = files.map(|path| (path, false)).collect();
        let reading = Reading { limits, bodies: Bodies::WithStatics, prepare };
        for result in macros::read(&files, &macros::Visible::default(), reading, &|_, _| {}) {
            match result {
                Ok(file) => sources.files.push(file),
                Err(problem) => sources.problems.push(problem),
            }
        }
    }
    sources.packages.push(package);
    sources
}

fn canonical(root: &Path, problems: &mut Vec<Problem>) -> Option<PathBuf> {
    match root.canonicalize() {
        Ok(root) => Some(root),
        Err(error) => {
            let place = Place { line: 1, column: 1 };
            problems.push(Problem { path: root.to_owned(), place, message: error.to_string() });
            None
        }
    }
}

/// The workspace that `root` is in, as cargo sees it, and every other manifest below `root`.
fn add_packages(
    root: &Path,
    manifests: &[PathBuf],
    packages: &mut BTreeMap<PathBuf, Package>,
    sources: &mut Sources,
) {
    if let Some(manifest) = manifest::above(root) {
        match metadata::packages(&manifest) {
            Ok(found) => packages.extend(found),
            Err(words) => sources.notes.push(format!(
                "cargo cannot read the workspace of {}, so the audit reads its folders: {words}",
                manifest.display()
            )),
        }
    }
    let mut workspaces = manifest::Workspaces::default();
    for path in manifests {
        if packages.contains_key(path) {
            continue;
        }
        match workspaces.package(path) {
            Ok(Some(package)) => {
                packages.insert(path.clone(), package);
            }
            Ok(None) => {}
            Err((place, message)) => {
                sources.problems.push(Problem { path: path.clone(), place, message });
            }
        }
    }
}

/// Members and path dependencies outside of what was asked for: read, so that types can be followed, but
/// nothing is reported there.
fn add_context(
    packages: &mut BTreeMap<PathBuf, Package>,
    files: &mut BTreeMap<PathBuf, bool>,
    sources: &mut Sources,
) {
    let mut workspaces = manifest::Workspaces::default();
    let mut ignored = Vec::new();
    loop {
        let missing: Vec<PathBuf> = packages
            .values()
            .flat_map(|package| &package.dependencies)
            .filter_map(|dependency| {
                dependency.path.as_ref()?.join("Cargo.toml").canonicalize().ok()
            })
            .filter(|manifest| !packages.contains_key(manifest))
            .collect();
        let mut any = false;
        for manifest in missing {
            if let Ok(Some(package)) = workspaces.package(&manifest) {
                any |= packages.insert(manifest, package).is_none();
            }
        }
        if !any {
            break;
        }
    }
    for package in packages.values() {
        let known = package.targets.iter().all(|target| files.contains_key(&target.path));
        if !known {
            for path in walk::walk(&package.root, &mut ignored).files {
                files.entry(path).or_insert(false);
            }
        }
    }
    sources.notes.dedup();
}
