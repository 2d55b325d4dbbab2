//! Levels: from `oserver.toml`, then from the command line; and comments that allow.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Finding, Level, Lint};
use crate::load::Sources;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    deny: Vec<String>,
    warn: Vec<String>,
    allow: Vec<String>,
    exclude: Vec<PathBuf>,
}

/// The level of each lint, and the folders that are left out.
#[derive(Debug, Default)]
pub struct Config {
    /// All that can be named.
    lints: Vec<&'static Lint>,
    levels: HashMap<&'static str, Level>,
    exclude: Vec<PathBuf>,
}

impl Config {
    /// `oserver.toml` in `folder` or the next one above it; nothing if there is none.
    ///
    /// # Errors
    /// A message with the fault of the file.
    pub fn read(folder: &Path, lints: Vec<&'static Lint>) -> Result<Self, String> {
        let mut config = Self { lints, ..Self::default() };
        let found =
            folder.ancestors().map(|above| above.join("oserver.toml")).find(|p| p.is_file());
        let Some(path) = found else { return Ok(config) };
        let told = |words: String| format!("{}: {words}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|error| told(error.to_string()))?;
        let file: File = toml::from_str(&text).map_err(|error| told(error.to_string()))?;
        let lists = [&file.deny, &file.warn, &file.allow];
        for (index, list) in lists.iter().enumerate() {
            let twice = list
                .iter()
                .find(|name| lists[index + 1..].iter().any(|other| other.contains(name)));
            if let Some(name) = twice {
                return Err(told(format!("`{name}` has two levels: remove one")));
            }
        }
        for (level, names) in
            [(Level::Deny, file.deny), (Level::Warn, file.warn), (Level::Allow, file.allow)]
        {
            config.set(level, &names).map_err(told)?;
        }
        let root = path.parent().unwrap_or(folder);
        config.exclude = file.exclude.iter().map(|below| root.join(below)).collect();
        Ok(config)
    }

    /// # Errors
    /// A name that no lint has, with the existing names.
    pub fn set(&mut self, level: Level, names: &[String]) -> Result<(), String> {
        for name in names {
            let lint = self.lints.iter().find(|lint| lint.name == name).ok_or_else(|| {
                let all: Vec<&str> = self.lints.iter().map(|lint| lint.name).collect();
                format!("there is no lint `{name}`; there are {}", all.join(", "))
            })?;
            self.levels.insert(lint.name, level);
        }
        Ok(())
    }

    /// Sets levels, and removes allowed findings: by level, by a comment with a reason, or by its path.
    /// Returns what to say about comments that do not count.
    pub fn apply(&self, sources: &Sources, findings: &mut Vec<Finding>) -> Vec<String> {
        let mut notes = Vec::new();
        findings.retain_mut(|finding| {
            if let Some(level) = self.levels.get(finding.lint.name) {
                finding.level = *level;
            }
            finding.level != Level::Allow
                && !self.excludes(sources, finding)
                && !allowed(sources, finding, &mut notes)
        });
        notes.dedup();
        notes
    }

    /// Returns notes about excludes that no file is below.
    #[must_use]
    pub fn idle(&self, sources: &Sources) -> Vec<String> {
        let below = |exclude: &&PathBuf| {
            let file = |path: &PathBuf| path.starts_with(exclude);
            !sources.files.iter().any(|of| file(&of.path))
                && !sources.problems.iter().any(|of| file(&of.path))
        };
        let idle = self.exclude.iter().filter(below);
        idle.map(|path| {
            format!("`exclude` names `{}`, but that folder has no source file", path.display())
        })
        .collect()
    }

    fn excludes(&self, sources: &Sources, finding: &Finding) -> bool {
        let of_file = finding.file.map(|file| &sources.files[file as usize].path);
        let path = finding.path.as_ref().or(of_file);
        path.is_some_and(|path| self.exclude.iter().any(|below| path.starts_with(below)))
    }
}

fn allowed(sources: &Sources, finding: &Finding, notes: &mut Vec<String>) -> bool {
    let Some(file) = finding.file.map(|file| &sources.files[file as usize]) else { return false };
    let covering = file.allows.iter().find(|allow| {
        let (first, last) = allow.covers;
        (first..=last).contains(&finding.place.line)
            && allow.lints.iter().any(|lint| lint == finding.lint.name)
    });
    let Some(allow) = covering else { return false };
    if allow.reason.is_empty() {
        notes.push(format!(
            "{}:{}: `oserver: allow({})` without a reason does not count: write one after the parenthesis",
            file.path.display(),
            allow.line,
            finding.lint.name
        ));
    }
    !allow.reason.is_empty()
}
