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
    /// Text for whoever reads it.
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

/// What a client or a handler wrote must not pass for a line of the log, nor move the cursor.
pub(crate) fn shown_to_people(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}
