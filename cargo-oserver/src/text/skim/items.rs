//! Functions, constants and tests: what of a file may be left out.

use super::{Pending, Skimmer};
use crate::text::scan::{skip_space, starts_word, word_end};
use crate::text::server_words;

/// From this length on, the value of a constant is left out.
const LONG_VALUE: usize = 400;

impl Skimmer<'_> {
    pub(super) fn word(&mut self, at: usize, end: usize) {
        let word = &self.bytes[at..end];
        self.server = self.server || server_words::server(word);
        self.matters = self.matters || self.server || server_words::prints(word);
        let depth = self.open.len();
        match word {
            b"fn" if starts_word(self.next(end)) => self.pending = Pending::Function(depth),
            b"static" => self.item(depth),
            b"mod" => self.file_of_tests(end),
            b"lazy_static" | b"thread_local" | b"task_local" if self.next(end) == b'!' => {
                self.item(depth);
            }
            b"const" if self.starts_item(at) => self.value(depth),
            _ => {}
        }
    }

    /// An item that is looked for wherever it stands.
    pub(super) fn item(&mut self, depth: usize) {
        for open in self.open.iter_mut().rev().take_while(|open| !open.keep) {
            open.keep = true;
        }
        self.value(depth);
    }

    /// `mod name;` in a module of tests says whose file that is.
    fn file_of_tests(&mut self, end: usize) {
        let name = skip_space(self.bytes, end);
        if self.next(word_end(self.bytes, name)) == b';' {
            self.open.iter_mut().for_each(|open| open.tests = false);
        }
    }

    pub(super) fn value(&mut self, depth: usize) {
        if self.pending == Pending::Nothing {
            self.pending = Pending::Value(depth);
        }
    }

    /// Not `*const T`, `<const N: usize>` and the like.
    pub(super) fn starts_item(&self, at: usize) -> bool {
        let before = self.bytes[..at].trim_ascii_end().last();
        !matches!(before, Some(b'*' | b'<' | b',' | b'(' | b'&' | b'|' | b'>'))
    }

    pub(super) fn next(&self, at: usize) -> u8 {
        self.bytes.get(skip_space(self.bytes, at)).copied().unwrap_or_default()
    }

    pub(super) fn ends_value(&mut self, at: usize) {
        let Pending::ValueFrom(depth, from) = self.pending else { return };
        if depth == self.open.len() {
            self.pending = Pending::Nothing;
            if at - from > LONG_VALUE {
                self.blanks.push((from, at, Some(b'0')));
            }
        }
    }

    /// `#[cfg(test)] mod name {`: returns the byte after the attribute.
    pub(super) fn tests(&mut self, at: usize) -> usize {
        let end = at + b"#[cfg(test)]".len();
        let next = skip_space(self.bytes, end);
        let rest = &self.bytes[next..];
        if rest.starts_with(b"mod ") || rest.starts_with(b"pub mod ") {
            self.pending = Pending::Tests(self.open.len());
        }
        end
    }
}
