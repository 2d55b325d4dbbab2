//! Findings, their levels, and the formats of reports.

mod baseline;
mod config;
mod github;
mod groups;
mod human;
mod json;
mod sarif;

pub use baseline::Baseline;
pub use config::Config;

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::findings::{Finding, Level, Lint};
use crate::load::{SourceFile, Sources, shown};
use crate::reach::Step;

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// As rustc prints
    Human,
    /// One JSON object a line
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
}

/// Where paths are shown from, and the sources that they are in.
pub struct Printer<'s> {
    pub sources: &'s Sources,
    pub base: PathBuf,
    /// All lints, in the order of the documentation.
    pub lints: Vec<&'static Lint>,
    /// Colours.
    pub styled: bool,
    /// Lengths of the lines of files, in characters.
    pub lengths: RefCell<HashMap<u32, Vec<u32>>>,
}

impl Printer<'_> {
    fn file(&self, index: u32) -> &SourceFile {
        &self.sources.files[index as usize]
    }

    #[must_use]
    pub fn path_of(&self, file: u32) -> String {
        shown(&self.file(file).path, &self.base)
    }

    /// Returns the path of a finding as it is shown.
    #[must_use]
    pub fn path(&self, finding: &Finding) -> String {
        match (&finding.path, finding.file) {
            (Some(path), _) => shown(path, &self.base),
            (None, Some(file)) => self.path_of(file),
            (None, None) => String::new(),
        }
    }

    /// Returns how many characters a line has, white space at its end left out. The file is read again: sources are not kept.
    fn line_length(&self, file: u32, line: u32) -> Option<u32> {
        let mut lengths = self.lengths.borrow_mut();
        let lines = lengths.entry(file).or_insert_with(|| {
            let text = std::fs::read_to_string(&self.file(file).path).unwrap_or_default();
            let length =
                |line: &str| u32::try_from(line.trim_end().chars().count()).unwrap_or(u32::MAX);
            text.lines().map(length).collect()
        });
        lines.get(line.checked_sub(1)? as usize).copied()
    }

    fn step_path(&self, step: &Step) -> String {
        self.path_of(step.file)
    }

    /// # Errors
    /// When `out` takes no more.
    pub fn print(
        &self,
        findings: &[Finding],
        format: Format,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match format {
            Format::Human => human::print(self, findings, out),
            Format::Json => json::print(self, findings, out),
            Format::Sarif => sarif::print(self, findings, out),
            Format::Github => github::print(self, findings, out),
        }
    }
}
