//! Imports that nothing needs any more once the changes are made: they would be warnings.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

use super::edits::Edit;
use super::tree::imports::{UseItem, items, written};

/// Returns the edits that take them out of the text as it was read. `elsewhere` says whether another file may have a name from this one.
pub(super) fn edits(
    old: &str,
    made: &[Edit],
    new: &str,
    elsewhere: &dyn Fn(&str) -> bool,
) -> Vec<Edit> {
    let (was, is) = (words(&without_imports(old)), words(&without_imports(new)));
    let gone = |name: &str| was.contains(name) && !is.contains(name) && !elsewhere(name);
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

/// Returns the words of code and of its literals, and not those of comments: a trait that a comment names may be in use
/// without its name.
fn words(text: &str) -> BTreeSet<String> {
    let split = |text: &str| -> Vec<String> {
        let parts = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        parts.map(ToOwned::to_owned).collect()
    };
    let Ok(tokens) = text.parse::<TokenStream>() else { return split(text).into_iter().collect() };
    let mut found = BTreeSet::new();
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        let mut before = None;
        for token in tokens {
            match &token {
                TokenTree::Ident(name) => _ = found.insert(name.to_string()),
                // A comment of the documentation is `#[doc = "…"]`.
                TokenTree::Literal(text) if !is_doc(&before) => {
                    found.extend(split(&text.to_string()));
                }
                TokenTree::Literal(_) => {}
                TokenTree::Group(group) => open.push(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == '=' => continue,
                TokenTree::Punct(_) => {}
            }
            before = Some(token);
        }
    }
    proc_macro2::extra::invalidate_current_thread_spans();
    found
}

fn is_doc(token: &Option<TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Ident(name)) if name == "doc")
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
    fn a_trait_that_only_a_comment_names_stays() {
        let old = "use a::{Name, Service};\n\nfn f(_: Name) {\n    // tower's `Service`\n    x.call()\n}\n";
        let after = cleaned(old, "_: Name) {\n    // tower's `Service`\n", ") {\n", "");
        assert_eq!(after, "use a::Service;\n\nfn f() {\n    x.call()\n}\n");
        let documented = old.replace("    // tower's", "    /// tower's");
        let after = cleaned(&documented, "_: Name) {\n    /// tower's `Service`\n", ") {\n", "");
        assert_eq!(after, "use a::Service;\n\nfn f() {\n    x.call()\n}\n");
        let text = "use a::NAME;\n\nfn f() {\n    g(\"{NAME}\");\n    h(\"//{NAME}\")\n}\n";
        assert!(cleaned(text, "    g(\"{NAME}\");\n", "", "").contains("use a::NAME;"));
    }

    #[test]
    fn what_others_may_import_stays() {
        let old = "pub use std::sync::Mutex;\n\nfn f(_: Mutex<u8>) {}\n";
        let after = cleaned(old, "_: Mutex<u8>", "", "");
        assert_eq!(after, "pub use std::sync::Mutex;\n\nfn f() {}\n");
    }
}
