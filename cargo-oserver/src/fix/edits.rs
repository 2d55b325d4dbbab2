//! Replaces parts of a text, and says where each part of the old text is in the new one.

use std::ops::Range;

/// One replacement. An empty range inserts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// Bytes of the text as it was read.
    pub from: usize,
    pub to: usize,
    /// Lines end with `\n`, whatever the file has.
    pub text: String,
}

impl Edit {
    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { from: at, to: at, text: text.into() }
    }

    pub(super) fn replace(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { from: range.start, to: range.end, text: text.into() }
    }

    /// Returns `true` if the edits conflict: they replace the same bytes.
    pub(super) fn collides(&self, other: &Self) -> bool {
        let inside = |outer: &Self, inner: &Self| {
            inner.from.max(outer.from) < inner.to.min(outer.to)
                || (inner.from == inner.to && outer.from < inner.from && inner.from < outer.to)
        };
        inside(self, other) || inside(other, self)
    }
}

/// A text after its edits.
#[derive(Debug)]
pub(super) struct Edited {
    pub(super) text: String,
    /// For each edit its old range, and how many bytes the new text has for it.
    moves: Vec<(usize, usize, usize)>,
    /// Where each edit is in the new text.
    pub(super) placed: Vec<(Edit, Range<usize>)>,
}

impl Edited {
    /// Returns the range in the new text of a range in the old text, with insertions at its ends.
    pub(super) fn moved(&self, range: &Range<usize>) -> Range<usize> {
        let shift = |at: usize, whole: bool| {
            let before = self
                .moves
                .iter()
                .filter(|(from, to, _)| *to < at || (*to == at && (whole || from < to)));
            before.fold(at, |at, (from, to, new)| at + new - (to - from))
        };
        shift(range.start, false)..shift(range.end, true)
    }
}

/// Applies the edits; all other bytes stay. Equal edits are applied once.
pub(super) fn apply(source: &str, edits: &[Edit]) -> Edited {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    // Insertions at one place keep their order.
    sorted.sort_by_key(|edit| (edit.from, edit.to));
    sorted.dedup();
    let crlf = source.contains("\r\n");
    let mut text = String::with_capacity(source.len() + 80 * edits.len());
    let mut moves = Vec::with_capacity(sorted.len());
    let mut placed = Vec::with_capacity(sorted.len());
    let mut from = 0;
    for edit in sorted {
        if edit.from < from {
            continue;
        }
        text.push_str(&source[from..edit.from]);
        // Parts of it may come from the file, with its line ends.
        let unix = edit.text.replace("\r\n", "\n");
        let new = if crlf { unix.replace('\n', "\r\n") } else { unix };
        text.push_str(&new);
        placed.push((edit.clone(), text.len() - new.len()..text.len()));
        moves.push((edit.from, edit.to, new.len()));
        from = edit.to;
    }
    text.push_str(&source[from..]);
    Edited { text, moves, placed }
}

#[cfg(test)]
mod tests {
    use super::{Edit, apply};

    #[test]
    fn line_ends_are_kept() {
        let source = "mod a {\r\n    /// Doc.\r\n    pub async fn h() {}\r\n}\r\n";
        let at = source.find("pub").unwrap();
        let after = apply(source, &[Edit::insert(at, "#[x]\n    ")]);
        let expected = "mod a {\r\n    /// Doc.\r\n    #[x]\r\n    pub async fn h() {}\r\n}\r\n";
        assert_eq!(after.text, expected);
    }

    #[test]
    fn ranges_move_with_what_was_inserted() {
        let source = "a b c";
        let after = apply(source, &[Edit::insert(2, "XX "), Edit::replace(4..5, "long")]);
        assert_eq!(after.text, "a XX b long");
        assert_eq!(after.moved(&(2..3)), 2..6, "the insertion belongs to what it goes before");
        assert_eq!(after.moved(&(4..5)), 7..11);
        assert_eq!(after.moved(&(0..1)), 0..1);
    }

    #[test]
    fn equal_edits_are_made_once() {
        let edits = [Edit::insert(0, "x"), Edit::insert(0, "x"), Edit::insert(0, "y")];
        assert_eq!(apply("a", &edits).text, "xya");
    }

    #[test]
    fn overlaps_are_seen() {
        let whole = Edit::replace(0..10, "");
        assert!(whole.collides(&Edit::insert(5, "x")));
        assert!(!whole.collides(&Edit::insert(10, "x")));
        assert!(whole.collides(&Edit::replace(9..12, "x")));
        assert!(!Edit::insert(5, "x").collides(&Edit::insert(5, "y")));
    }
}
