//! The edits of a plan that are still selected: all at first, and fewer after each revert.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::change::{Action, Change, Left, Reason};
use super::edits::{Edit, Edited, apply};
use super::plan::Plan;
use super::{ByManifest, unused, write};

/// A plan with its remaining changes.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) plan: Plan,
    live: Vec<bool>,
    texts: RefCell<BTreeMap<PathBuf, String>>,
}

impl Selection {
    pub(super) fn new(plan: Plan) -> Self {
        let live = vec![true; plan.changes.len()];
        Self { plan, live, texts: RefCell::default() }
    }

    pub(super) fn any(&self) -> bool {
        self.live.contains(&true)
    }

    pub(super) fn live(&self) -> impl Iterator<Item = (usize, &Change)> {
        self.plan.changes.iter().enumerate().filter(|(number, _)| self.live[*number])
    }

    /// Returns a file as it was read.
    pub(super) fn original(&self, path: &Path) -> Result<String, String> {
        if let Some(text) = self.texts.borrow().get(path) {
            return Ok(text.clone());
        }
        let text = write::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        self.texts.borrow_mut().insert(path.to_owned(), text.clone());
        Ok(text)
    }

    /// Reverts a change, with the reason.
    pub(super) fn revert(&mut self, number: usize, action: Action, reason: Reason, why: &str) {
        if !std::mem::take(&mut self.live[number]) {
            return;
        }
        let change = &self.plan.changes[number];
        // A change that was made only for others is reported with them.
        let silent = matches!(reason, Reason::Dependency | Reason::NotCompiling);
        if change.serves_others && change.handler.is_none() && silent {
            return;
        }
        self.plan.left.push(Left {
            action,
            reason,
            handler: change.handler.clone(),
            file: change.file.clone(),
            line: change.line,
            message: why.to_owned(),
        });
    }

    /// Reverts changes that lack a change that they need, and changes that no other change needs.
    pub(super) fn settle(&mut self) {
        self.collisions();
        loop {
            let before = self.live.clone();
            for number in 0..self.plan.changes.len() {
                if !self.live[number] {
                    continue;
                }
                let lost = self.plan.changes[number].needs.iter().find(|need| !self.live[**need]);
                if let Some(lost) = lost {
                    let lost = &self.plan.changes[*lost];
                    let of = self.why(lost);
                    let message = format!("it needs {}, which was reverted: {of}", lost.message);
                    self.revert(number, Action::Reverted, Reason::Dependency, &message);
                }
            }
            let needed: BTreeSet<usize> =
                self.live().flat_map(|(_, change)| change.needs.iter().copied()).collect();
            for number in 0..self.plan.changes.len() {
                if self.plan.changes[number].serves_others && !needed.contains(&number) {
                    self.live[number] = false;
                }
            }
            if before == self.live {
                return;
            }
        }
    }

    /// Returns the reason for which a change, or one that it needs, was reverted.
    fn why(&self, change: &Change) -> String {
        let left = self.plan.left.iter().find(|left| {
            left.file == change.file
                && left.line == change.line
                && left.reason != Reason::Dependency
                && left.action == Action::Reverted
        });
        match left {
            Some(left) => left.message.clone(),
            None => {
                let changes = &self.plan.changes;
                let lost = change.needs.iter().find(|need| !self.live[**need]);
                lost.map_or_else(String::new, |lost| self.why(&changes[*lost]))
            }
        }
    }

    /// Reverts the later one of two edits of the same bytes.
    fn collisions(&mut self) {
        let mut kept: BTreeMap<PathBuf, Vec<(usize, Edit)>> = BTreeMap::new();
        for number in 0..self.plan.changes.len() {
            if !self.live[number] {
                continue;
            }
            let edits = self.plan.changes[number].edits.clone();
            let clash = edits.iter().any(|(path, edit)| {
                kept.get(path).is_some_and(|known| {
                    known.iter().any(|(_, other)| other != edit && other.collides(edit))
                })
            });
            if clash {
                let words = "another edit changes the same text: run the command again";
                self.revert(number, Action::Left, Reason::Signature, words);
                continue;
            }
            for (path, edit) in edits {
                kept.entry(path).or_default().push((number, edit));
            }
        }
    }

    /// Returns all files with the changes in them.
    pub(super) fn edited(&self) -> Result<BTreeMap<PathBuf, Edited>, String> {
        let mut edits: BTreeMap<PathBuf, Vec<Edit>> = BTreeMap::new();
        for (_, change) in self.live() {
            for (path, edit) in &change.edits {
                edits.entry(path.clone()).or_default().push(edit.clone());
            }
        }
        edits
            .into_iter()
            .map(|(path, mut edits)| {
                let text = self.original(&path)?;
                let first = apply(&text, &edits);
                let package = self.plan.manifests.get(&path);
                let others = self.plan.globs.iter();
                let others = others.filter(|(other, of)| *other != path && of.as_ref() == package);
                let others: Vec<String> =
                    others.map(|(other, _)| self.original(other)).collect::<Result<_, _>>()?;
                let elsewhere = |name: &str| others.iter().any(|text| unused::has_word(text, name));
                edits.extend(unused::edits(&text, &edits, &first.text, &elsewhere));
                Ok((path, apply(&text, &edits)))
            })
            .collect()
    }

    /// Returns the files that changes of the plan are in, also those that were reverted.
    pub(super) fn files(&self) -> BTreeSet<PathBuf> {
        let edits = self.plan.changes.iter().flat_map(|change| &change.edits);
        edits.map(|(path, _)| path.clone()).collect()
    }

    /// Returns the features that each manifest has to list.
    pub(super) fn manifests(&self) -> ByManifest {
        let of = |(number, change): (usize, &Change)| {
            let manifest = self.plan.manifests.get(&change.file)?.clone();
            let features = self.plan.features.get(&number).cloned().unwrap_or_default();
            Some((manifest, features))
        };
        self.live().filter_map(of).collect()
    }

    pub(super) fn into_done(self) -> Vec<Change> {
        let live = self.live;
        let changes = self.plan.changes.into_iter().enumerate();
        changes.filter(|(number, _)| live[*number]).map(|(_, change)| change).collect()
    }
}
