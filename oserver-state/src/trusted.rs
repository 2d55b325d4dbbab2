//! The way out: a person vouches for a value, and says why.

use std::fmt;
use std::ops::Deref;

/// A value that handlers may share although it is a lock, or nobody knows: somebody vouches for it.
///
/// The reason is written down where the value is made, for whoever reads or audits the code. On a field of
/// a type of yours `#[handler_state(trusted = "reason")]` says the same without changing its type.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use oserver_state::Trusted;
///
/// // Nothing but a load and a store happens under it: no call that could panic or wait.
/// let seen = Trusted::new(Arc::new(Mutex::new(0_u64)), "held for one addition only");
/// *seen.lock().unwrap() += 1;
/// ```
///
/// As an extractor it is what it contains: `pool: Trusted<Extension<Pool>>`.
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
            !reason.trim_ascii().is_empty(),
            "`Trusted::new` wants the reason why the value can do no harm"
        );
        Self { value, reason }
    }

    /// Why it is trusted.
    pub const fn reason(this: &Self) -> &'static str {
        this.reason
    }

    /// The value alone.
    pub fn into_inner(this: Self) -> T {
        this.value
    }
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
    /// Somebody says why.
    impl[T] for Trusted<T>;
}
