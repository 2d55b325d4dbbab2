//! Delimiters, and what ends with them.

use super::{Open, Pending, Problem, Skimmer};
use crate::text::scan::{comment, skip_space};

/// The limit of nested delimiters; code by people and generators stays far below.
const DEEPEST: usize = 200;

impl Skimmer<'_> {
    pub(super) fn opens(&mut self, delimiter: u8, at: usize) -> Result<(), Problem> {
        if self.open.len() >= DEEPEST {
            return Err((at, format!("delimiters nest deeper than {DEEPEST}")));
        }
        let depth = self.open.len();
        let tests = self.pending == Pending::Tests(depth);
        let body = delimiter == b'{' && self.pending == Pending::Function(depth);
        if body || tests || (delimiter == b'{' && self.pending == Pending::Value(depth)) {
            self.pending = Pending::Nothing;
        }
        let of_macro = self.open.last().is_some_and(|open| open.of_macro)
            || self.bytes[..at].trim_ascii_end().ends_with(b"!");
        self.open.push(Open { delimiter, at, run: self.run, body, tests, keep: false, of_macro });
        self.base += self.run;
        self.run = 0;
        Ok(())
    }

    pub(super) fn closes(&mut self, delimiter: u8, at: usize) -> Result<(), Problem> {
        let Some(open) = self.open.pop() else {
            return Err((at, "this delimiter was never opened".to_owned()));
        };
        if !matches!((open.delimiter, delimiter), (b'{', b'}') | (b'(', b')') | (b'[', b']')) {
            return Err((open.at, "this delimiter is closed by one of another kind".to_owned()));
        }
        if open.tests {
            self.tests.push((open.at + 1, at));
        } else if open.body && !open.keep {
            self.blanks.push((open.at + 1, at, None));
        }
        self.base -= open.run;
        self.run = if delimiter == b'}' && !self.continues(at + 1) { 0 } else { open.run + 1 };
        if let Pending::Function(depth) | Pending::Value(depth) | Pending::Tests(depth) =
            self.pending
            && depth > self.open.len()
        {
            self.pending = Pending::Nothing;
        }
        Ok(())
    }

    /// Returns `true` if an expression that a brace ended goes on.
    pub(super) fn continues(&self, at: usize) -> bool {
        let mut at = skip_space(self.bytes, at);
        while let Some(Some(Ok(end))) = self.bytes.get(at).map(|_| comment(self.bytes, at))
            && self.bytes[at] == b'/'
        {
            at = skip_space(self.bytes, end);
        }
        match self.bytes.get(at) {
            Some(b'.' | b'?' | b'+' | b'-' | b'*' | b'/' | b'|' | b'&' | b'=' | b'<' | b'>') => {
                true
            }
            Some(b'e') => self.bytes[at..].starts_with(b"else"),
            Some(b'a') => self.bytes[at..].starts_with(b"as "),
            _ => false,
        }
    }
}
