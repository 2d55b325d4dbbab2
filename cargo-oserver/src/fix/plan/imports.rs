//! Imports that nothing needs any more.

use crate::fix::edits::Edit;

/// Takes a name out of its `use`.
pub(super) fn without(import: &crate::fix::tree::UseSite, text: &str) -> Edit {
    if !import.group {
        let end = import.item.end;
        let line = text[end..].find('\n').map_or(end, |at| end + at + 1);
        return Edit::replace(import.item.start..line, "");
    }
    let whole = text.get(import.item.clone()).unwrap_or_default();
    let (open, close) = (whole.rfind('{').unwrap_or(0), whole.find('}').unwrap_or(whole.len()));
    let names: Vec<&str> =
        whole.get(open + 1..close).unwrap_or_default().split(',').map(str::trim).collect();
    let name = text.get(import.ident.clone()).unwrap_or_default();
    let others: Vec<&&str> =
        names.iter().filter(|other| **other != name && !other.is_empty()).collect();
    // `use tokio::net::{TcpListener, UnixListener};`
    if let [other] = others.as_slice()
        && names.len() < 4
        && !other.contains(['{', '}'])
    {
        let from = import.item.start + open;
        return Edit::replace(from..import.item.start + close + 1, **other);
    }
    let after = &text[import.ident.end..];
    let blanks = after.len() - after.trim_start_matches([',', ' ']).len();
    if after.trim_start().starts_with(',') {
        return Edit::replace(import.ident.start..import.ident.end + blanks, "");
    }
    let before = text[..import.ident.start].trim_end().trim_end_matches(',').len();
    Edit::replace(before..import.ident.end, "")
}
