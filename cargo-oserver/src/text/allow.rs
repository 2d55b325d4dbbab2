//! `// oserver: allow(lint, other-lint) reason`

/// A comment that accepts findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The line it stands on, from 1.
    pub line: u32,
    /// The lines it is for: its own if code stands before it, else from itself to the next line that is neither
    /// empty, a comment nor an attribute.
    pub covers: (u32, u32),
    pub lints: Vec<String>,
    pub reason: String,
}

const MARK: &str = "oserver: allow(";

/// Returns all such comments of a file.
#[must_use]
pub fn allows(source: &str) -> Vec<Allow> {
    if !source.contains(MARK) {
        return Vec::new();
    }
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some((before, comment)) = line.split_once("//") else { continue };
        let comment = comment.trim_start_matches(['/', '!']).trim_start();
        let Some(rest) = comment.strip_prefix(MARK) else { continue };
        let Some((list, reason)) = rest.split_once(')') else { continue };
        let last = if before.trim().is_empty() { next_code(&lines, index) } else { index };
        found.push(Allow {
            line: number(index),
            covers: (number(index), number(last)),
            lints: list.split(',').map(|lint| lint.trim().to_owned()).collect(),
            reason: reason.trim().to_owned(),
        });
    }
    found
}

fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

fn next_code(lines: &[&str], from: usize) -> usize {
    let code = |line: &&str| {
        let line = line.trim();
        !(line.is_empty() || line.starts_with("//") || line.starts_with("#["))
    };
    lines.iter().skip(from + 1).position(code).map_or(from, |skipped| from + 1 + skipped)
}
