//! Tries the changes, and reverts each that an error points at, until the workspace compiles as it did before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::blame::{around, pointed_at, routers};
use super::change::{Action, Reason};
use super::check::{Checked, CompileError, check};
use super::edits::Edited;
use super::selection::Selection;
use super::write::Undo;
use super::{Options, dependency_alone, render, workspace};

/// The limit of rounds.
const ROUNDS: usize = 24;

/// Errors by the facts that stay the same between two runs.
pub(super) type Known = BTreeMap<(String, String, Option<PathBuf>), usize>;

pub(super) fn try_out(
    selection: &mut Selection,
    roots: &BTreeSet<PathBuf>,
    options: &Options,
    undo: &mut Undo,
    say: &dyn Fn(&str),
    progress: &dyn Fn(usize),
) -> Result<(), String> {
    let mut before: BTreeMap<PathBuf, Known> = BTreeMap::new();
    let mut locks: BTreeMap<PathBuf, String> = BTreeMap::new();
    for root in roots {
        say(&format!("checking {} before the edits", root.display()));
        undo.remember(&root.join("Cargo.lock"));
        let checked = check(root, undo, progress).map_err(|words| {
            undo.interrupted().err().unwrap_or_else(|| {
                format!(
                    "{words}\nnothing was changed; pass `--no-check` to edit without the compiler"
                )
            })
        })?;
        leave_out_broken(selection, root, &checked)?;
        before.insert(root.clone(), count(&checked.errors));
        locks.insert(root.clone(), dependency_alone::lock_of(root));
    }
    selection.settle();
    let mut tried_alone = false;
    for round in 1..=ROUNDS {
        if !selection.any() {
            break;
        }
        let files = render(selection, options)?;
        // A file that an earlier round changed and this one does not gets its original text back.
        for path in selection.files().iter().chain(selection.plan.manifests.values()) {
            if !files.contains_key(path) {
                undo.write(path, &selection.original(path)?)?;
            }
        }
        for (path, text) in &files {
            selection.original(path)?;
            undo.write(path, text)?;
        }
        let edited = selection.edited()?;
        let mut errors = Vec::new();
        for root in roots {
            let made = selection.live().count();
            say(&format!("checking {} with {made} changes (round {round})", root.display()));
            let checked = check(root, undo, progress).map_err(|words| {
                undo.interrupted().err().unwrap_or_else(|| {
                    format!("{words}\nall files are as they were; {}", hint(&words))
                })
            })?;
            errors.extend(new_errors(checked, &before[root]));
        }
        if errors.is_empty() {
            return Ok(());
        }
        if !std::mem::replace(&mut tried_alone, true)
            && dependency_alone::leave_out(selection, &files, &before, &locks, undo, say, progress)?
        {
            continue;
        }
        take_back(selection, &edited, &errors);
        selection.settle();
    }
    if selection.any() {
        return Err("errors remained after many attempts, so all files are as they were: please report this".to_owned());
    }
    // All edits were reverted.
    undo.restore()
}

/// Changes in packages that did not compile before cannot be tried.
fn leave_out_broken(
    selection: &mut Selection,
    root: &std::path::Path,
    checked: &Checked,
) -> Result<(), String> {
    let members = workspace::members(root)?;
    let broken: BTreeSet<&PathBuf> = members
        .iter()
        .filter(|member| !checked.passed(&member.id, &member.targets))
        .map(|member| &member.manifest)
        .collect();
    let numbers: Vec<usize> = selection
        .live()
        .filter(|(_, change)| {
            let manifest = selection.plan.manifests.get(&change.file);
            manifest.is_some_and(|manifest| broken.contains(manifest))
        })
        .map(|(number, _)| number)
        .collect();
    for number in numbers {
        let manifest = &selection.plan.manifests[&selection.plan.changes[number].file];
        let member = members.iter().find(|member| member.manifest == *manifest);
        let error = member
            .and_then(|member| checked.errors.iter().find(|error| error.package == member.id));
        let error = error.map_or_else(String::new, |error| format!(" ({})", error.message));
        let words = format!(
            "the package did not compile before the edits{error}: make it compile, or pass `--no-check`"
        );
        selection.revert(number, Action::Left, Reason::NotCompiling, &words);
    }
    Ok(())
}

fn count(errors: &[CompileError]) -> Known {
    let mut known = Known::new();
    for error in errors {
        *known.entry(error.key()).or_default() += 1;
    }
    known
}

/// Returns the advice for a workspace with which cargo, given the dependency, does not reach the compiler.
fn hint(words: &str) -> &'static str {
    if words.contains("previously selected package") {
        "oserver needs another version of a package than this workspace requires: change the requirement first"
    } else {
        "if `oserver` could not be found, pass `--oserver-path DIR` with a checkout of it"
    }
}

pub(super) fn new_errors(checked: Checked, before: &Known) -> Vec<CompileError> {
    let mut known = before.clone();
    checked
        .errors
        .into_iter()
        .filter(|error| match known.get_mut(&error.key()) {
            Some(number) if *number > 0 => {
                *number -= 1;
                false
            }
            _ => true,
        })
        .collect()
}

fn take_back(
    selection: &mut Selection,
    edited: &BTreeMap<PathBuf, Edited>,
    errors: &[CompileError],
) {
    let mut guilty: BTreeMap<usize, String> = BTreeMap::new();
    let mut aimless = Vec::new();
    for error in errors {
        let mut found = pointed_at(selection, edited, error);
        if found.is_empty() {
            // A router of another type is an error where it goes, too.
            found.extend(routers(selection));
        }
        if found.is_empty() {
            aimless.push(error);
        }
        for number in found {
            guilty.entry(number).or_insert_with(|| error.message.clone());
        }
    }
    // An error without a place may follow from another error.
    if guilty.is_empty() {
        for error in aimless {
            for number in around(selection, error) {
                guilty.entry(number).or_insert_with(|| error.message.clone());
            }
        }
    }
    for (number, message) in guilty {
        let no_way = selection.plan.changes[number].action == Action::Actor
            && message.contains("couldn't convert the error");
        let more = match no_way {
            true => "; implement `From<oserver::CallError>` for that error, then run this again",
            false => "",
        };
        let words = format!("the edit did not compile: {message}{more}");
        selection.revert(number, Action::Reverted, Reason::CompileError, &words);
    }
}
