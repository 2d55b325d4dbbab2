//! Findings that were accepted: by lint, file and name, so that moved lines change nothing.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Finding, Printer};

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
struct BaselineKey {
    lint: String,
    path: String,
    subject: String,
    /// The lock, for findings about one; a line without it accepts one lock, whichever is nearest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    lock: String,
}

/// How many findings of each kind were accepted.
#[derive(Debug, Default)]
pub struct Baseline {
    accepted: HashMap<BaselineKey, usize>,
}

fn key(printer: &Printer<'_>, finding: &Finding) -> BaselineKey {
    BaselineKey {
        lint: finding.lint.name.to_owned(),
        path: printer.path(finding),
        subject: finding.subject.clone(),
        lock: finding.lock.as_ref().map(|lock| lock.key.clone()).unwrap_or_default(),
    }
}

impl Baseline {
    /// # Errors
    /// A message with the fault of the file, or the way to make one.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            format!("{}: {error}; `--write-baseline {}` makes one", path.display(), path.display())
        })?;
        let mut baseline = Self::default();
        for (line, number) in text.lines().zip(1..) {
            let entry = serde_json::from_str(line)
                .map_err(|error| format!("{}:{number}: {error}", path.display()))?;
            *baseline.accepted.entry(entry).or_default() += 1;
        }
        Ok(baseline)
    }

    /// Keeps new findings: of equal findings, as many as exceed the accepted number.
    pub fn retain_new(mut self, printer: &Printer<'_>, findings: &mut Vec<Finding>) {
        findings.retain(|finding| {
            let key = key(printer, finding);
            let whichever = BaselineKey { lock: String::new(), ..key.clone() };
            !(self.takes(&key) || self.takes(&whichever))
        });
    }

    fn takes(&mut self, key: &BaselineKey) -> bool {
        match self.accepted.get_mut(key) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    /// # Errors
    /// When `out` takes no more.
    pub fn write(
        printer: &Printer<'_>,
        findings: &[Finding],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut entries: Vec<BaselineKey> =
            findings.iter().map(|finding| key(printer, finding)).collect();
        entries.sort_unstable();
        for entry in entries {
            writeln!(out, "{}", serde_json::to_string(&entry)?)?;
        }
        Ok(())
    }
}
