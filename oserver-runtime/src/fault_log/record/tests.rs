use super::*;

#[test]
fn a_message_cannot_forge_a_line_or_move_the_cursor() {
    let message = "no such thing: \u{1b}[2J\r\n2026-11-24T00:00:00Z ERROR panic: forged";
    let backtrace = "1: first\n2: \u{1b}[2J";
    let record = Record::new(Level::Error, "error", message);
    let text = Record { backtrace: Some(backtrace), ..record }.for_people();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(lines[0].ends_with(r"\u{1b}[2J\r\n2026-11-24T00:00:00Z ERROR panic: forged"), "{text}");
    assert_eq!(lines[1], "1: first");
}
