//! Takes a service from its framework to oserver. Changes that need no person are made, and the compiler tries them;
//! changes that it refuses are reverted. The rest is reported, each with the decision for a person.
//!
//! | file | what it does |
//! |---|---|
//! | `plan` | the changes that each handler needs |
//! | `tree` | the places of code in a text |
//! | `change`, `edits`, `unused` | changes, and the text with them |
//! | `manifest` | the dependency |
//! | `locks` | the replacement that fits for each lock |
//! | `check`, `revert`, `blame` | the compiler's errors, and the changes that are reverted |
//! | `dependency_alone`, `lockfile` | the effect of the dependency alone |
//! | `oserver_features` | the feature of oserver that knows a type |
//! | `write`, `git`, `format`, `diff` | files |
//! | `signals` | the end that a signal asks for |

mod blame;
mod change;
mod check;
mod dependency_alone;
mod diff;
mod edits;
mod format;
mod git;
mod lockfile;
mod locks;
mod manifest;
mod oserver_features;
mod plan;
mod revert;
mod selection;
mod signals;
mod tree;
mod unused;
mod workspace;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

pub use change::{Action, Change, Left, Reason};
pub use locks::{LockPlan, Shape, Taker, plans};
pub use plan::{Plan, Wishes, plan};

use selection::Selection;
use write::Undo;

/// The options of the command line, without the paths.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub dry_run: bool,
    pub allow_dirty: bool,
    pub check: bool,
    /// A checkout of oserver, for a path dependency.
    pub oserver_path: Option<PathBuf>,
}

/// The changes that were made, and the decisions that are left.
#[derive(Debug, Default)]
pub struct Outcome {
    pub done: Vec<Change>,
    pub left: Vec<Left>,
    /// The changes that were made, or would be made, in git's form.
    pub diff: String,
}

impl Outcome {
    /// Returns `true` if an actor took the place of a lock.
    #[must_use]
    pub fn took(&self, lock: &LockPlan) -> bool {
        self.done.iter().any(|change| {
            change.action == Action::Actor && change.file == lock.file && change.line == lock.line
        })
    }
}

/// Refuses a workspace whose files could not be restored.
///
/// # Errors
/// A message with the step to do first.
pub fn guard(roots: &[PathBuf], options: &Options) -> Result<(), String> {
    if options.dry_run || options.allow_dirty {
        return Ok(());
    }
    let folder = |root: &PathBuf| if root.is_dir() { root.clone() } else { root.join("..") };
    roots.iter().try_for_each(|root| git::clean(&folder(root)))
}

/// Makes the changes of a plan.
///
/// # Errors
/// The cause of the failure. All files are then as they were before.
pub fn carry_out(
    plan: Plan,
    options: &Options,
    say: &dyn Fn(&str),
    progress: &dyn Fn(usize),
) -> Result<Outcome, String> {
    let mut selection = Selection::new(plan);
    selection.settle();
    let roots = workspace::roots(&selection.plan)?;
    let mut undo = match options.dry_run {
        true => Undo::default(),
        false => {
            let files = selection.files();
            let folder = files.first().and_then(|path| path.parent());
            Undo::held(folder.and_then(git::folder))?
        }
    };
    let made = make(&mut selection, &roots, options, &mut undo, say, progress);
    let mut outcome = made.map_err(|words| match undo.restore() {
        Ok(()) => words,
        Err(more) => format!("{words}\nbut not all files could be restored: {more}"),
    })?;
    undo.keep();
    outcome.done.extend(selection.into_done());
    outcome.done.sort_by(|a, b| (&a.file, a.line, a.action).cmp(&(&b.file, b.line, b.action)));
    outcome.left.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(outcome)
}

/// Makes the selected changes, as many of them as the compiler takes.
fn make(
    selection: &mut Selection,
    roots: &BTreeSet<PathBuf>,
    options: &Options,
    undo: &mut Undo,
    say: &dyn Fn(&str),
    progress: &dyn Fn(usize),
) -> Result<Outcome, String> {
    if options.check && !options.dry_run && selection.any() {
        revert::try_out(selection, roots, options, undo, say, progress)?;
    }
    let mut files = render(selection, options)?;
    for (path, text) in &mut files {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let old = selection.original(path)?;
            *text = format::file(&old, std::mem::take(text), path);
        }
    }
    let mut outcome =
        Outcome { left: std::mem::take(&mut selection.plan.left), ..Outcome::default() };
    for (path, text) in &files {
        let old = selection.original(path)?;
        outcome.diff.push_str(&diff::unified(path, &old, text));
        if path.file_name().is_some_and(|name| name == "Cargo.toml") && old != *text {
            let message = "the dependency on `oserver`, with the features that the changes need";
            outcome.done.push(Change::new(
                Action::Manifest,
                path,
                first_changed(&old, text),
                message.to_owned(),
            ));
        }
    }
    if !options.dry_run {
        for (path, text) in &files {
            undo.write(path, text)?;
        }
        for root in roots {
            let lock = root.join("Cargo.lock");
            if undo.changed(&lock) {
                let now = dependency_alone::lock_of(root);
                let moved = lockfile::moved(undo.before(&lock).unwrap_or_default(), &now);
                let message = match moved.is_empty() {
                    true => "cargo resolved the dependency".to_owned(),
                    false => format!(
                        "cargo resolved the dependency, and changed {}",
                        lockfile::some_of(&moved)
                    ),
                };
                outcome.done.push(Change::new(Action::Manifest, &lock, 1, message));
            }
        }
    }
    undo.interrupted()?;
    Ok(outcome)
}

/// Returns the line of the first difference.
fn first_changed(old: &str, new: &str) -> u32 {
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    u32::try_from(same + 1).unwrap_or(1)
}

/// Returns all files that the selected changes are in, with them.
fn render(selection: &Selection, options: &Options) -> Result<BTreeMap<PathBuf, String>, String> {
    let edited = selection.edited()?;
    let mut files: BTreeMap<PathBuf, String> =
        edited.into_iter().map(|(path, edited)| (path, edited.text)).collect();
    let mut wanted: BTreeMap<PathBuf, manifest::Wanted> = BTreeMap::new();
    for (manifest, features) in selection.manifests() {
        let light = selection.plan.light.contains(&manifest);
        let wanted = wanted.entry(manifest).or_default();
        wanted.features.extend(features);
        wanted.light = light;
    }
    let original = |path: &std::path::Path| selection.original(path);
    files.extend(manifest::edit(&wanted, options.oserver_path.as_deref(), &original)?);
    Ok(files)
}

/// Features by the manifest that needs them.
type ByManifest = Vec<(PathBuf, BTreeSet<&'static str>)>;
