//! Puts lines into a text, each before its place and indented as what it goes before.

use super::Edit;

/// The text with the edits in it; everything else stays byte for byte.
#[must_use]
pub fn apply(source: &str, edits: &[Edit]) -> String {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_unstable();
    let newline = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(source.len() + 40 * edits.len());
    let mut from = 0;
    for edit in sorted {
        let at = edit.at.clamp(from, source.len());
        out.push_str(&source[from..at]);
        let line = source[..at].rfind('\n').map_or(0, |end| end + 1);
        let before = &source[line..at];
        out.push_str(&edit.text);
        if before.trim().is_empty() {
            out.push_str(newline);
            out.push_str(before);
        } else {
            // Something stands before it on the line: it may as well stay there.
            out.push(' ');
        }
        from = at;
    }
    out.push_str(&source[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::super::Edit;
    use super::apply;

    #[test]
    fn only_lines_are_added() {
        let source = "mod a {\r\n    /// Doc.\r\n    pub async fn h() {}\r\n}\r\n";
        let at = source.find("pub").unwrap();
        let edits = [Edit { at, text: "#[x]".to_owned() }];
        let expected = "mod a {\r\n    /// Doc.\r\n    #[x]\r\n    pub async fn h() {}\r\n}\r\n";
        assert_eq!(apply(source, &edits), expected);
    }

    #[test]
    fn what_stands_on_the_line_stays_there() {
        let source = "mod a { async fn h() {} }";
        let edits = [Edit { at: 8, text: "#[x]".to_owned() }];
        assert_eq!(apply(source, &edits), "mod a { #[x] async fn h() {} }");
    }
}
