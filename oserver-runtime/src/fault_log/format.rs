//! Whether lines are for a person or for a machine.

use std::io::IsTerminal;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};

/// The form of the lines on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "log"), allow(unreachable_pub, reason = "the log shows it"))]
#[non_exhaustive]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// Text for people.
    Human,
}

static CHOSEN: AtomicU8 = AtomicU8::new(0);
/// A person reads there.
static TERMINAL: LazyLock<bool> = LazyLock::new(|| std::io::stderr().is_terminal());

#[cfg(feature = "log")]
pub(crate) fn choose(format: Format) {
    let number = match format {
        Format::Json => 1,
        Format::Human => 2,
    };
    CHOSEN.store(number, Ordering::Relaxed);
}

pub(crate) fn chosen() -> Format {
    match CHOSEN.load(Ordering::Relaxed) {
        1 => Format::Json,
        2 => Format::Human,
        _ if *TERMINAL => Format::Human,
        _ => Format::Json,
    }
}

/// Returns `true` if a character breaks lines, changes the direction of text, or is invisible.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Escapes the text of a client or a handler: it must not pass for a line of the log, nor move the cursor.
pub(crate) fn shown_to_people(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() || is_invisible(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_lines_or_turns_text_around_is_escaped_and_the_rest_is_not() {
        let text = "a\u{2028}b\u{202e}c\u{200b}d\u{feff}e\nf";
        assert_eq!(shown_to_people(text), r"a\u{2028}b\u{202e}c\u{200b}d\u{feff}e\nf");
        assert_eq!(shown_to_people("Grüße, 世界 🙂"), "Grüße, 世界 🙂");
    }
}
