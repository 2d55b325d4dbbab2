//! Imports that nothing needs any more once the changes are made: they would be warnings.

use super::edits::Edit;
use super::tree::imports::{UseItem, items, written};

/// Returns the edits that take them out of the text as it was read. `elsewhere` says whether another file may have a name from this one.
pub(super) fn edits(
    old: &str,
    made: &[Edit],
    new: &str,
    elsewhere: &dyn Fn(&str) -> bool,
) -> Vec<Edit> {
    let (was, is) = (without_imports(old), without_imports(new));
    let gone = |name: &str| has_word(&was, name) && !has_word(&is, name) && !elsewhere(name);
    let mut found = Vec::new();
    for item in items(old) {
        let touched = made.iter().any(|edit| {
            edit.from <= item.whole.end && edit.to >= item.whole.start.saturating_sub(1)
        });
        let text = old.get(item.whole.clone()).unwrap_or_default();
        let comments = text.contains("//") || text.contains("/*");
        if touched || comments || item.prefix.contains("pub") {
            continue;
        }
        let (out, kept): (Vec<_>, Vec<_>) =
            item.leaves.iter().cloned().partition(|leaf| leaf.name().is_some_and(gone));
        if !out.is_empty() {
            found.push(match kept.is_empty() {
                true => Edit::replace(line(old, &item), ""),
                false => Edit::replace(item.whole.clone(), written(&kept)),
            });
        }
    }
    found
}

/// Returns the item with what stands before it, and its line's end if nothing else is on the line.
fn line(text: &str, item: &UseItem) -> std::ops::Range<usize> {
    let from = item.whole.start - item.prefix.len();
    let begin = text[..from].rfind('\n').map_or(0, |at| at + 1);
    let rest = &text[item.whole.end..];
    let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
    if text[begin..from].trim().is_empty() && rest[..end].trim().is_empty() {
        begin..item.whole.end + end
    } else {
        from..item.whole.end
    }
}

fn without_imports(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut from = 0;
    for item in items(text) {
        rest.push_str(text.get(from..item.whole.start).unwrap_or_default());
        from = item.whole.end;
    }
    rest.push_str(text.get(from..).unwrap_or_default());
    rest
}

pub(super) fn has_word(text: &str, word: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use crate::fix::edits::{Edit, apply};

    fn cleaned(text: &str, from: &str, to: &str, elsewhere: &str) -> String {
        let at = text.find(from).unwrap();
        let mut edits = vec![Edit::replace(at..at + from.len(), to)];
        let new = apply(text, &edits).text;
        edits.extend(super::edits(text, &edits, &new, &|name| name == elsewhere));
        apply(text, &edits).text
    }

    #[test]
    fn names_that_the_changes_leave_unused_go() {
        let old = "use std::sync::{Arc, Mutex};\nuse a::Trait;\n\nfn f(_: Arc<Mutex<u8>>, _: Arc<u8>) {}\n";
        let one = cleaned(old, "Mutex<u8>", "u8", "");
        assert_eq!(one, "use std::sync::Arc;\nuse a::Trait;\n\nfn f(_: Arc<u8>, _: Arc<u8>) {}\n");
        let both = cleaned(old, "_: Arc<Mutex<u8>>, _: Arc<u8>", "", "");
        assert_eq!(both, "use a::Trait;\n\nfn f() {}\n", "a trait has no name in the code");
        let shared = cleaned(old, "_: Arc<Mutex<u8>>, _: Arc<u8>", "", "Arc");
        assert_eq!(shared, "use std::sync::Arc;\nuse a::Trait;\n\nfn f() {}\n");
        let unix = cleaned(old, "_: Arc<Mutex<u8>>, _: Arc<u8>", "", "");
        let crlf = cleaned(&old.replace('\n', "\r\n"), "_: Arc<Mutex<u8>>, _: Arc<u8>", "", "");
        assert_eq!(crlf, unix.replace('\n', "\r\n"));
    }

    #[test]
    fn what_others_may_import_stays() {
        let old = "pub use std::sync::Mutex;\n\nfn f(_: Mutex<u8>) {}\n";
        let after = cleaned(old, "_: Mutex<u8>", "", "");
        assert_eq!(after, "pub use std::sync::Mutex;\n\nfn f() {}\n");
    }
}
