//! The exception: a person vouches for a value, with a reason.

use std::fmt;
use std::ops::Deref;

/// A value that handlers may share although it is a lock, or unknown: a person vouches for it.
///
/// The reason stands where the value is made, for readers and audits of the code. On a field of your own type,
/// `#[handler_state(trusted = "reason")]` does the same without changing the field's type.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use oserver_state::Trusted;
///
/// // One load and one store under the lock: no call that could panic or wait.
/// let seen = Trusted::new(Arc::new(Mutex::new(0_u64)), "held for one addition only");
/// *seen.lock().unwrap() += 1;
/// ```
///
/// As an extractor it extracts its contents: `pool: Trusted<Extension<Pool>>`.
#[derive(Clone, Copy)]
pub struct Trusted<T> {
    value: T,
    reason: &'static str,
}

impl<T> Trusted<T> {
    /// Vouches for `value`.
    ///
    /// # Panics
    /// When `reason` is empty or blank.
    #[track_caller]
    pub const fn new(value: T, reason: &'static str) -> Self {
        assert!(
            is_visible(reason.as_bytes()),
            "`Trusted::new` wants the reason why the value can do no harm"
        );
        Self { value, reason }
    }

    /// Returns why it is trusted.
    pub const fn reason(this: &Self) -> &'static str {
        this.reason
    }

    /// Returns the value alone.
    pub fn into_inner(this: Self) -> T {
        this.value
    }
}

/// Returns `true` if a person sees something in a text: not only white space, characters of width zero, and fillers.
const fn is_visible(text: &[u8]) -> bool {
    let mut index = 0;
    while index < text.len() {
        let first = text[index];
        let (length, mut character) = match first {
            0x00..=0x7F => (1, first as u32),
            0xC0..=0xDF => (2, first as u32 & 0x1F),
            0xE0..=0xEF => (3, first as u32 & 0x0F),
            _ => (4, first as u32 & 0x07),
        };
        let mut next = 1;
        while next < length {
            character = character << 6 | (text[index + next] as u32 & 0x3F);
            next += 1;
        }
        let is_blank = matches!(
            character,
            0x00..=0x20 | 0x7F..=0xA0 | 0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x1680 | 0x17B4 | 0x17B5
        | 0x180B..=0x180F | 0x2000..=0x200F | 0x2028..=0x202F | 0x205F..=0x206F | 0x2800 | 0x3000 | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF9..=0xFFFB | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF
        );
        if !is_blank {
            return true;
        }
        index += length;
    }
    false
}

impl<T> Deref for Trusted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Trusted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}

state! {
    /// A person has given a reason.
    impl[T] for Trusted<T>;
}
